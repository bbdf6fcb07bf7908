"""The values that conditions compare → SQL: facts, fields, look-ups, shifted days, constants.

In: references and operands without references to parameters. Out: their text; a look-up that is the
same for every record becomes an inner column.
Does not know: what is compared with what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import assert_never

from engine.columnar.branches import by_key
from engine.columnar.columns import kind_of
from engine.columnar.dialect import RECORD, whole_days
from engine.columnar.steps import Stage, Steps
from engine.facts import Fact, Scalar, Value
from engine.lookups import looked_up
from engine.model import (
    Constant,
    Constants,
    Operand,
    ParameterReference,
    Reference,
    Scope,
    Shifted,
)
from engine.tables import Table


class Values:
    """Writes the values of one plan; inside `in_record_of` there is a record at hand."""

    def __init__(
        self, facts: Mapping[str, Fact], tables: Mapping[str, Table], steps: Steps
    ) -> None:
        self._facts = facts
        self._tables = tables
        self._steps = steps
        self._dialect = steps.dialect
        self._fields: Mapping[str, Fact] = {}
        self.records = ""
        """The list of the record at hand."""

    @contextmanager
    def in_record_of(self, records: Fact, sql: str) -> Iterator[None]:
        """Write what follows for one record of this list, which stands in `sql`."""
        self._fields, self.records = records.fields, sql
        yield
        self._fields, self.records = {}, ""

    def listed(self, values: Iterable[Scalar]) -> str:
        return ", ".join(self._dialect.literal(each) for each in values)

    def looked_up(self, reference: Reference, write: Callable[[Value], str]) -> str:
        lookup = reference.fact.looked_up
        assert lookup is not None  # noqa: S101  # asked for looked-up facts only
        fields = self._fields if reference.scope is Scope.FIELD else {}
        day = fields.get(lookup.on) or self._facts[lookup.on]
        sql = by_key(
            self._dialect,
            looked_up(lookup, self._tables),
            write,
            self._named(lookup.key, fields),
            self._named(lookup.on, fields),
            day_is_given=not day.optional,
        )
        return self.hoisted(sql)

    def hoisted(self, sql: str) -> str:
        """Return a column that holds a look-up, where it is the same for every record."""
        looked_up_before = self._dialect.identifier(f"{Stage.LOOK_UP.name.lower()}:")[:-1]
        if not sql.startswith("(CASE") or self._dialect.identifier(RECORD) in sql:
            return sql
        return sql if looked_up_before in sql else self._steps.column(Stage.LOOK_UP, sql)

    def _named(self, name: str, fields: Mapping[str, Fact]) -> str:
        if name in fields:
            return self._dialect.field(name)
        return self.value(Reference(Scope.FACT, self._facts[name]))

    def value(self, reference: Reference) -> str:
        fact = reference.fact
        if fact.looked_up is not None:
            return self.looked_up(reference, lambda value: self._written(fact, value))
        if reference.scope is Scope.FACT:
            return self._dialect.identifier(fact.name)
        return self._dialect.field(fact.name)

    def _written(self, fact: Fact, value: Value) -> str:
        if not isinstance(value, tuple):
            return self._dialect.literal(value)
        kind = kind_of(fact.type, fact.code_list, self._tables)
        return self._dialect.codes([self._dialect.literal(each) for each in value], kind)

    def operand(self, operand: Operand) -> str:
        match operand:
            case Constant(value):
                return self._dialect.literal(value)
            case Reference():
                return self.value(operand)
            case Shifted(base, Constant(int() as days), sign):
                return self._dialect.shifted(self.value(base), whole_days(days * sign))
            case Constants():
                raise AssertionError("a list of values is compared where it stands")
            case ParameterReference() | Shifted():
                raise AssertionError("a period holds no references to parameters")
            case _:
                assert_never(operand)
