"""A value → how it stands in an analyst's file, so that the strict reader reads the same value.

In: a whole number, boolean, day, moment or text. Out: the scalar as YAML, on one line.
Does not know: collections, comments or indentation.
"""

from __future__ import annotations

import re
from datetime import date, datetime

import yaml

from engine.source.characters import first_unwanted
from engine.source.scalars import PlainValue, read_plain
from engine.source.syntax import events

_SIMPLE = re.compile(r"[A-Za-zÆØÅæøå][A-Za-z0-9ÆØÅæøå_.$/()-]*( [A-Za-z0-9ÆØÅæøå_.$/()-]+)*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def written_scalar(value: PlainValue | datetime, *, in_brackets: bool = False) -> str:
    """Return a value as YAML; text stands without quotes only where that cannot mislead.

    A moment is written as its own zone shows it: convert it first. `in_brackets` says that the
    scalar stands inside `{…}` or `[…]`.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f'"{value.isoformat()}"'
    if isinstance(value, int | date):
        return str(value)
    return value if _plain(value, in_brackets=in_brackets) else quoted(value)


def quoted(text: str) -> str:
    """Return the text in double quotes; what cannot be seen stands as an escape."""
    return f'"{"".join(_escaped(letter) for letter in text)}"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter == " " or letter.isprintable():
        return letter
    number = ord(letter)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _plain(text: str, *, in_brackets: bool) -> bool:
    """Tell whether the text may stand without quotes: every reader then takes it for this text."""
    if read_plain(text) != text or first_unwanted(text) is not None or not text.isprintable():
        return False
    if _SIMPLE.fullmatch(text):
        return True
    line = f"[{text}]" if in_brackets else f"k: {text}"
    try:
        found = [each for each in events(line + "\n") if isinstance(each, yaml.ScalarEvent)]
    except yaml.YAMLError:
        return False
    values = [each.value for each in found if not each.style]
    return values == ([text] if in_brackets else ["k", text])
