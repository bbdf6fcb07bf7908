"""Texts that could tell of a real person: they are kept out of the files of the rulebook.

In: a text. Out: whether it may be a civil registration number or a name of someone who exists.
Does not know: who exists. Test numbers, with 60 added to the day, belong to nobody; a name is taken
for invented when one of its words says so, as in `Vera Prøve`.
"""

from __future__ import annotations

import re
from calendar import monthrange

_NUMBER = re.compile(r"(?<![0-9])([0-9]{2})([0-9]{2})([0-9]{2})[- ]?[0-9]{4}(?![0-9])")
_NAME = re.compile(r"[^\W\d_][^\W\d_'’-]+(?: [^\W\d_][^\W\d_.'’-]*)+")
_INVENTED = frozenset(
    {"prøve", "test", "tester", "testesen", "eksempel", "opdigtet", "demo", "fiktiv", "example"}
)


def civil_numbers(text: str) -> tuple[int, ...]:
    """Return where in the text something begins that may be a real person's number."""
    return tuple(match.start() for match in _NUMBER.finditer(text) if _may_exist(match))


def personal(text: str) -> bool:
    """Tell whether a single value (not a sentence) may be a real person's number or name."""
    return bool(civil_numbers(text)) or _may_be_a_name(text)


def _may_exist(match: re.Match[str]) -> bool:
    day, month = int(match[1]), int(match[2])
    return 1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]


def _may_be_a_name(text: str) -> bool:
    words = text.split()
    if not _NAME.fullmatch(" ".join(words)) or not all(word[0].isupper() for word in words):
        return False
    return not any(word.lower().strip(".") in _INVENTED for word in words)
