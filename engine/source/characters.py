"""Bytes → text without characters that hide or move what an author sees.

In: the bytes of a file. Out: its text, and a problem for every character that may not stand there:
control characters, byte-order marks, marks that turn the direction of writing, odd line breaks.
Does not know: YAML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from engine.problems import Place, Problem

# The exotic line breaks are refused because editors and YAML would count lines differently.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
    "|\r(?!\n)"
)
_DIRECTIVE = re.compile("^%", re.MULTILINE)
_MOST_MARKS = 30
"""Unicode's own limit for streams (UAX 15); beyond it normalizing takes time by the square."""
_LINE_BREAKS = frozenset("\r\x85\u2028\u2029")
_BIDI_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def read_text(raw: bytes, file: str) -> str | Problem:
    """Decode UTF-8, or say at which place the bytes cease to be UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        return Problem(
            "not-utf-8",
            _place_after(before, file),
            f"byte 0x{raw[error.start]:02X} is not UTF-8",
            "save the file with the encoding UTF-8",
        )


def unwanted_characters(text: str, file: str) -> Iterator[Problem]:
    """Yield a problem for every character of `text` that may not stand in a file, in order."""
    for found, place in _places(_UNWANTED, text, file):
        yield unwanted(found, place)


def directive_lines(text: str, file: str) -> Iterator[Place]:
    """Yield the place of every line that begins with `%`, which makes it a directive."""
    for _, place in _places(_DIRECTIVE, text, file):
        yield place


def without_directives(text: str) -> str:
    """Turn directives into comments: the parser's time for them grows by the square."""
    return _DIRECTIVE.sub("#", text)


def _places(pattern: re.Pattern[str], text: str, file: str) -> Iterator[tuple[str, Place]]:
    line, line_start, seen = 1, 0, 0
    for found in pattern.finditer(text):
        breaks = text.count("\n", seen, found.start())
        if breaks:
            line += breaks
            line_start = text.rindex("\n", 0, found.start()) + 1
        seen = found.start()
        yield found.group(), Place(file, line, found.start() - line_start + 1)


def first_unwanted(text: str) -> str | None:
    """Return the first character that may not stand in a text, such as one written as an escape."""
    found = _UNWANTED.search(text)
    return found.group() if found else None


def without_unwanted(text: str) -> str:
    """Replace every unwanted character by a visible one; a byte-order mark in front is cut off.

    Editors do not count a leading byte-order mark as a column, so neither do the places after it.
    """
    return _UNWANTED.sub("\ufffd", text.removeprefix("\ufeff"))


def composed(text: str) -> str | None:
    """Return `text` in NFC, or None when more marks stand on one letter than anyone writes."""
    if text.isascii():
        return text
    run = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run > _MOST_MARKS:
            return None
    return unicodedata.normalize("NFC", text)


def unwanted(character: str, place: Place) -> Problem:
    """Return the problem that `character` is."""
    number = f"U+{ord(character):04X}"
    if character == "\ufeff":
        return Problem(
            "byte-order-mark",
            place,
            f"an invisible byte-order mark ({number}) stands here",
            "save the file as UTF-8 without BOM, or delete the character",
        )
    if character in _BIDI_MARKS:
        return Problem(
            "bidi-mark",
            place,
            f"an invisible mark that turns the direction of writing ({number}) stands here",
            "delete the character",
        )
    if character in _LINE_BREAKS:
        return Problem(
            "odd-line-break",
            place,
            f"a line break that not every editor knows ({number}) stands here",
            "replace it by an ordinary line break",
        )
    return Problem(
        "control-character",
        place,
        f"an invisible control character ({number}) stands here",
        "delete the character",
    )


def _place_after(text: str, file: str) -> Place:
    return Place(file, text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1)
