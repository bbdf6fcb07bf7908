"""Values in words: days, moments, codes and texts as a Dane or an Englishman writes them.

In: one value and what type it has. Out: a `Text`. Moments are shown in Danish local time, with the
offset only in the night in which the clock runs the same hour twice.
Does not know: rules, conditions, or whether the reader may see the value: `hidden` is there for
those who ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from engine.facts import FactType, Text, Value
from engine.model import Confidence
from engine.tables import Table

DENMARK = ZoneInfo("Europe/Copenhagen")
"""The zone in which every calendar day of the engine is meant."""

_MONTHS = (
    Text("januar", "January"),
    Text("februar", "February"),
    Text("marts", "March"),
    Text("april", "April"),
    Text("maj", "May"),
    Text("juni", "June"),
    Text("juli", "July"),
    Text("august", "August"),
    Text("september", "September"),
    Text("oktober", "October"),
    Text("november", "November"),
    Text("december", "December"),
)
YES = Text("ja", "yes")
NO = Text("nej", "no")
NOT_GIVEN = Text("ikke angivet", "not given")
AND = Text("og", "and")
OR = Text("eller", "or")


CONFIDENCES: Mapping[Confidence, Text] = {
    Confidence.OFFICIAL: Text("officiel", "official"),
    Confidence.PUBLISHED: Text("offentliggjort", "published"),
    Confidence.INFERRED: Text("udledt", "inferred"),
    Confidence.ASSUMED: Text("antaget", "assumed"),
}
"""How sure we are, in words; `docs/glossary.md` says what each means."""


def both(tell: Callable[[str], str]) -> Text:
    """Return what `tell` says for `da` and for `en`."""
    return Text(tell("da"), tell("en"))


def series(parts: tuple[str, ...], word: str) -> str:
    """Return `a, b og c` for the word `og`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def capital(sentence: str) -> str:
    """Return the sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def day(value: date) -> Text:
    """Return `5. marts 2024` and `5 March 2024`."""
    month = _MONTHS[value.month - 1]
    return Text(f"{value.day}. {month.da} {value.year}", f"{value.day} {month.en} {value.year}")


def moment(value: datetime) -> Text:
    """Return an instant in Danish local time, seconds only when there are any."""
    try:
        local = value.astimezone(DENMARK)
    except OverflowError:  # the very last hours that Python can write
        local = value.astimezone(UTC)
    date_of = day(local.date())
    digits = [f"{local.hour:02}", f"{local.minute:02}"]
    if local.second or local.microsecond:
        digits.append(f"{local.second:02}")
    fraction = f"{local.microsecond:06}".rstrip("0")
    offset = f" (UTC{local.strftime('%z')[:3]})" if _twice(local) else ""
    return Text(
        f"{date_of.da} kl. {'.'.join(digits)}{',' if fraction else ''}{fraction}{offset}",
        f"{date_of.en} at {':'.join(digits)}{'.' if fraction else ''}{fraction}{offset}",
    )


def _twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def code(value: object, code_list: str | None, tables: Mapping[str, Table]) -> Text:
    """Return a code with its name, `18 (Samtale i rehabiliteringsteam)`; a text id by name alone.

    The name is the latest that the code list knows, whatever the day; without one the bare code.
    """
    name = _latest_name(value, code_list, tables)
    if name is None or not (name.da.strip() and name.en.strip()):
        # an unknown text id is quoted, so that an empty one is seen
        shown = f'"{value}"' if isinstance(value, str) and not value.strip() else f"{value}"
        return Text(shown, shown)
    if isinstance(value, str):
        return name
    return Text(f"{value} ({name.da})", f"{value} ({name.en})")


def _latest_name(value: object, code_list: str | None, tables: Mapping[str, Table]) -> Text | None:
    table = tables.get(code_list) if code_list is not None else None
    if table is None or not isinstance(value, int | str) or value not in table.rows:
        return None
    return next((row.name for row in table.rows[value].latest_first() if row.name), None)


def words(
    value: Value | None, kind: FactType, code_list: str | None, tables: Mapping[str, Table]
) -> Text:
    """Return any value in words, a text in quotes."""
    if value is None:
        return NOT_GIVEN
    if isinstance(value, tuple):
        listed = [words(each, FactType.CODE, code_list, tables) for each in value]
        if not listed:
            return Text("ingen", "none")
        return both(
            lambda language: series(
                tuple(each.in_language(language) for each in listed), AND.in_language(language)
            )
        )
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if kind is FactType.CODE:
        return code(value, code_list, tables)
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return Text(shown, shown)


def hidden(value: Value | None, kind: FactType) -> bool:
    """Tell whether the value must not be repeated: free text, names and ids of persons' things."""
    return kind is FactType.TEXT and value is not None
