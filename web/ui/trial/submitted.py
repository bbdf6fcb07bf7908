"""What stands in the inputs → facts, or what is wrong with each input; and facts → inputs.

In: texts by input name, as a browser sends them. Out: `Submitted`.
Does not know: HTML, HTTP, or rules. Moments are Danish local time; of the hour that the clock runs
twice the first one is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from engine.facts import Fact, Facts, FactsError, FactType, Text, read_facts
from engine.model import Rulebook
from engine.tables import Table
from registry.days import DENMARK
from web.ui.trial.derived import asked, with_derived
from web.ui.trial.form import rows_in

LONGEST_TEXT = 2_000
"""Characters of one input; a longer one is refused."""

_MISSING = Text("skal udfyldes", "must be filled in")
_FAULTS = {
    FactType.INTEGER: Text("skal være et helt tal", "must be a whole number"),
    FactType.DATE: Text("skal være en dato som 2024-03-05", "must be a date such as 2024-03-05"),
    FactType.INSTANT: Text(
        "skal være en dato og et klokkeslæt som 2024-03-05T10:00",
        "must be a date and a time such as 2024-03-05T10:00",
    ),
    FactType.BOOLEAN: Text("skal være ja eller nej", "must be yes or no"),
    FactType.CODE: Text("skal være en af de viste koder", "must be one of the codes shown"),
}
_TOO_LONG = Text("er for lang", "is too long")
_NO_SUCH_TIME = Text(
    "findes ikke: uret blev stillet frem den nat", "does not exist: the clock went forward"
)
_WRONG = Text("kan ikke bruges", "cannot be used")


class _Refused(ValueError):
    def __init__(self, why: Text) -> None:
        self.why = why
        super().__init__(why.en)


@dataclass(frozen=True, slots=True)
class Submitted:
    """The facts, None as long as an input is at fault; `faults` stand by input name."""

    facts: Facts | None
    faults: Mapping[str, Text]


def read_inputs(rulebook: Rulebook, operation: str, inputs: Mapping[str, str]) -> Submitted:
    """Read every input of the operation; inputs that the catalogue does not name are ignored."""
    facts = rulebook.catalogue.of_operations([operation])
    reader = _Reader(rulebook.tables, inputs, {})
    plain: dict[str, object] = {}
    for fact in facts.values():
        if not asked(fact.name, facts):
            continue
        if fact.type is FactType.RECORDS:
            plain[fact.name] = reader.records(fact)
        else:
            plain[fact.name] = reader.value(fact, fact.name)
    if reader.faults:
        return Submitted(None, reader.faults)
    try:
        return Submitted(read_facts(rulebook.catalogue, operation, with_derived(plain, facts)), {})
    except FactsError as error:
        return Submitted(None, {fault.where: _WRONG for fault in error.faults})


def inputs_of(rulebook: Rulebook, operation: str, facts: Mapping[str, object]) -> dict[str, str]:
    """Return facts (of any operation) as they stand in the inputs of `operation`."""
    known = rulebook.catalogue.of_operations([operation])
    inputs: dict[str, str] = {}
    for fact in known.values():
        value = facts.get(fact.name)
        if not asked(fact.name, known) or value is None:
            continue
        if not isinstance(value, tuple | list):
            inputs[fact.name] = _written(value)
            continue
        for position, record in enumerate(value):
            inputs.update(
                (f"{fact.name}.{position}.{each.name}", _written(record.get(each.name)))
                for each in fact.fields.values()
                if asked(each.name, fact.fields)
            )
    return inputs


@dataclass(frozen=True, slots=True)
class _Reader:
    tables: Mapping[str, Table]
    inputs: Mapping[str, str]
    faults: dict[str, Text]

    def records(self, fact: Fact) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for at in rows_in(fact.name, self.inputs):
            plain = {
                each.name: self.value(each, f"{fact.name}.{at}.{each.name}")
                for each in fact.fields.values()
                if asked(each.name, fact.fields)
            }
            found.append(with_derived(plain, fact.fields))
        return found

    def value(self, fact: Fact, name: str) -> object:
        text = self.inputs.get(name, "")
        if fact.type is not FactType.TEXT:
            text = text.strip()
        # an empty text is a text only where the fact may not be left out
        if text == "" and (fact.optional or fact.type is not FactType.TEXT):
            if not fact.optional:
                self.faults[name] = _MISSING
            return None
        try:
            return self.read(fact, text)
        except _Refused as refused:
            self.faults[name] = refused.why
        except (ValueError, OverflowError):
            self.faults[name] = _FAULTS.get(fact.type, _WRONG)
        return None

    def read(self, fact: Fact, text: str) -> object:
        if len(text) > LONGEST_TEXT:
            raise _Refused(_TOO_LONG)
        match fact.type:
            case FactType.CODE:
                return self.code(fact, text)
            case FactType.BOOLEAN:
                return _yes_or_no(text)
            case FactType.INTEGER:
                return _whole(text)
            case FactType.DATE:
                return date.fromisoformat(text)
            case FactType.INSTANT:
                return _moment(text)
            case _:
                return text

    def code(self, fact: Fact, text: str) -> int | str:
        table = self.tables.get(fact.code_list or "")
        if table is None or table.key.type is not FactType.INTEGER:
            return text
        return _whole(text)


def _yes_or_no(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError
    return text == "true"


def _whole(text: str) -> int:
    if not (text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) <= 12):
        raise ValueError
    return int(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return moment
    local = moment.replace(tzinfo=DENMARK)
    if local.astimezone(UTC).astimezone(DENMARK).replace(tzinfo=None) != moment:
        raise _Refused(_NO_SUCH_TIME)
    return local


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        local = value.astimezone(DENMARK).replace(tzinfo=None)
        exact = bool(local.second or local.microsecond)
        return local.isoformat(timespec="seconds" if exact else "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
