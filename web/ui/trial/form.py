"""The form of a trial, made from the fact catalogue and the code lists.

In: a rulebook, an operation, and what stands in the inputs. Out: `Form`: groups of fields with
labels, options with names, and lists whose rows can be added.
Does not know: HTML, HTTP, or what the answer will be. An input is named as its fact; a field of a
record is `citizen.interviews.0.type`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from engine.explain.wording import DENMARK, capital, moment
from engine.explain.wording import day as words_of_day
from engine.facts import Fact, FactType, Text
from engine.model import Rulebook
from engine.tables import Table
from web.ui.trial.derived import asked

MOST_ROWS = 60
"""Rows of one list; more are not shown and not read."""

_GROUPS = {
    "interview": Text("Samtalen", "The interview"),
    "change": Text("Ændringen", "The change"),
    "participants": Text("Deltagerne", "The participants"),
    "registration": Text("Registreringen", "The registration"),
    "access": Text("Læsningen", "The reading"),
    "caller": Text("Hvem registrerer eller læser", "Who registers or reads"),
    "citizen": Text("Borgeren", "The citizen"),
}
"""The groups in the order of the page; the first word of a fact is its group."""
_CONTROLS = {
    FactType.CODE: "select",
    FactType.BOOLEAN: "select",
    FactType.INTEGER: "number",
    FactType.DATE: "date",
    FactType.INSTANT: "datetime-local",
}
NOT_GIVEN = Text("– ikke angivet –", "– not given –")
_YES = Text("ja", "yes")
_NO = Text("nej", "no")
_NOT_IN_FORCE = Text("ikke i kraft den dag", "not in force that day")


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select."""

    value: str
    label: Text
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One input; `control` is `select` or the type of an HTML input."""

    name: str
    label: Text
    description: Text
    control: str
    value: str
    optional: bool
    options: tuple[Option, ...] = ()
    fault: Text | None = None

    @property
    def said(self) -> Text:
        """The value in words."""
        chosen = next((each.label for each in self.options if each.chosen), None)
        return chosen or _in_words(self.control, self.value)

    @property
    def html_id(self) -> str:
        """The id of the input; ids hold no full stops, which style sheets would misread."""
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a list."""

    position: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list whose rows can be added and removed."""

    name: str
    label: Text
    one: Text
    """One record inside a sentence: `en samtale`."""
    description: Text
    rows: tuple[Row, ...]
    full: bool

    @property
    def html_id(self) -> str:
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together."""

    name: str
    title: Text
    fields: tuple[Field, ...]
    lists: tuple[RecordList, ...]

    @property
    def faulty(self) -> bool:
        """Tell whether something in it cannot be used."""
        rows = (row for each in self.lists for row in each.rows)
        return any(
            each.fault is not None
            for fields in (self.fields, *(row.fields for row in rows))
            for each in fields
        )

    @property
    def short(self) -> Text:
        """What is stated, in few words, for when the group is folded away."""
        said = [each.said for each in self.fields if each.value]
        said += [Text(str(len(each.rows)), str(len(each.rows))) for each in self.lists]
        return Text(" · ".join(s.da for s in said), " · ".join(s.en for s in said))


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that can be stated for one operation."""

    operation: str
    groups: tuple[Group, ...]

    def label_of(self, name: str) -> Text:
        """Return the label of the field of that input name, the bare name without such a field."""
        for group in self.groups:
            rows = (row for each in group.lists for row in each.rows)
            for fields in (group.fields, *(row.fields for row in rows)):
                for each in fields:
                    if each.name == name:
                        return each.label
        return Text(name, name)


def form_of(
    rulebook: Rulebook,
    operation: str,
    inputs: Mapping[str, str],
    faults: Mapping[str, Text],
    day: date,
) -> Form:
    """Return the form; codes are named as on `day`, the day the interview is held or asked about.

    Looked-up facts are not asked, nor those that follow from others: see `derived`.
    """
    facts = rulebook.catalogue.of_operations([operation])
    maker = _Maker(rulebook.tables, inputs, faults, day)
    found: dict[str, list[Fact]] = {}
    for fact in facts.values():
        if asked(fact.name, facts):
            found.setdefault(fact.name.partition(".")[0], []).append(fact)
    names = [*(name for name in _GROUPS if name in found), *(n for n in found if n not in _GROUPS)]
    return Form(operation, tuple(maker.group(name, found[name]) for name in names))


def rows_in(name: str, inputs: Mapping[str, str]) -> tuple[int, ...]:
    """Return the numbers of the rows of the list `name` that stand in the inputs, ascending."""
    pattern = re.compile(re.escape(name) + r"\.([0-9]{1,4})\.[^.]+")
    found = {int(match[1]) for each in inputs if (match := pattern.fullmatch(each))}
    return tuple(sorted(found)[:MOST_ROWS])


@dataclass(frozen=True, slots=True)
class _Maker:
    tables: Mapping[str, Table]
    inputs: Mapping[str, str]
    faults: Mapping[str, Text]
    day: date

    def group(self, name: str, facts: list[Fact]) -> Group:
        return Group(
            name,
            _GROUPS.get(name, Text(capital(name), capital(name))),
            tuple(self.field(f, f.name) for f in facts if f.type is not FactType.RECORDS),
            tuple(self.records(f) for f in facts if f.type is FactType.RECORDS),
        )

    def records(self, fact: Fact) -> RecordList:
        shown = [each for each in fact.fields.values() if asked(each.name, fact.fields)]
        rows = tuple(
            Row(at, tuple(self.field(each, f"{fact.name}.{at}.{each.name}") for each in shown))
            for at in rows_in(fact.name, self.inputs)
        )
        return RecordList(
            fact.name,
            _headline(fact.label),
            fact.record_label or fact.label,
            fact.description,
            rows,
            full=len(rows) >= MOST_ROWS,
        )

    def field(self, fact: Fact, name: str) -> Field:
        value = self.inputs.get(name, "")
        return Field(
            name,
            _headline(fact.label),
            fact.description,
            _CONTROLS.get(fact.type, "text"),
            value,
            fact.optional,
            tuple(self.options(fact, value)),
            self.faults.get(name),
        )

    def options(self, fact: Fact, value: str) -> Iterator[Option]:
        if fact.type not in {FactType.CODE, FactType.BOOLEAN}:
            return
        if fact.optional or value == "":
            yield Option("", NOT_GIVEN, value == "")
        if fact.type is FactType.BOOLEAN:
            yield from (
                Option(key, label, value == key) for key, label in (("false", _NO), ("true", _YES))
            )
            return
        table = self.tables.get(fact.code_list or "")
        known = {} if table is None else {str(key): self.name_of(table, key) for key in table.rows}
        yield from (Option(key, label, value == key) for key, label in known.items())
        if value and value not in known:
            yield Option(value, Text(value, value), True)

    def name_of(self, table: Table, key: int | str) -> Text:
        row = table.find(key, self.day)
        names = [each.name for _, each in table.rows[key] if each.name is not None]
        name = (
            row.name if row is not None and row.name is not None else names[-1] if names else None
        )
        number = f"{key} " if isinstance(key, int) else ""
        said = (
            Text(f"{number}{name.da}", f"{number}{name.en}") if name else Text(f"{key}", f"{key}")
        )
        if row is not None:
            return said
        return Text(f"{said.da} ({_NOT_IN_FORCE.da})", f"{said.en} ({_NOT_IN_FORCE.en})")


def _in_words(control: str, value: str) -> Text:
    """Return a day, or a moment in Danish time, in words; anything else as it was written."""
    with suppress(ValueError):
        if control == "date":
            return words_of_day(date.fromisoformat(value))
        if control == "datetime-local":
            return moment(datetime.fromisoformat(value).replace(tzinfo=DENMARK))
    return Text(value, value)


def _headline(label: Text) -> Text:
    return Text(capital(label.da), capital(label.en))
