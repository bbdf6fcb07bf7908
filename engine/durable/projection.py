"""Facts → typed numbers and truth values, the only things that durable_rules may compare.

In: a `Program`, and the references and operands of its comparisons. Out: `Field`s, each with a
short name and a function that reads it from the facts.
Does not know: what the comparisons demand, nor durable_rules.

durable_rules compares numbers with text, empty text with zero and `1` with `"1"`, so nothing but
whole numbers and booleans is handed to it: instants as microseconds since 1970, days as ordinals,
codes and text as the number of their name, presence as a field of its own. What the tables say,
whether a text has a form and how long it is, is read here too: that is access to values; whether
the rule is broken by it is for the engine to find.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.facts import Fact, Facts, Record
from engine.lookups import in_force_function, lookup_function
from engine.model import Constant, Operand, Operator, Reference, Scope, Shifted
from engine.operators import OPERATORS
from engine.problems import EvaluationError
from engine.program import Program

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WIDEST = 2**62
"""Whole numbers are 64 bits wide in durable_rules, and no overflow is reported there."""


@dataclass(slots=True)
class Situation:
    """One evaluation: the facts, the names met in them, and what earlier searches found."""

    facts: Facts
    names: dict[Hashable, int]
    found: dict[int, set[int]]
    """Number of a search to the positions of the records that it found."""


Read = Callable[[Situation, Record, int], Any]
"""From the situation, the record at hand and its position to a value."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One projected value; equal only to itself.

    `records` names the list whose records carry the field, None says that the request does.
    `layer` is the first layer of searches that may read it.
    """

    name: str
    records: str | None
    read: Read
    layer: int = 0


class Projection:
    """All projected fields of one program; the same question always gives the same field."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._fields: dict[Hashable, Field] = {}
        self._names: dict[Hashable, int] = {}

    def situation(self, facts: Facts) -> Situation:
        """Return a fresh situation, in which the names of the rules have their numbers."""
        return Situation(facts, dict(self._names), defaultdict(set))

    def name_of(self, constant: object) -> int:
        """Return the number that stands for a code or text of a rule.

        Numbers are given in turn, so that the numbers below the greatest one given so far all
        stand for values of the rules, never for a value that only the facts hold.
        """
        return _name(self._names, constant)

    def value(self, operand: Operand, records: Fact | None) -> Field:
        """Project the value of an ordered or boolean reference, or of a shifted date."""
        match operand:
            case Shifted(base, Constant(int() as days), sign):
                read, moved = self._number(base, records), days * sign
                return self._field(
                    ("shifted", _key(base), moved),
                    _home(records, base),
                    lambda situation, record, position: read(situation, record, position) + moved,
                )
            case Reference():
                return self._field(
                    ("value", _key(operand)),
                    _home(records, operand),
                    self._number(operand, records),
                )
            case _:
                raise EvaluationError("an operand is neither a fact nor a shifted date")

    def name(self, reference: Reference, records: Fact | None) -> Field:
        """Project the number that stands for the code or text."""
        read = self._read(reference, records)
        return self._field(
            ("name", _key(reference)),
            _home(records, reference),
            lambda situation, record, position: _name(
                situation.names, read(situation, record, position)
            ),
        )

    def given(self, reference: Reference, records: Fact | None) -> Field:
        """Project whether the value is given."""
        read = self._read(reference, records)
        return self._field(
            ("given", _key(reference)),
            _home(records, reference),
            lambda situation, record, position: read(situation, record, position) is not None,
        )

    def length(self, reference: Reference, records: Fact | None) -> Field:
        """Project the number of code points of a text."""
        read = self._read(reference, records)
        return self._field(
            ("length", _key(reference)),
            _home(records, reference),
            lambda situation, record, position: len(read(situation, record, position) or ""),
        )

    def asked(
        self, reference: Reference, operator: Operator, operand: Operand, records: Fact | None
    ) -> Field:
        """Project what a table, a list of codes or a pattern says of the value."""
        subject = self._read(reference, records)
        other = self._operand(operand, records)
        ask = self._question(reference.fact, operator)

        def read(situation: Situation, record: Record, position: int) -> bool:
            ours = subject(situation, record, position)
            theirs = other(situation, record, position)
            return ours is not None and theirs is not None and ask(ours, theirs)

        return self._field(
            ("asked", _key(reference), operator, _key(operand)),
            _home(records, reference, operand),
            read,
        )

    def count(self, search: int, layer: int) -> Field:
        """Project onto the request how many records a search of an earlier layer found."""
        return self._field(
            ("count", search), None, lambda situation, _r, _p: len(situation.found[search]), layer
        )

    def among(self, search: int, layer: int, records: Fact) -> Field:
        """Project onto each record whether a search of an earlier layer found it."""
        return self._field(
            ("among", search),
            records.name,
            lambda situation, _r, position: position in situation.found[search],
            layer,
        )

    def _field(self, key: Hashable, records: str | None, read: Read, layer: int = 0) -> Field:
        full = (records, key)
        if full not in self._fields:
            self._fields[full] = Field(f"f{len(self._fields)}", records, read, layer)
        return self._fields[full]

    def _question(self, fact: Fact, operator: Operator) -> Callable[[Any, Any], bool]:
        if operator is Operator.IN_FORCE_ON:
            if fact.code_list is None:
                raise EvaluationError(f"fact `{fact.name}` has no code list")
            return in_force_function(self._program.tables[fact.code_list])
        return OPERATORS[operator].holds

    def _operand(self, operand: Operand, records: Fact | None) -> Read:
        match operand:
            case Reference():
                return self._read(operand, records)
            case Shifted(base, Constant(int() as days), sign):
                read, moved = self._read(base, records), timedelta(days=days * sign)

                def shifted(situation: Situation, record: Record, position: int) -> date | None:
                    day = read(situation, record, position)
                    return None if day is None else day + moved

                return shifted
            case Constant(value):
                return lambda _s, _r, _p: value
            case _:
                raise EvaluationError("an operand has no single value")

    def _number(self, reference: Reference, records: Fact | None) -> Read:
        read = self._read(reference, records)
        return lambda situation, record, position: number(read(situation, record, position))

    def _read(self, reference: Reference, records: Fact | None) -> Read:
        """Return how a value is read; a missing value that is not optional is an error."""
        if reference.scope is Scope.FIELD and records is not None:
            return self._read_named(reference.fact, records.fields)
        return self._read_named(reference.fact, {})

    def _read_named(self, fact: Fact, fields: Mapping[str, Fact]) -> Read:
        name, lookup = fact.name, fact.looked_up
        inside = fields.get(name) is not None
        if lookup is not None:
            find = lookup_function(lookup, self._program.tables)
            key = self._read_named(*self._named(lookup.key, fields if inside else {}))
            day = self._read_named(*self._named(lookup.on, fields if inside else {}))
            return lambda s, record, position: find(
                key(s, record, position), day(s, record, position)
            )

        def read(situation: Situation, record: Record, _: int) -> object:
            value = record.get(name) if inside else situation.facts.get(name)
            if value is None and not fact.optional:
                raise EvaluationError(f"fact `{name}` is missing")
            return value

        return read

    def _named(self, name: str, fields: Mapping[str, Fact]) -> tuple[Fact, Mapping[str, Fact]]:
        if name in fields:
            return fields[name], fields
        return self._program.facts[name], {}


def number(value: object) -> int | bool:
    """Return a present value as a whole number or boolean, an absent one as 0.

    Raises `EvaluationError` for what durable_rules cannot hold.
    """
    match value:
        case None:
            return 0
        case datetime():
            return (value - _EPOCH) // _MICROSECOND
        case date():
            return value.toordinal()
        case int() if -_WIDEST < value < _WIDEST:
            return value
        case _:
            raise EvaluationError("a number is too large, or a value is of the wrong type")


def _name(names: dict[Hashable, int], value: object) -> int:
    # the type belongs to the key: to Python, True and 1 are one key
    return names.setdefault((type(value), value), len(names))


def _home(records: Fact | None, *operands: Operand) -> str | None:
    """Return the list whose records carry a field made of these operands, None: the request."""
    if records is None:
        return None
    bases = [each.base if isinstance(each, Shifted) else each for each in operands]
    inside = any(isinstance(base, Reference) and base.scope is Scope.FIELD for base in bases)
    return records.name if inside else None


def _key(operand: Operand) -> Hashable:
    match operand:
        case Reference(scope, fact):
            return (scope, fact.name)
        case Shifted(base, days, sign):
            return (_key(base), days, sign)
        case Constant(value):
            return (type(value), value)
        case _:
            return operand
