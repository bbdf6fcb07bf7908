"""What is wrong with a message, in both languages.

In: nothing. Out: `Fault` and the words for each kind of fault.
Does not know: how faults are found. No message repeats a value: it may be personal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.facts import Text

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault, at a JSON pointer into the body, or in `parameter`, of the query or a header."""

    pointer: str
    da: str
    en: str
    parameter: str | None = None


def fault(path: Sequence[str | int], words: Text) -> Fault:
    """Return a fault at `path`, which is made of names and positions."""
    return Fault(pointer(path), words.da, words.en)


def in_query(parameter: str, words: Text) -> Fault:
    return Fault("", words.da, words.en, parameter)


def in_header(name: str, words: Text) -> Fault:
    return Fault("", words.da, words.en, name)


def pointer(path: Sequence[str | int]) -> str:
    """Return the RFC 6901 pointer; it ends before the first name that could be personal data."""
    steps: list[str] = []
    for step in path:
        if isinstance(step, str) and not _PLAIN_NAME.fullmatch(step):
            break
        steps.append(f"/{step}")
    return "".join(steps)


EMPTY = Text(
    "kroppen er tom; forventede et JSON-objekt", "the body is empty; expected a JSON object"
)
NOT_UTF_8 = Text("kroppen er ikke UTF-8", "the body is not UTF-8")
BYTE_ORDER_MARK = Text(
    "kroppen begynder med en byte order mark (BOM); udelad den",
    "the body begins with a byte order mark (BOM); leave it out",
)
NOT_AN_OBJECT = Text("kroppen skal være et JSON-objekt", "the body must be a JSON object")
TOO_DEEP = Text("kroppen er for dybt indlejret", "the body is nested too deeply")
TOO_MANY = Text("kroppen har for mange værdier", "the body has too many values")
NUL = Text("teksten indeholder tegnet NUL", "the text contains the character NUL")
NAMED_TWICE = Text("feltet står der to gange", "the field is there twice")
MISSING = Text("feltet mangler", "the field is missing")
UNKNOWN_FIELD = Text("feltet er ukendt", "the field is unknown")
UNKNOWN_PARAMETER = Text("parameteren er ukendt", "the parameter is unknown")
GIVEN_TWICE = Text("parameteren er givet to gange", "the parameter is given twice")
PRINTABLE_KEY = Text(
    "headeren skal være 1 til 255 skrivbare ASCII-tegn",
    "the header must be 1 to 255 printable ASCII characters",
)
PATH_TWICE = Text("hver sti må kun stå der én gang", "each path may be there once only")
ENDS_BEFORE_IT_BEGINS = Text(
    "perioden skal slutte efter sin første dag", "the period must end after its first day"
)
INTERVIEW_OR_CITIZEN = Text(
    "en opdatering skal navngive samtalen eller give en borger",
    "an update must name the interview or give a citizen",
)
OTHER = Text("værdien er ikke tilladt her", "the value is not allowed here")

_TYPES: Mapping[str, Text] = {
    "object": Text("et objekt", "an object"),
    "array": Text("en liste", "a list"),
    "string": Text("en tekst", "a text"),
    "integer": Text("et heltal", "a whole number"),
    "boolean": Text("true eller false", "true or false"),
    "null": Text("null", "null"),
}
_FORMATS: Mapping[str, Text] = {
    "date-time": Text(
        "forventede et tidspunkt efter RFC 3339 med offset og højst seks decimaler "
        "(2024-03-05T10:00:00+01:00), år 1900–2200",
        "expected an RFC 3339 time with an offset and at most six decimals "
        "(2024-03-05T10:00:00+01:00), years 1900–2200",
    ),
    "date": Text(
        "forventede en dag (2024-01-31), år 1900–9999",
        "expected a day (2024-01-31), years 1900–9999",
    ),
    "uuid": Text("forventede en UUID", "expected a UUID"),
    "webhook-path": Text(
        "forventede en sti: `/` foran hvert led af bogstaver a–z, cifre og `-._~`, intet led af "
        "punktummer alene, og intet der ligner et personnummer",
        "expected a path: `/` before each segment of letters a–z, digits and `-._~`, no segment of "
        "dots alone, and nothing that looks like a civil registration number",
    ),
}
INSTANT_OR_DAY = Text(
    "forventede et tidspunkt efter RFC 3339 med offset eller en dag (2024-01-31)",
    "expected an RFC 3339 time with an offset, or a day (2024-01-31)",
)
DAY = _FORMATS["date"]
CURSOR = Text(
    "forventede en cursor fra et tidligere svar", "expected a cursor from an earlier answer"
)


def not_json(line: int, column: int) -> Text:
    """Say where the text stops being JSON; both count from 1."""
    return Text(
        f"kroppen er ikke gyldig JSON: linje {line}, tegn {column}",
        f"the body is not valid JSON: line {line}, character {column}",
    )


def expected_type(types: Sequence[str]) -> Text:
    """Say which types a value may have."""
    words = [_TYPES[each] for each in types if each != "null"]
    return Text(
        "forventede " + " eller ".join(each.da for each in words),
        "expected " + " or ".join(each.en for each in words),
    )


def expected_format(name: str) -> Text:
    return _FORMATS[name]


def expected_one_of(choices: Sequence[object]) -> Text:
    listed = ", ".join(f"`{choice}`" for choice in choices if choice is not None)
    return Text(f"forventede en af {listed}", f"expected one of {listed}")


def expected_between(lowest: int, highest: int) -> Text:
    return Text(
        f"forventede et heltal fra {lowest} til {highest}",
        f"expected a whole number from {lowest} to {highest}",
    )


def expected_limit(keyword: str, limit: object) -> Text:
    """Say which limit (`minimum`, `maxLength`, …) a value does not keep."""
    words = _LIMITS[keyword]
    return Text(f"{words.da} {limit}", f"{words.en} {limit}")


_LIMITS: Mapping[str, Text] = {
    "minimum": Text("forventede mindst", "expected at least"),
    "maximum": Text("forventede højst", "expected at most"),
    "minLength": Text("antal tegn skal mindst være", "the number of characters must be at least"),
    "maxLength": Text("antal tegn må højst være", "the number of characters must be at most"),
    "minItems": Text("antal elementer skal mindst være", "the number of entries must be at least"),
    "maxItems": Text("antal elementer må højst være", "the number of entries must be at most"),
}
