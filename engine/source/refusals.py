"""What the strict loader refuses about the structure of a file, in words.

In: the place and the author's own text. Out: one `Problem` for each cause.
Does not know: how a cause is found.
"""

from __future__ import annotations

from engine.problems import Place, Problem
from engine.source.scalars import Trap, shown


def file_too_large(place: Place, size: int, most: int) -> Problem:
    message = f"the file has {size:,} bytes, at most {most:,} are read"
    return Problem("file-too-large", place, message, "split the file")


def empty_file(place: Place) -> Problem:
    return Problem("empty-file", place, "the file is empty", "write at least `format: 1`")


def several_documents(place: Place) -> Problem:
    message = "a second document begins with `---`"
    return Problem("several-documents", place, message, "keep one document in a file")


def directive(place: Place) -> Problem:
    return Problem(
        "directive",
        place,
        "a line that begins with `%` is a directive to the parser",
        "remove it; text that begins with % goes in quotes",
    )


def stacked_marks(place: Place) -> Problem:
    return Problem(
        "stacked-marks",
        place,
        "more than 30 accents are stacked on one letter",
        "delete the surplus marks",
    )


def too_deep(place: Place, most: int) -> Problem:
    message = f"more than {most} levels stand inside one another"
    return Problem("too-deep", place, message, "write it with fewer levels, or as several rules")


def too_many_nodes(place: Place, most: int) -> Problem:
    message = f"the file holds more than {most:,} keys and values"
    return Problem("too-many-nodes", place, message, "split the file")


def too_many_problems(place: Place, most: int) -> Problem:
    message = f"the file is not read on after {most} problems"
    return Problem("too-many-problems", place, message, "mend these first")


def duplicate_key(place: Place, key: str, first: Place) -> Problem:
    message = f"`{shown(key)}` stands twice in this mapping, first at {first.line}:{first.column}"
    return Problem("duplicate-key", place, message, "keep one of the two")


def complex_key(place: Place) -> Problem:
    return Problem(
        "complex-key",
        place,
        "a list or mapping stands where a key should",
        "write the key as text; put text that begins with `{` or `[` in quotes",
    )


def merge_key(place: Place) -> Problem:
    message = "`<<` merges another mapping into this one"
    return Problem("merge-key", place, message, "write the entries out")


def empty_key(place: Place) -> Problem:
    return Problem("empty-key", place, "a key is missing", "write a key before the `:`")


def key_not_text(place: Place, key: str, in_brackets: bool) -> Problem:
    hint = f'write "{shown(key)}" in quotes'
    if in_brackets:
        hint += ", or no comma inside a number"
    return Problem("key-not-text", place, f"key `{shown(key)}` is not text", hint)


def anchor(place: Place, name: str) -> Problem:
    return Problem(
        "anchor",
        place,
        f"`&{shown(name)}` names this value for use elsewhere",
        "remove it; text that begins with & goes in quotes",
    )


def alias(place: Place, name: str) -> Problem:
    return Problem(
        "alias",
        place,
        f"`*{shown(name)}` repeats what stands elsewhere",
        "write the value out; text that begins with * goes in quotes",
    )


def tag(place: Place, written: str) -> Problem:
    """Return the problem for a tag as the parser gives it, shown as the author wrote it."""
    standard = "tag:yaml.org,2002:"
    if written.startswith(standard):
        written = "!!" + written.removeprefix(standard)
    return Problem(
        "tag",
        place,
        f"`{shown(written)}` sets a type by hand",
        "remove it; text that begins with ! goes in quotes",
    )


def trap(place: Place, found: Trap) -> Problem:
    return Problem(found.code, place, found.message, found.hint)


def no_value(place: Place, key: str, found: Trap) -> Problem:
    return Problem(found.code, place, f"`{shown(key)}` has no value", found.hint)
