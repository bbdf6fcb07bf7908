"""What an unquoted YAML scalar means, and which ones are traps.

In: the text of one plain (unquoted) scalar. Out: a whole number, boolean, date or text, or a `Trap`
when YAML readers disagree about it, or when it is not what its author sees.
Does not know: files, places, or what the value is for.

YAML 1.1 reads `NO` as a boolean, `010` as eight and `12:30` as 750; YAML 1.2 does not. A rulebook
must not depend on who reads it, so every such spelling is refused with the spelling to use instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

PlainValue = int | bool | str | date

MOST_DIGITS = 18
"""More digits than this do not fit the 64 bits that databases and other readers keep."""


@dataclass(frozen=True, slots=True)
class Trap:
    """Why a plain scalar is refused: a short fixed cause, what is wrong, and what to write."""

    code: str
    message: str
    hint: str


_BOOLEAN_WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})
_LONGEST_NUMBER = 60
_OF_NUMBERS = frozenset("0123456789+-.,:_ eE")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CPR_SHAPE = re.compile(r"[0-9]{6}[- ]?[0-9]{4}")
_CPR_INSIDE = re.compile(r"(?<![0-9])[0-9]{6}[- ]?[0-9]{4}(?![0-9])")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt ]+[0-9]{1,2}(:[0-9]{1,2}.*)?", re.DOTALL
)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_OTHER_BASE = re.compile(r"[-+]?0[xXoObB][0-9a-fA-F_]+")
_UNDERSCORES = re.compile(r"[-+]?[0-9][0-9_.]*_[0-9_.]*")
_CLOCK = re.compile(r"[-+]?[0-9]+(:[0-9]{1,2})+(\.[0-9]*)?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4}|[0-9]{2})")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}([.,][0-9]{3})+")
_EXPONENT = re.compile(r"[-+]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)[eE][-+]?[0-9]+")
_FRACTION = re.compile(r"[-+]?([0-9]+[.,][0-9]*|[.,][0-9]+)")
_NOT_FINITE = re.compile(r"[-+]?\.inf|\.nan", re.IGNORECASE)
_SIGNED = re.compile(r"\+[0-9]+")

_FIRST_OF_A_NUMBER = frozenset("0123456789+-.,~")


def read_plain(text: str) -> PlainValue | Trap:
    """Return the value of a plain scalar, or the trap it is; text is returned as it stands."""
    if not text:
        return Trap("empty-value", "a value is missing", 'write a value, or "" for an empty text')
    if text[0] not in _FIRST_OF_A_NUMBER:
        return _read_word(text)
    if _ISO_DATE.fullmatch(text):
        return _read_date(text)
    if _INTEGER.fullmatch(text) and len(text.lstrip("-")) < 10:
        # -0 is an odd spelling, yet means the same to every reader
        return int(text)
    return _read_number(text)


def shown(text: str) -> str:
    """Return `text` short and on one line, without digits shaped like a CPR number."""
    short = _CPR_INSIDE.sub("…", text[:80].replace("`", "'"))
    short = "".join(letter if letter.isprintable() else " " for letter in short)
    return short if len(short) <= 40 else short[:39] + "…"


def _read_word(text: str) -> PlainValue | Trap:
    if text in ("true", "false"):
        return text == "true"
    if len(text) > 5:
        return text
    word = text.casefold()
    if word in _BOOLEAN_WORDS:
        return Trap(
            "boolean-word",
            f"`{text}` is a boolean to some readers of YAML and text to others",
            f'write "{text}" in quotes for text, or true or false',
        )
    if word in ("true", "false"):
        return Trap(
            "boolean-spelling",
            f"`{text}` is not how a boolean is written here",
            f'write {word}, or "{text}" in quotes for text',
        )
    if word == "null":
        return _null(text)
    return text


def _read_date(text: str) -> PlainValue | Trap:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Trap(
            "impossible-date",
            f"`{text}` is not a day of the calendar",
            "write a day that exists, as year-month-day",
        )


def _read_number(text: str) -> PlainValue | Trap:
    """Read what begins like a number; the order matters, since the shapes overlap."""
    if text == "~":
        return _null(text)
    if len(text) > _LONGEST_NUMBER:
        return _huge(text) if _OF_NUMBERS.issuperset(text) and text[-1].isdigit() else text
    if _CPR_SHAPE.fullmatch(text):
        # never echoed: it may be a citizen's number that was pasted by mistake
        return Trap(
            "cpr-shaped-number",
            "a number shaped like a CPR number stands without quotes",
            "put an identifier in quotes, and never write a citizen's number in a rulebook",
        )
    if _TIMESTAMP.fullmatch(text):
        return Trap(
            "timestamp",
            f"`{shown(text)}` is a point in time without quotes",
            f'write "{shown(text)}" in quotes, or the day alone as year-month-day',
        )
    if _INTEGER.fullmatch(text):
        if len(text.lstrip("-")) <= MOST_DIGITS:
            return int(text)
        return _huge(text)
    return _date_trap(text) or _number_trap(text) or text


def _date_trap(text: str) -> Trap | None:
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        return None
    iso = f"{'20' + year if len(year) == 2 else year}-{int(month):02}-{int(day):02}"
    hint = f'write {iso}, or "{text}" in quotes for text'
    try:
        date.fromisoformat(iso)
    except ValueError:
        hint = f'write the day as year-month-day, or "{text}" in quotes for text'
    return Trap("date-form", f"`{text}` is not how a day is written here", hint)


def _number_trap(text: str) -> Trap | None:
    brief = shown(text)
    quoted = f'"{brief}" in quotes for text'
    if _LEADING_ZERO.fullmatch(text):
        whole = ("-" if brief[0] == "-" else "") + (brief.lstrip("-+0") or "0")
        return Trap(
            "leading-zero",
            f"`{brief}` begins with a zero, which some readers take for an octal number",
            f"write {whole}, or {quoted}",
        )
    if _OTHER_BASE.fullmatch(text):
        return Trap(
            "number-base",
            f"`{brief}` is a number in another base than ten",
            f"write the number in base ten, or {quoted}",
        )
    if _UNDERSCORES.fullmatch(text):
        return Trap(
            "underscore-in-number",
            f"`{brief}` has an underscore between digits",
            f"write {brief.replace('_', '')}, or {quoted}",
        )
    if _CLOCK.fullmatch(text):
        return Trap(
            "clock-time",
            f"`{brief}` is a number in base sixty to some readers of YAML",
            f"write {quoted}",
        )
    if _THOUSANDS.fullmatch(text) or _FRACTION.fullmatch(text):
        return Trap(
            "decimal-number",
            f"`{brief}` is not a whole number",
            f"write a whole number without separators, or {quoted}",
        )
    if _EXPONENT.fullmatch(text):
        return Trap(
            "exponent",
            f"`{brief}` is a number with an exponent to some readers of YAML",
            f"write the number in full, or {quoted}",
        )
    if _NOT_FINITE.fullmatch(text):
        return Trap("not-finite", f"`{brief}` is not a whole number", f"write {quoted}")
    if _SIGNED.fullmatch(text):
        return Trap(
            "plus-sign",
            f"`{brief}` is a number with a plus sign",
            f"write {brief[1:]}, or {quoted}",
        )
    return None


def _huge(text: str) -> Trap:
    return Trap(
        "huge-integer",
        f"`{shown(text)}` has more than {MOST_DIGITS} digits",
        "write a smaller number, or put an identifier in quotes",
    )


def _null(text: str) -> Trap:
    return Trap(
        "null-value",
        f"`{text}` means that there is no value",
        f'leave the key out, or write "{text}" in quotes for text',
    )
