"""Takes what looks like a civil registration number out of everything that is logged.

In: any value, however deep. Out: the same as plain JSON values, without such numbers.
Does not know: which numbers are real. It takes out too much rather than too little; UUIDs and long
hexadecimal identifiers stay whole, because requests are found by them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Set
from typing import Any

TAKEN_OUT = "[civil registration number]"

_IDENTIFIER = (
    r"(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,})(?![0-9a-z])"
)
# a blank, a hyphen of any kind, an underscore, or how a URL writes them
_BETWEEN = r"(?:[\s_\-\u2010-\u2015\u2212]{0,3}|\+|%20|%2D)"
_NUMBER = re.compile(
    rf"(?P<identifier>{_IDENTIFIER})|(?<!\d)\d{{6}}{_BETWEEN}\d{{4}}(?!\d)", re.IGNORECASE
)
_DIGIT = re.compile(r"\d")
_DAYS = frozenset({*range(1, 32), *range(61, 92)})
"""The first two digits of a number; 61 to 91 mark replacement and test numbers."""
_MONTHS = range(1, 13)
_LARGEST = 2**63


def redacted(value: object) -> Any:
    """Return the value as JSON can hold it, keys and all, without civil registration numbers."""
    match value:
        case None | bool():
            return value
        case int():
            return _redacted_number(value)
        case float():
            return TAKEN_OUT if value.is_integer() and _is_number(int(value)) else value
        case str():
            return _redacted_text(value)
        case bytes() | bytearray():
            return _redacted_text(value.decode(errors="replace"))
        case Mapping():
            return {_redacted_text(str(name)): redacted(part) for name, part in value.items()}
        case list() | tuple() | Set():
            return [redacted(each) for each in value]
        case _:
            return _redacted_text(str(value))


def without_citizen_numbers(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Redact an event, as a step of a structlog chain; the last one before the line is written."""
    cleaned: dict[str, Any] = redacted(event)
    return cleaned


def _redacted_text(text: str) -> str:
    if text.isascii() and not _DIGIT.search(text):
        return text  # nearly all texts are such
    # a lone surrogate, which no JSON can hold, becomes a question mark
    readable = text.encode("utf-8", "replace").decode()
    return _NUMBER.sub(lambda found: found["identifier"] or TAKEN_OUT, readable)


def _redacted_number(number: int) -> int | str:
    if _is_number(number):
        return TAKEN_OUT
    # JSON libraries write no larger one
    return int(number) if abs(number) < _LARGEST else _redacted_text(str(number))


def _is_number(number: int) -> bool:
    """Whether it may be one, also without its leading zero; most ten digits name no day."""
    digits = f"{abs(number):010}"
    return len(digits) == 10 and int(digits[:2]) in _DAYS and int(digits[2:4]) in _MONTHS
