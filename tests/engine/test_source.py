"""The strict loader: each mistake has a file under `yaml/bad/`; adding a case is adding a file.

A file begins with one comment for each problem it must give, in order:
`# expect: <code> <line>:<column> | <words of message or hint> | <more words>`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.problems import Place, in_order
from engine.source.document import ListNode, MapNode, Node, Scalar, canonical, plain, read_yaml
from engine.source.syntax import events

BAD = Path(__file__).parent / "yaml" / "bad"
BAD_FILES = sorted(path.stem for path in BAD.glob("*.yaml"))
EXPECTED = re.compile(r"^(?:\ufeff)?# expect: (\S+) (\d+:\d+)(.*)$")
CPR_SHAPE = re.compile(r"(?<!\d)\d{6}-?\d{4}(?!\d)")


def read(text: str) -> object:
    document = read_yaml(text.encode(), "test.yaml")
    assert () == document.problems
    assert document.root is not None
    return plain(document.root)


def codes(raw: bytes) -> list[str]:
    return [problem.code for problem in read_yaml(raw, "test.yaml").problems]


# --- mistakes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_mistake_is_refused_at_its_place_with_words_that_help(name: str) -> None:
    raw = (BAD / f"{name}.yaml").read_bytes()
    lines = raw.decode("utf-8", "replace").split("\n")
    expected = [found.groups() for line in lines if (found := EXPECTED.match(line))]
    problems = read_yaml(raw, name).problems

    assert [(code, place) for code, place, _ in expected] == [
        (problem.code, f"{problem.place.line}:{problem.place.column}") for problem in problems
    ]
    for (_, _, words), problem in zip(expected, problems, strict=True):
        told = f"{problem.message}; {problem.hint}"
        assert [] == [each for each in words.split(" | ")[1:] if each.strip() not in told]


@pytest.mark.parametrize("name", BAD_FILES)
def test_problems_are_one_line_without_full_stop_and_without_personal_numbers(name: str) -> None:
    for problem in read_yaml((BAD / f"{name}.yaml").read_bytes(), name).problems:
        for told in (problem.message, problem.hint):
            assert "\n" not in told
            assert told
            assert not told.endswith(".")
            assert CPR_SHAPE.search(told) is None


def test_problems_are_sorted_by_place_and_name_their_file() -> None:
    problems = read_yaml(b"b: NO\na: 010\na: 1.5\n", "rules/x.yaml").problems
    assert in_order(problems) == problems
    assert {"rules/x.yaml"} == {problem.place.file for problem in problems}
    assert 4 == len(problems)


def test_a_refused_value_stays_in_the_tree_as_its_author_wrote_it() -> None:
    document = read_yaml(b"a: NO\nb: 1\n", "test.yaml")
    assert document.root is not None
    assert {"a": "NO", "b": 1} == plain(document.root)


# --- what is read -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("123456789012345678", 123456789012345678),
        ("true", True),
        ("false", False),
        ("2024-02-29", date(2024, 2, 29)),
        ("no-one", "no-one"),
        ("S-101", "S-101"),
        ("$interview.held_at", "$interview.held_at"),
        ("1.2.3", "1.2.3"),
        ("12 dage", "12 dage"),
        ("'NO'", "NO"),
        ('"010"', "010"),
        ('"710190-1234"', "710190-1234"),
        ('""', ""),
        ('"a\\tb\\n"', "a\tb\n"),
        ("|\n  a\n  b\n", "a\nb\n"),
        (">-\n  a\n  b\n", "a b"),
        ("a\n  b", "a b"),
        ("A\u030a", "Å"),
        ("'A\u030a'", "Å"),
        ("[]", []),
        ("{}", {}),
        ("[a, 1]", ["a", 1]),
        ("{on: y-axis, no: 1}", {"on": "y-axis", "no": 1}),
        ("{'7': 1, \"\": 2}", {"7": 1, "": 2}),
    ],
)
def test_a_value_is_read(written: str, value: object) -> None:
    found = read(f"key: {written}")
    assert {"key": value} == found
    assert isinstance(found, dict)
    assert type(value) is type(found["key"])


def test_windows_line_ends_are_read() -> None:
    assert {"a": "b", "c": ["d"]} == read("a: b\r\nc:\r\n  - d\r\n")


def test_every_node_knows_its_place() -> None:
    root = read_yaml(b"---\na:\n  - x\n  - {b: [1]}\nc: |\n  t\n", "f").root

    def places(node: Node) -> list[tuple[int, int]]:
        mine = [(node.place.line, node.place.column)]
        if isinstance(node, ListNode):
            return mine + [place for entry in node.entries for place in places(entry)]
        if isinstance(node, MapNode):
            return mine + [
                place
                for entry in node.entries.values()
                for place in [*places(entry.key), *places(entry.value)]
            ]
        return mine

    assert root is not None
    assert [
        *[(2, 1), (2, 1), (3, 3), (3, 5), (4, 5), (4, 6), (4, 9), (4, 10)],
        *[(5, 1), (5, 4)],
    ] == places(root)


def test_a_mapping_answers_for_its_keys() -> None:
    root = read_yaml(b"a: 'x'\n", "f").root
    assert isinstance(root, MapNode)
    assert Scalar("x", Place("f", 1, 4), quoted=True) == root.get("a")
    assert root.get("b") is None


# --- attacks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"a: " + b"x" * 50_000_000, "file-too-large"),
        (b"[" * 100_000, "too-deep"),
        (b"- " * 100_000, "too-deep"),
        (b"{a: " * 100_000, "too-deep"),
        (b"[" * 41, "too-deep"),
        (b"[a,] " * 1 + b"\n---\n" * 100_000, "several-documents"),
        (b"a: [" + b"a," * 200_000 + b"]", "too-many-nodes"),
        (b"a: e" + "\u0315\u0300".encode() * 130_000, "stacked-marks"),
        (b"a: " + b"1" * 1_000_000, "huge-integer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_attack_is_refused_with_one_problem(raw: bytes, code: str) -> None:
    assert [code] == codes(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"\0" * 500_000,
        "\u202e".encode() * 300_000,
        b"? " * 100_000 + b"a",
        b"- NO\n" * 150_000,
        b"a: &a [x]\n" + b"b: [*a, *a]\n" * 80_000,
        b"- !!python/object/apply:os.system [x]\n" * 25_000,
        b"".join(b"%%TAG !a%d! x\n" % number for number in range(60_000)),
    ],
    ids=["nul", "bidi", "keys", "booleans", "aliases", "tags", "directives"],
)
def test_a_file_full_of_mistakes_is_not_read_to_its_end(raw: bytes) -> None:
    document = read_yaml(raw, "test.yaml")
    assert document.root is None
    assert len(document.problems) <= 101
    assert document.problems[-1].code in {"too-many-problems", "too-deep"}


def test_forty_levels_are_read() -> None:
    assert [] == codes(b"[" * 40 + b"]" * 40)


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_not() -> None:
    largest = b"a: " + b"x" * (1_048_576 - 3)
    assert [] == codes(largest)
    assert ["file-too-large"] == codes(largest + b"x")


@given(st.binary(max_size=200))
def test_random_bytes_never_raise(raw: bytes) -> None:
    document = read_yaml(raw, "test.yaml")
    assert document.root is not None or document.problems


@given(st.text(st.sampled_from("[]{},:-?&*!|>'\"%@`#<~ \n\r\tab01.éæ\u0301\x85"), max_size=60))
def test_random_punctuation_never_raises(text: str) -> None:
    document = read_yaml(text.encode(), "test.yaml")
    assert document.root is not None or document.problems


# --- what comes back ----------------------------------------------------------------------------

TEXTS = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Cn"),
        include_characters="\n\t",
    ),
    max_size=12,
)
SCALARS = TEXTS | st.integers(-(10**18) + 1, 10**18 - 1) | st.booleans() | st.dates()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def as_text(value: object) -> object:
    if isinstance(value, dict):
        return {key: as_text(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [as_text(entry) for entry in value]
    return str(value)


@given(VALUES, st.booleans())
def test_what_was_dumped_in_quotes_reads_back_equal(value: object, flow: bool) -> None:
    quoted = as_text(value)
    dumped = yaml.dump(
        quoted, default_style='"', allow_unicode=True, sort_keys=False, default_flow_style=flow
    )
    assert composed(quoted) == read(dumped)


def composed(value: object) -> object:
    """NFC changes a few letters that are their own kind, such as the Ångström sign."""
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): composed(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [composed(entry) for entry in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@given(st.integers(-(10**18) + 1, 10**18 - 1) | st.booleans() | st.dates())
def test_a_number_boolean_or_day_reads_back_equal(value: object) -> None:
    written = str(value).lower() if isinstance(value, bool) else str(value)
    document = read_yaml(f"a: {written}\n".encode(), "test.yaml")
    if re.fullmatch(r"\d{10}", written):
        assert ["cpr-shaped-number"] == [problem.code for problem in document.problems]
    else:
        assert {"a": value} == read(f"a: {written}\n")


# --- the canonical form -------------------------------------------------------------------------


def canon(text: str) -> bytes:
    root = read_yaml(text.encode(), "test.yaml").root
    assert root is not None
    return canonical(root)


def test_layout_comments_and_quotes_do_not_change_the_canonical_form() -> None:
    assert canon("a: [x, 1]\n") == canon("# why\na:\n  - 'x'  # because\n  - 1\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a: 1", "a: '1'"),
        ("a: 1", "a: true"),
        ("a: 2024-01-01", "a: '2024-01-01'"),
        ("a: 2024-01-01", "a: {$date: '2024-01-01'}"),
        ("a: {$date: x}", "a: {$$date: x}"),
        ("a: []", "a: {}"),
        ("{a: 1, b: 2}", "{b: 2, a: 1}"),
    ],
)
def test_the_canonical_form_tells_content_apart(one: str, other: str) -> None:
    assert canon(one) != canon(other)


def test_the_canonical_form_is_json() -> None:
    assert '{"å":[1,true,"x",{"$date":"2024-01-01"}]}'.encode() == canon(
        "å: [1, true, x, 2024-01-01]"
    )


# --- the two parsers ----------------------------------------------------------------------------


@given(st.text(st.sampled_from("[]{},:- |>'\"#\nab01æ"), max_size=40))
def test_the_fast_and_the_slow_parser_tell_the_same_story(text: str) -> None:
    def story(fast: bool) -> list[tuple[str, str | None]] | None:
        try:
            return [
                (type(event).__name__, getattr(event, "value", None))
                for event in events(text, fast=fast)
            ]
        except yaml.YAMLError:
            return None

    fast, slow = story(True), story(False)
    if fast is not None and slow is not None:
        assert slow == fast
