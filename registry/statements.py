"""Statements whose text never changes, compiled once for each kind of database.

In: SQLAlchemy statements in which every value is a named parameter. Out: `Fixed`, which gives the
text and the values as the driver wants them; several that write, as one (`nested`).
Does not know: what a statement does. Building and compiling a statement, and fitting its result to
the types of its columns, takes longer than SQLite needs to run it; so what every registration asks
or writes is compiled once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    text: str
    order: tuple[str, ...] | None
    """The names of the values by place; None where the driver takes them by name."""


class Fixed:
    """One statement, which must name all its values.

    Rows come as the driver gives them: a column whose type SQLAlchemy would translate, such as a
    Boolean on SQLite, is not for this.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def text(self, dialect: Dialect) -> str:
        """Return the text for this kind of database."""
        return self._for(dialect).text

    def values(self, dialect: Dialect, values: Values) -> Values | tuple[Any, ...]:
        """Return the values as its driver wants them; raises `KeyError` when one is missing."""
        order = self._for(dialect).order
        return values if order is None else tuple([values[name] for name in order])

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _compile(self._statement, dialect)
        return found


Written = tuple[Fixed, Values]
"""A statement that writes and gives nothing back, and its values."""


def nested(all_of: Sequence[Written], dialect: Dialect) -> tuple[str, Values]:
    """Return one statement that does what these do, for PostgreSQL, whose driver names values.

    They see the same state and run in no order: none may read or lock what another one writes.
    Foreign keys are held against what is there when all have run.
    """
    texts = tuple(statement.text(dialect) for statement, _ in all_of)
    values = {
        f"s{place}_{name}": value
        for place, (_, named) in enumerate(all_of)
        for name, value in named.items()
    }
    return _nested_text(texts), values


@lru_cache(maxsize=64)
def _nested_text(texts: tuple[str, ...]) -> str:
    *before, last = (_PARAMETER.sub(rf"%(s{place}_\1)s", text) for place, text in enumerate(texts))
    parts = ", ".join(f"s{place} AS ({text})" for place, text in enumerate(before))
    return f"WITH {parts} {last}" if before else last


_PARAMETER = re.compile(r"%\((\w+)\)s")


def _compile(statement: Executable, dialect: Dialect) -> _Compiled:
    assert isinstance(statement, ClauseElement)  # noqa: S101  # so is every statement of the library
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)  # noqa: S101  # no statement of ours changes tables
    order = compiled.positiontup
    return _Compiled(compiled.string, None if order is None else tuple(order))
