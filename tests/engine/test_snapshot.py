"""What was read becomes bytes and is the same again; other bytes become nothing."""

from __future__ import annotations

import dataclasses
import random
import subprocess
import sys
from collections.abc import Iterator
from enum import Enum
from itertools import islice
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.large_rulebooks import large_rulebook
from engine.dated import Dated
from engine.facts import Text
from engine.identity import rulebook_id
from engine.model import Rulebook
from engine.problems import Place, Problem, Severity
from engine.reader.load import load_rulebook
from engine.reader.rulebook import read_rulebook
from engine.snapshot.fields import fields_below
from engine.snapshot.graph import built, flat
from engine.snapshot.kinds import (
    Choice,
    Day,
    Kind,
    Link,
    Literal,
    Numbered,
    Pairs,
    Perhaps,
    Plain,
    Several,
    Unreadable,
    Words,
)
from engine.snapshot.snapshot import NotASnapshot, Read, key_of, read_snapshot, snapshot_of
from tests.engine.mutations import mutations
from tests.engine.rulebook_changes import good_files
from tests.engine.strategies import rulebooks
from tests.web.door import PROJECT

KEY = key_of(good_files(), "this program")
WARNING = Problem("odd", Place("rules/a.yaml", 1, 2), "it is odd", "mend it", Severity.WARNING)


def read_files(files: dict[str, bytes]) -> Read:
    rulebook, problems = read_rulebook(files)
    assert rulebook is not None, problems
    return Read(rulebook, problems)


def identified(rulebook: Rulebook) -> Rulebook:
    """Give an invented rulebook the identifier of its files."""
    return dataclasses.replace(rulebook, id=rulebook_id(rulebook.content))


def whole(value: Any) -> Any:
    """Return all that a value is made of: places, order and exact types, which `==` leaves out."""
    if isinstance(value, Enum) or not dataclasses.is_dataclass(value):
        if isinstance(value, Dated):
            return "Dated", [(start, whole(entry)) for start, entry in value]
        if isinstance(value, dict):
            return "dict", [(whole(key), whole(each)) for key, each in value.items()]
        if isinstance(value, tuple):
            return "tuple", [whole(each) for each in value]
        if isinstance(value, frozenset):
            return "frozenset", sorted(value)
        return type(value).__name__, value
    fields = {each.name: whole(getattr(value, each.name)) for each in dataclasses.fields(value)}
    return type(value).__name__, fields


def test_the_projects_rulebook_is_the_same_again_down_to_its_places() -> None:
    read = Read(load_rulebook(PROJECT / "rules", PROJECT / "config"), (WARNING,))
    again = read_snapshot(snapshot_of(read, KEY), KEY)
    assert whole(read) == whole(again)


def test_a_large_rulebook_is_the_same_again() -> None:
    read = read_files(large_rulebook(120))
    assert whole(read) == whole(read_snapshot(snapshot_of(read, KEY), KEY))


@given(rulebooks())
def test_any_rulebook_of_the_language_is_the_same_again(drawn: Rulebook) -> None:
    read = Read(identified(drawn), ())
    assert whole(read) == whole(read_snapshot(snapshot_of(read, KEY), KEY))


def test_every_change_of_meaning_gives_other_bytes() -> None:
    read = read_files(good_files())
    raw = snapshot_of(read, KEY)
    # one in so many, evenly over the whole model
    for what, changed in islice(mutations(read.rulebook), 0, None, 29):
        other = snapshot_of(Read(changed, read.warnings), KEY)
        assert other != raw, what
        assert whole(changed) == whole(read_snapshot(other, KEY).rulebook), what


