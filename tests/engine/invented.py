"""Invented facts: a catalogue with every type, random tables and parameters, random values.

In: `Draws`, a source of choices (Hypothesis' or a seeded generator's). Out: tables and facts.
Does not know: rules (see `invented_rules`), nor what is tested. Pools of values are small, so that
equal values, seams of versions and rows, and the two hours of a night in October meet often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from engine.dated import SINCE_EVER, Dated
from engine.facts import Catalogue, Fact, Facts, FactType, Lookup, Record, Scalar, Text, Value
from engine.tables import Column, Parameter, Row, Table

Choice = TypeVar("Choice")
OPERATIONS = ("register", "correct")

DAYS = tuple(
    date.fromisoformat(day)
    for day in ("2024-03-01", "2024-02-29", "2024-02-28", "2024-10-27", "2025-01-01", "2024-12-31")
)
# the last four: 02:30 and 02:30 in Copenhagen on the night the clocks go back, and their seconds
INSTANTS = tuple(
    datetime.fromisoformat(instant).astimezone(UTC)
    for instant in (
        "2024-03-05T10:00:00+01:00",
        "2024-03-05T10:00:00.000001+01:00",
        "2024-10-27T02:30:00+02:00",
        "2024-10-27T02:30:00+01:00",
        "2024-10-27T02:59:59.999999+02:00",
        "2024-10-27T02:00:00+01:00",
    )
)
TEXTS = ("", "1", "a", "A", "0", "true", "é", "😀", "æblegrød 😀", 'x"\\\n')
KINDS = (1, 2, 3, 17, 18)
PLACES = ("1", "2", "a", "")
INTEGERS = (0, 1, 2, -1, 3, 30, 5, 10**15)
SHIFTS = (0, 1, 120, 366)
PATTERNS = ("1", "[a-z]*", ".", ".*😀", "(?i)a|true", "")
POOLS: Mapping[FactType, Sequence[Value]] = {
    FactType.TEXT: TEXTS,
    FactType.INTEGER: INTEGERS,
    FactType.BOOLEAN: (False, True),
    FactType.DATE: DAYS,
    FactType.INSTANT: INSTANTS,
}
CODES: Mapping[str, Sequence[int | str]] = {"kinds": KINDS, "places": PLACES}


@dataclass(frozen=True, slots=True)
class Draws:
    """Choices made one after another; `below(n)` returns one of 0, 1, …, n - 1."""

    below: Callable[[int], int]

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        return choices[self.below(len(choices))]

    def chance(self, of: int) -> bool:
        """Return True once in `of` times."""
        return self.below(of) == of - 1

    def some_of(self, choices: Sequence[Choice], most: int) -> tuple[Choice, ...]:
        return tuple(self.one_of(choices) for _ in range(self.below(most + 1)))


# --- catalogue ------------------------------------------------------------------------------------


def _fact(
    name: str,
    kind: FactType,
    code_list: str | None = None,
    *,
    optional: bool = False,
    looked_up: Lookup | None = None,
) -> Fact:
    words = Text(name, name)
    return Fact(name, kind, words, words, code_list, optional, looked_up)


def _scalars(prefix: str) -> list[Fact]:
    """Return a required and an optional fact of every type."""
    kinds = [
        ("kind", FactType.CODE, "kinds"),
        ("place", FactType.CODE, "places"),
        ("kinds", FactType.CODES, "kinds"),
        ("text", FactType.TEXT, None),
        ("count", FactType.INTEGER, None),
        ("flag", FactType.BOOLEAN, None),
        ("day", FactType.DATE, None),
        ("at", FactType.INSTANT, None),
    ]
    return [
        _fact(f"{prefix}{'maybe_' if optional else ''}{name}", kind, code_list, optional=optional)
        for name, kind, code_list in kinds
        for optional in (False, True)
    ]


def _looked_up(prefix: str, key: str, on: str, table: str = "kinds") -> list[Fact]:
    columns: list[tuple[str, FactType, str | None, Value]] = [
        ("resetting", FactType.BOOLEAN, None, False),
        ("weight", FactType.INTEGER, None, -1),
        ("allowed", FactType.CODES, "kinds", ()),
        ("next", FactType.CODE, "kinds", 1),
        ("ends", FactType.DATE, None, DAYS[0]),
        ("note", FactType.TEXT, None, "1"),
    ]
    return [
        _fact(
            f"{prefix}{name}",
            kind,
            code_list,
            looked_up=Lookup(table, name, key, on, otherwise),
        )
        for name, kind, code_list, otherwise in columns
    ]


def _records(name: str, fields: Sequence[Fact]) -> Fact:
    words = Text(name, name)
    return Fact(
        name,
        FactType.RECORDS,
        words,
        words,
        fields={field.name: field for field in fields},
        record_label=words,
    )


FACTS = {
    fact.name: fact
    for fact in (
        *_scalars("case."),
        *_looked_up("case.kind_", "case.kind", "case.day"),
        *_looked_up("case.maybe_", "case.maybe_kind", "case.maybe_day"),
        _records("visits", [*_scalars(""), *_looked_up("kind_", "kind", "day")]),
        _records(
            "stays",
            [
                _fact("place", FactType.CODE, "places"),
                _fact("day", FactType.DATE),
                _fact("until", FactType.DATE, optional=True),
                # the key is a field, the day a fact outside
                *_looked_up("place_", "place", "case.day", "places"),
            ],
        ),
    )
}
CATALOGUE = Catalogue(FACTS, {operation: frozenset(FACTS) for operation in OPERATIONS})


# --- tables and parameters ------------------------------------------------------------------------


def value_of(draws: Draws, fact: Fact | Column) -> Value:
    """Return a value of the type of a fact or column."""
    if fact.code_list is not None:
        codes = CODES[fact.code_list]
        return draws.one_of(codes) if fact.type is FactType.CODE else draws.some_of(codes, 3)
    return draws.one_of(POOLS[fact.type])


def parameters(draws: Draws) -> dict[str, Parameter]:
    """Return one parameter of every type, each with a value for every day."""
    made = {}
    pools: Sequence[tuple[str, FactType, Sequence[Scalar]]] = (
        ("days", FactType.INTEGER, SHIFTS),
        ("limit", FactType.INTEGER, INTEGERS),
        ("began", FactType.DATE, DAYS),
        ("word", FactType.TEXT, TEXTS),
        ("trial", FactType.BOOLEAN, (False, True)),
    )
    for name, kind, pool in pools:
        starts = {SINCE_EVER, *draws.some_of(DAYS, 2)}
        values = Dated([(start, draws.one_of(pool)) for start in sorted(starts)])
        made[name] = Parameter(name, kind, Text(name, name), None, values, Dated([]))
    return made


def table(draws: Draws, name: str, parameters: Mapping[str, Parameter]) -> Table:
    """Return a code list with dated, withdrawn and switched rows."""
    columns = {
        fact.looked_up.column: Column(fact.looked_up.column, fact.type, fact.label, fact.code_list)
        for fact in _looked_up("", "", "")
        if fact.looked_up is not None
    }
    rows: dict[int | str, Dated[Row]] = {}
    for key in CODES[name]:
        if draws.chance(4):
            continue
        history = []
        for start in sorted({draws.one_of((SINCE_EVER, *DAYS)), *draws.some_of(DAYS, 2)}):
            withdrawn, switched = draws.chance(5), draws.chance(5)
            row = Row(
                key=key,
                values={}
                if withdrawn
                else {column.name: value_of(draws, column) for column in columns.values()},
                confidence="assumed",
                valid_from=start,
                name=Text(f"{key}", f"{key}"),
                withdrawn=withdrawn,
                only_with=parameters["trial"].values if switched else None,
                only_with_name="trial" if switched else None,
            )
            history.append((start, row))
        rows[key] = Dated(history)
    kind = FactType.INTEGER if name == "kinds" else FactType.TEXT
    return Table(name, Text(name, name), Column("id", kind, Text("id", "id")), columns, rows)


# --- facts ----------------------------------------------------------------------------------------


def facts(draws: Draws) -> Facts:
    """Return facts for either operation, as `read_facts` would."""
    made: dict[str, Value | tuple[Record, ...] | None] = {}
    for fact in FACTS.values():
        if fact.type is FactType.RECORDS:
            made[fact.name] = tuple(_record(draws, fact) for _ in range(draws.below(4)))
        elif fact.looked_up is None:
            made[fact.name] = _given(draws, fact)
    return made


def _record(draws: Draws, fact: Fact) -> Record:
    return {
        field.name: _given(draws, field)
        for field in fact.fields.values()
        if field.looked_up is None
    }


def _given(draws: Draws, fact: Fact) -> Value | None:
    return None if fact.optional and draws.chance(3) else value_of(draws, fact)
