"""Inner columns of a plan: what is worked out once and used by several rules, or by two plans.

In: pieces of SQL, each with the stage at which it can be worked out. Out: the name of the column
that holds it, and the query that works out all of them.
Does not know: what the pieces mean.

The same piece is one column, whoever asks for it. So two plans that share their steps cost little
more than one where their rulebooks say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from engine.columnar.dialect import Dialect


class Stage(IntEnum):
    """Each stage sees the table and the stages before it."""

    LOOK_UP = 1
    NARROWED = 2
    FLAGS = 3
    FIRES = 4
    ANSWER = 5


class Steps:
    """The inner columns of one query."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._columns: dict[Stage, dict[str, str]] = {stage: {} for stage in Stage}

    def column(self, stage: Stage, sql: str) -> str:
        """Return the column in which this piece of SQL is worked out at this stage."""
        known = self._columns[stage]
        if sql not in known:
            # no fact has a colon in its name
            known[sql] = self.dialect.identifier(f"{stage.name.lower()}:{len(known)}")
        return known[sql]

    def query(self, source: str, wanted: Mapping[str, str]) -> str:
        """Return the query of the wanted columns over a table or a query in parentheses."""
        inner = source
        for stage, columns in self._columns.items():
            if columns:
                named = ",\n  ".join(f"{sql} AS {name}" for sql, name in columns.items())
                inner = f"(SELECT *,\n  {named}\nFROM {inner} AS {stage.name.lower()}_of)"
        outer = ",\n  ".join(
            f"{sql} AS {self.dialect.identifier(name)}" for name, sql in wanted.items()
        )
        return f"SELECT\n  {outer}\nFROM {inner} AS facts"