def test_the_same_rulebook_gives_the_same_bytes_in_every_process() -> None:
    program = (
        "import hashlib; from tests.engine.test_snapshot import *; "
        "print(hashlib.sha256(snapshot_of(read_files(good_files()), KEY)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(PROJECT)},
            cwd=PROJECT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert 1 == len(digests)


def test_what_is_shared_is_shared_again() -> None:
    again = read_snapshot(snapshot_of(read_files(good_files()), KEY), KEY).rulebook
    facts = {id(each) for each in again.catalogue.facts.values()}
    referred = [each for each in _objects(again.files) if type(each).__name__ == "Reference"]
    outside = [each for each in referred if each.scope.value == "fact"]
    assert outside
    assert all(id(each.fact) in facts for each in outside)


def test_true_and_one_stay_apart() -> None:
    read = read_files(good_files())
    assert [True, 1] == [True, 1.0]
    parameter = next(iter(read.rulebook.parameters.values()))
    for value in (True, 1):
        told = dataclasses.replace(
            parameter, values=Dated([(start, value) for start in parameter.values.starts])
        )
        book = dataclasses.replace(read.rulebook, parameters={told.name: told})
        again = read_snapshot(snapshot_of(Read(book, ()), KEY), KEY).rulebook
        ((_, found), *_) = again.parameters[told.name].values
        assert type(value) is type(found)


# --- other bytes ----------------------------------------------------------------------------------


def test_bytes_of_another_key_are_refused() -> None:
    raw = snapshot_of(read_files(good_files()), KEY)
    with pytest.raises(NotASnapshot):
        read_snapshot(raw, key_of(good_files(), "another program"))


def test_no_changed_byte_passes() -> None:
    raw = snapshot_of(read_files(good_files()), KEY)
    draws = random.Random(73)
    for _ in range(2_000):
        place = draws.randrange(len(raw))
        other = bytes([raw[place] ^ draws.randrange(1, 256)])
        with pytest.raises(NotASnapshot):
            read_snapshot(raw[:place] + other + raw[place + 1 :], KEY)


def test_no_cut_and_no_addition_passes() -> None:
    raw = snapshot_of(read_files(good_files()), KEY)
    draws = random.Random(74)
    for _ in range(500):
        cut = draws.randrange(len(raw))
        for other in (raw[:cut], raw[cut:], raw + raw[:cut] + b" ", raw[:cut] + b" " + raw[cut:]):
            if other != raw:
                with pytest.raises(NotASnapshot):
                    read_snapshot(other, KEY)


@given(st.binary(max_size=200))
def test_no_other_bytes_are_a_snapshot(raw: bytes) -> None:
    with pytest.raises(NotASnapshot):
        read_snapshot(raw, KEY)


def test_a_rulebook_that_does_not_have_the_identifier_of_its_files_is_refused() -> None:
    read = read_files(good_files())
    for field in ("id", "content"):
        other = {"id": "sha256:" + "0" * 64, "content": {"rules/a.yaml": "0" * 64}}[field]
        book = dataclasses.replace(read.rulebook, **{field: other})
        with pytest.raises(NotASnapshot):
            read_snapshot(snapshot_of(Read(book, ()), KEY), KEY)


def test_a_rulebook_with_an_error_is_refused() -> None:
    error = dataclasses.replace(WARNING, severity=Severity.ERROR)
    raw = snapshot_of(Read(read_files(good_files()).rulebook, (error,)), KEY)
    with pytest.raises(NotASnapshot):
        read_snapshot(raw, KEY)


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (Words(), -1),
        (Words(), 1),
        (Words(), True),
        (Words(), "a"),
        (Plain(frozenset({int})), True),
        (Plain(frozenset({bool})), 1),
        (Plain(frozenset({int})), "1"),
        (Day(), 0),
        (Day(), True),
        (Day(), "2024-01-01"),
        (Choice(Severity), "fatal"),
        (Choice(Severity), 0),
        (Literal(), 1.5),
        (Literal(), None),
        (Literal(), [[1]]),
        (Literal(), {"day": 1, "moment": "2024-01-01T00:00:00+00:00"}),
        (Literal(), {"moment": "yesterday"}),
        (Link(frozenset({Place})), 1),
        (Link(frozenset({Place})), -1),
        (Link(frozenset({Text})), 0),
        (Perhaps(Words()), 1),
        (Several(Words()), 0),
        (Several(Words()), [None]),
        (Pairs(Words(), Words()), [[0]]),
        (Pairs(Words(), Words()), [[0], []]),
        (Pairs(Day(), Words(), Dated), [[5, 5], [0, 0]]),
    ],
)
def test_no_field_takes_what_it_cannot_have(kind: Kind, plain: object) -> None:
    known = Numbered([Place("rules/a.yaml", 1, 1)], ["a"])
    with pytest.raises(Unreadable):
        kind.read([plain], known)


