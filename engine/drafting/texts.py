"""A draft as text: the rule, its error code, its case file.

In: a wish, a condition, examples. Out: files with the new entries in their places; every comment of
theirs stays.
Does not know: whether the text can be read; whoever writes it looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.cases.writing import Example, written_example
from engine.drafting.wish import Wish
from engine.facts import Text
from engine.layout.parts import Branch, Entry, Leaf, Page
from engine.layout.reading import read_page
from engine.layout.writing import write_page
from engine.source.writing import quoted, written_scalar

BASIS = "UDKAST: skriv hjemlen her, og ret, hvor sikker den er."
MESSAGE = Text(
    "UDKAST: skriv, hvad der er galt, og hvad der ville være i orden.",
    "DRAFT: write what is wrong, and what would pass.",
)
EXPLAINED = "UDKAST: betingelsen er kun en begyndelse. / DRAFT: the condition is only a beginning."


def with_rule(text: str, wish: Wish, condition: tuple[str, str], stated: bool) -> str:
    """Return a rule file with the draft as its last rule; `stated` names its operations."""
    return _with_entry(text, "rules", _rule(wish, condition, stated), None)


def with_code(text: str, wish: Wish) -> str:
    """Return the file of error codes with the new one after the codes that begin like it."""
    origin = "assigned" if wish.code.startswith("S-") else "adopted"
    title = _words(wish.title)
    entry = (
        f"codes:\n  - code: {_code(wish.code)}\n    title: {title}\n"
        f"    origin: {origin}\n    rule: {wish.rule}\n"
    )
    return _with_entry(text, "codes", entry, wish.code)


def case_file(
    wish: Wish,
    operation: str,
    baseline: str | Mapping[str, str | tuple[str, ...]],
    examples: Sequence[Example],
    schema: str | None,
) -> str:
    """Return a new case file; `baseline` names a file beside it, or holds the facts as YAML."""
    lines = [schema] if schema is not None else []
    lines += [f"# {wish.title.da}", f"# {wish.title.en}", "format: 1", f"cases: {wish.rule}"]
    lines.append(f"operation: {operation}")
    if isinstance(baseline, str):
        lines.append(f"baseline_from: {baseline}")
    else:
        lines.append("baseline:")
        for name, value in baseline.items():
            if isinstance(value, str):
                lines.append(f"  {name}: {value}")
            else:
                lines += [f"  {name}:", *(f"    - {each}" for each in value)]
    lines += ["examples:", "", "  # --- Begge sider af reglen / Both sides of the rule"]
    return "\n".join(lines) + "\n" + "".join(written_example(each) for each in examples)


def _rule(wish: Wish, condition: tuple[str, str], stated: bool) -> str:
    when, require = condition
    operations = f"    operations: [{', '.join(wish.operations)}]\n" if stated else ""
    whom = f"        when: {when}\n" if when else ""
    return (
        "rules:\n"
        f"  {wish.rule}:\n"
        f"    code: {_code(wish.code)}\n"
        "    title:\n"
        f"      da: {written_scalar(wish.title.da)}\n"
        f"      en: {written_scalar(wish.title.en)}\n"
        f"    field: {wish.field or quoted('')}\n"
        f"{operations}"
        "    versions:\n"
        f"      - valid_from: {wish.valid_from.isoformat()}\n"
        "        basis:\n"
        f"          text: {written_scalar(BASIS)}\n"
        "          confidence: assumed\n"
        f"{whom}"
        f"        # {EXPLAINED}\n"
        f"        require: {require}\n"
        "        message:\n"
        f"          da: {written_scalar(MESSAGE.da)}\n"
        f"          en: {written_scalar(MESSAGE.en)}\n"
    )


def _with_entry(text: str, key: str, made: str, beside: str | None) -> str:
    page = read_page(text)
    there, new = _branch(page, key), _branch(read_page(made), key)
    position = len(there.entries)
    if beside is not None:
        likes = [_alike(beside, entry) for entry in there.entries]
        nearest = max(likes, default=0)
        if nearest:
            position = len(likes) - likes[::-1].index(nearest)
    there.entries[position:position] = new.entries
    return write_page(page)


def _branch(page: Page, key: str) -> Branch:
    assert isinstance(page.root, Branch)  # noqa: S101  # a file that the reader has read
    for entry in page.root.entries:
        if entry.key is not None and entry.key.value == key and isinstance(entry.value, Branch):
            return entry.value
    raise AssertionError(key)


def _alike(code: str, entry: Entry) -> int:
    """Return with how many characters the code of an entry begins like `code`."""
    if not isinstance(entry.value, Branch):
        return 0
    for part in entry.value.entries:
        if part.key is not None and part.key.value == "code" and isinstance(part.value, Leaf):
            pairs = zip(code, part.value.value, strict=False)
            return next((n for n, (ours, theirs) in enumerate(pairs) if ours != theirs), len(code))
    return 0


def _words(words: Text) -> str:
    da, en = (written_scalar(each, in_brackets=True) for each in (words.da, words.en))
    return f"{{da: {da}, en: {en}}}"


def _code(code: str) -> str:
    return quoted(code) if code.isdigit() else written_scalar(code)
