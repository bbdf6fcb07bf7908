"""Facts → typed numbers and truth values, the only things that durable_rules may compare.

In: a `Program`, and the references and operands of its comparisons. Out: `Field`s, each with a
short name and the expression that reads it from the facts.
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
from datetime import timedelta
from typing import Any

from engine.durable.reading import Body, number_of
from engine.facts import Fact, Facts
from engine.lookups import in_force_function, lookup_function
from engine.model import Constant, Operand, Operator, Reference, Scope, Shifted
from engine.operators import OPERATORS
from engine.problems import EvaluationError
from engine.program import Program


@dataclass(slots=True)
class Situation:
    """One evaluation: the facts, the names met in them, and what earlier searches found."""

    facts: Facts
    names: dict[Hashable, int]
    found: dict[int, set[int]]
    """Number of a search to the positions of the records that it found."""


Write = Callable[[Body], str]
"""Writes the lines that a value needs, and returns the expression that it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One projected value; equal only to itself.

    `records` names the list whose records carry the field, None says that the request does.
    `layer` is the first layer of searches that may read it.
    """

    name: str
    records: str | None
    write: Write
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
                unmoved, moved = self._number(base, records), days * sign
                return self._field(
                    ("shifted", _key(base), moved),
                    _home(records, base),
                    lambda body: f"{unmoved(body)} + {moved}",
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
            lambda body: body.name_of(read(body)),
        )

    def given(self, reference: Reference, records: Fact | None) -> Field:
        """Project whether the value is given."""
        read = self._read(reference, records)
        return self._field(
            ("given", _key(reference)),
            _home(records, reference),
            lambda body: f"{read(body)} is not None",
        )

    def length(self, reference: Reference, records: Fact | None) -> Field:
        """Project the number of code points of a text."""
        read = self._read(reference, records)
        return self._field(
            ("length", _key(reference)),
            _home(records, reference),
            lambda body: f"len({read(body)} or '')",
        )

    def asked(
        self, reference: Reference, operator: Operator, operand: Operand, records: Fact | None
    ) -> Field:
        """Project what a table, a list of codes or a pattern says of the value."""
        subject = self._read(reference, records)
        other = self._operand(operand, records)
        ask = self._question(reference.fact, operator)

        def write(body: Body) -> str:
            ours, theirs = subject(body), other(body)
            given = f"{ours} is not None and {theirs} is not None"
            return f"{given} and {body.bind(ask)}({ours}, {theirs})"

        return self._field(
            ("asked", _key(reference), operator, _key(operand)),
            _home(records, reference, operand),
            write,
        )

    def count(self, search: int, layer: int) -> Field:
        """Project onto the request how many records a search of an earlier layer found."""
        return self._field(("count", search), None, lambda _body: f"len(found[{search}])", layer)

    def among(self, search: int, layer: int, records: Fact) -> Field:
        """Project onto each record whether a search of an earlier layer found it."""
        return self._field(
            ("among", search),
            records.name,
            lambda _body: f"position in found[{search}]",
            layer,
        )

    def _field(self, key: Hashable, records: str | None, write: Write, layer: int = 0) -> Field:
        full = (records, key)
        if full not in self._fields:
            self._fields[full] = Field(f"f{len(self._fields)}", records, write, layer)
        return self._fields[full]

    def _question(self, fact: Fact, operator: Operator) -> Callable[[Any, Any], bool]:
        if operator is Operator.IN_FORCE_ON:
            if fact.code_list is None:
                raise EvaluationError(f"fact `{fact.name}` has no code list")
            return in_force_function(self._program.tables[fact.code_list])
        return OPERATORS[operator].holds

    def _operand(self, operand: Operand, records: Fact | None) -> Write:
        match operand:
            case Reference():
                return self._read(operand, records)
            case Shifted(base, Constant(int() as days), sign):
                read, moved = self._read(base, records), timedelta(days=days * sign)

                def shifted(body: Body) -> str:
                    day = read(body)
                    return body.once(
                        (day, moved), f"None if {day} is None else {day} + {body.bind(moved)}"
                    )

                return shifted
            case Constant(value):
                return lambda body: body.bind(value)
            case _:
                raise EvaluationError("an operand has no single value")

    def _number(self, reference: Reference, records: Fact | None) -> Write:
        read = self._read(reference, records)
        return lambda body: number_of(reference.fact.type, read(body))

    def _read(self, reference: Reference, records: Fact | None) -> Write:
        """Return how a value is read; a missing value that is not optional is an error."""
        if reference.scope is Scope.FIELD and records is not None:
            return self._read_named(reference.fact, records.fields)
        return self._read_named(reference.fact, {})

    def _read_named(self, fact: Fact, fields: Mapping[str, Fact]) -> Write:
        name, lookup = fact.name, fact.looked_up
        inside = fields.get(name) is not None
        if lookup is None:
            return lambda body: body.fact(name, inside=inside, optional=fact.optional)
        find = lookup_function(lookup, self._program.tables)
        key = self._read_named(*self._named(lookup.key, fields if inside else {}))
        day = self._read_named(*self._named(lookup.on, fields if inside else {}))
        return lambda body: body.once(
            ("looked up", name, inside), f"{body.bind(find)}({key(body)}, {day(body)})"
        )

    def _named(self, name: str, fields: Mapping[str, Fact]) -> tuple[Fact, Mapping[str, Fact]]:
        if name in fields:
            return fields[name], fields
        return self._program.facts[name], {}


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
