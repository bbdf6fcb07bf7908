"""Do the table, column, key and day of a look-up exist, and fit one another?

In: look-ups with the place where they are written, once all facts and tables are known. Out:
problems.
Does not know: how a look-up is written, nor how it finds its value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.facts import Fact, FactType, Lookup
from engine.reader.reading import did_you_mean
from engine.reader.section import Section
from engine.reader.typed import TypeName
from engine.tables import Column, Table


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A look-up, the fact that gets its value, and the mapping in which it is written.

    `owner` is the fact of the catalogue: the record list when `fact` is a field. `fields` are the
    fields of that record, empty for a fact.
    """

    owner: str
    fields: Mapping[str, Fact]
    fact: Fact
    lookup: Lookup
    section: Section


def type_of(fact: Fact | Column) -> str:
    """Return the type as a file states it: `code(interview_types)`."""
    return str(TypeName(fact.type, fact.code_list))


class LookupNames:
    """All that the names in a look-up may refer to.

    `given_by` are the operations of each fact, `unreadable` the facts that could not be read, and
    a table that could not be read is None: nobody is blamed for using one of those.
    """

    def __init__(
        self,
        facts: Mapping[str, Fact],
        given_by: Mapping[str, tuple[str, ...]],
        unreadable: Collection[str],
        tables: Mapping[str, Table | None],
    ) -> None:
        self._facts = facts
        self._given_by = given_by
        self._unreadable = unreadable
        self._tables = tables

    def check(self, looked: LookedUp) -> None:
        """Check that table, column, key and day of a look-up exist and fit one another."""
        section, lookup = looked.section, looked.lookup
        if lookup.table not in self._tables:
            self._refuse(
                section,
                "table",
                "unknown-table",
                f"there is no table `{lookup.table}`",
                did_you_mean(lookup.table, self._tables),
            )
            return
        key = self._find(looked, "key", lookup.key)
        day = self._find(looked, "on", lookup.on)
        table = self._tables[lookup.table]
        if table is not None:
            self._check_column(looked, table)
            if key is not None:
                self._check_key(looked, table, key)
        if day is not None and day.type is not FactType.DATE:
            self._refuse(
                section,
                "on",
                "wrong-type",
                f"expected a date fact for `on`, found `{day.name}`, which is {type_of(day)}",
                "name a fact or field of type date",
            )

    def _check_column(self, looked: LookedUp, table: Table) -> None:
        column = table.columns.get(looked.lookup.column)
        if column is None:
            self._refuse(
                looked.section,
                "column",
                "unknown-column",
                f"table `{table.name}` has no column `{looked.lookup.column}`",
                did_you_mean(looked.lookup.column, table.columns),
            )
        elif (column.type, column.code_list) != (looked.fact.type, looked.fact.code_list):
            self._refuse(
                looked.section,
                "column",
                "wrong-type",
                f"`{looked.fact.name}` is {type_of(looked.fact)}, but column `{column.name}` of "
                f"table `{table.name}` is {type_of(column)}",
                f"write `type: {type_of(column)}`",
            )

    def _check_key(self, looked: LookedUp, table: Table, key: Fact) -> None:
        wanted = (
            f"code({table.name})" if table.key.type is not FactType.CODE else type_of(table.key)
        )
        if type_of(key) not in (wanted, type_of(table.key)):
            self._refuse(
                looked.section,
                "key",
                "wrong-type",
                f"table `{table.name}` is asked by {wanted}, but `{key.name}` is {type_of(key)}",
                f"name a fact or field of type {wanted}",
            )

    def _find(self, looked: LookedUp, role: str, name: str) -> Fact | None:
        """Return the field or fact that a look-up asks with, or report why it cannot."""
        field = looked.fields.get(name)
        fact = field or self._facts.get(name)
        if fact is None:
            if name not in self._unreadable and looked.owner not in self._unreadable:
                known = [*looked.fields, *self._facts]
                message = f"there is no fact or field `{name}` for `{role}`"
                hint = did_you_mean(name, known)
                self._refuse(looked.section, role, "unknown-fact", message, hint)
            return None
        if fact.looked_up is not None:
            message = f"`{name}` is itself looked up and cannot be the `{role}` of a look-up"
            hint = "name a fact or field that is given"
            self._refuse(looked.section, role, "chained-lookup", message, hint)
            return None
        if fact.optional:
            message = f"`{name}` is optional and cannot be the `{role}` of a look-up"
            hint = "name a fact or field that is always given"
            self._refuse(looked.section, role, "optional-lookup", message, hint)
            return None
        if field is None:
            missing = [
                operation
                for operation in self._given_by.get(looked.owner, ())
                if operation not in self._given_by[name]
            ]
            if missing:
                listed = ", ".join(f"`{operation}`" for operation in missing)
                message = f"`{name}` is not there in {listed}, but `{looked.owner}` is"
                hint = f"give both the same `operations`, or look up by another `{role}`"
                self._refuse(looked.section, role, "not-in-operation", message, hint)
        return fact

    @staticmethod
    def _refuse(section: Section, key: str, code: str, message: str, hint: str) -> None:
        section.problems.error(code, section.value_place(key), message, hint)
