"""What a condition may speak of: facts, code lists, tables and parameters by name.

In: all that was read before the rules. Out: one value that the readers of conditions share.
Does not know: conditions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.facts import Fact
from engine.reader.typed import CodeLists, Literal
from engine.tables import Parameter, Table


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that a condition may speak of.

    `unreadable` are facts that stand in the catalogue but have problems of their own; `facts` is
    None when there is no readable catalogue at all. A parameter or table that could not be read is
    None. Nobody is blamed for using one of those.
    """

    facts: Mapping[str, Fact] | None
    unreadable: frozenset[str]
    code_lists: CodeLists
    tables: Mapping[str, Table | None]
    parameters: Mapping[str, Parameter | None]
    never_in_force: frozenset[tuple[str, Literal]] = field(init=False)
    """The codes, with their list, that are in force on no day."""

    def __post_init__(self) -> None:
        never = frozenset(
            (table.name, code)
            for table in self.tables.values()
            if table is not None
            for code, history in table.rows.items()
            if not any(
                not row.withdrawn
                and (row.only_with is None or any(value is True for _, value in row.only_with))
                for _, row in history
            )
        )
        object.__setattr__(self, "never_in_force", never)