def test_what_has_no_order_is_written_in_order() -> None:
    numbers = {text: place for place, text in enumerate("abcdefgh")}
    letters = SimpleNamespace(of_text=numbers.__getitem__)
    written = Several(Words(), frozenset, unordered=True).written(frozenset("hgfedcba"), letters)
    assert [0, 1, 2, 3, 4, 5, 6, 7] == written


OTHERS = (None, True, -1, 0, 1, 7, 10**9, "", "refuse", "Rulebook", 1.5, [], [0], {}, {"day": 0})


def test_made_up_json_becomes_types_of_the_model_or_nothing() -> None:
    """As if somebody had the checksum right: what is built is still data of the model only."""
    read = read_files(good_files())
    body = orjson.dumps(flat(read))
    draws = random.Random(75)
    known = {cls.__name__ for cls in fields_below(Read)}
    refused = 0
    for _ in range(800):
        plain = orjson.loads(body)
        _spoil(plain, draws)
        try:
            found = built(plain, Read)
        except Unreadable:
            refused += 1
        else:
            assert {type(each).__name__ for each in _objects(found)} <= known
    assert refused > 250


def test_json_as_deep_as_can_be_is_refused() -> None:
    for deep in ("[" * 1_000 + "]" * 1_000, '{"texts":[],"groups":' + "[" * 900 + "]" * 900 + "}"):
        with pytest.raises(Unreadable):
            built(orjson.loads(deep), Read)
    plain = flat(read_files(good_files()))
    for group in plain["groups"]:  # type: ignore[attr-defined]
        if group[0] == "Constant":
            group[1][0][0] = orjson.loads("[" * 900 + "]" * 900)
    with pytest.raises(Unreadable):
        built(plain, Read)


def test_half_a_character_cannot_be_kept() -> None:
    read = read_files(good_files())
    file = dataclasses.replace(read.rulebook.files[0], title=Text("\ud800", ""))
    book = dataclasses.replace(read.rulebook, files=(file,))
    with pytest.raises(ValueError, match="JSON"):
        snapshot_of(Read(book, ()), KEY)


def _spoil(plain: Any, draws: random.Random) -> None:
    """Put something else at a random spot of the JSON."""
    inner = plain
    while True:
        keys = list(inner) if isinstance(inner, dict) else range(len(inner))
        key = draws.choice(list(keys))
        deeper = inner[key]
        if isinstance(deeper, list | dict) and deeper and draws.random() < 0.95:
            inner = deeper
            continue
        inner[key] = draws.choice(OTHERS)
        return


def _objects(value: Any) -> Iterator[Any]:
    """Yield every object of a class with fields."""
    if dataclasses.is_dataclass(value):
        yield value
        for each in dataclasses.fields(value):
            yield from _objects(getattr(value, each.name))
    elif isinstance(value, dict):
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, tuple | Dated):
        for each in value:
            yield from _objects(each)


# --- the key --------------------------------------------------------------------------------------


def test_the_key_changes_with_every_byte_name_and_program() -> None:
    files = good_files()
    keys = {KEY, key_of(files, "this progran"), key_of({}, "this program")}
    for name in files:
        keys.add(key_of({**files, name: files[name] + b" "}, "this program"))
        rest = {other: files[other] for other in files if other != name}
        keys.add(key_of(rest, "this program"))
        keys.add(key_of({**rest, name + "x": files[name]}, "this program"))
    assert 3 + 3 * len(files) == len(keys)


def test_what_moves_from_one_file_to_the_next_gives_another_key() -> None:
    assert key_of({"a": b"bc", "d": b""}, "") != key_of({"a": b"b", "d": b"c"}, "")
    assert key_of({"a": b"", "b": b""}, "") != key_of({"ab": b""}, "")
    imitated = (1).to_bytes(8, "big") + b"b"
    assert key_of({"a": b"", "b": b"c"}, "") != key_of({"a": imitated + b"c"}, "")
    assert key_of({"a": imitated}, "") != key_of({"a": b"", "b": b""}, "")


def test_the_order_of_files_gives_the_same_key() -> None:
    assert KEY == key_of(dict(reversed(good_files().items())), "this program")
