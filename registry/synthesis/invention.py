"""Invents the facts of registrations, some thousand citizens at a time, inside DuckDB.

In: a seed, a span of days, what a rulebook allows. Out: tables of facts, one operation each.
Does not know: rules. The queries beside this file say what is invented and how often; the same
seed gives the same facts, whatever the size of a chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from engine.columnar.columns import Column
from engine.columnar.dialect import Dialect
from registry.days import beginning_of
from registry.synthesis.known_tables import KnownTables

CITIZENS_AT_ONCE = 20_000
FEWEST_OF_EACH = 5
"""Registrations that a citizen has at least, nearly always; see `people.sql`."""
STAGES = ("people", "visits", "registrations", "facts")
ABOUT = ("decision_id", "recorded_at", "organisation_type", "organisation")
"""What is invented of every decision beside its facts."""
_QUERIES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Wish:
    """How large a history is wanted, and of which days in Denmark; both days are included."""

    registrations: int
    seed: int
    first: date
    last: date


@contextmanager
def invention(wish: Wish, known: KnownTables, *, memory: str, threads: int) -> Iterator[Invention]:
    """Open what invents; its tables are gone with the block."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET memory_limit = $1", [memory])
        connection.execute("SET threads = $1", [threads])
        connection.register("allowed", known.allowed)
        for name, value in {
            "seed": wish.seed,
            "first_day": wish.first,
            "days": (wish.last - wish.first).days + 1,
            "begin": beginning_of(wish.first),
            "until": beginning_of(wish.last + timedelta(days=1)),
            "groups": list(known.groups),
            "types": list(known.types),
        }.items():
            _set(connection, name, value)
        connection.execute(_query("chance"))
        yield Invention(connection)


@dataclass(slots=True)
class Invention:
    """One chunk of citizens at a time; the next one takes the place of the one before."""

    connection: duckdb.DuckDBPyConnection
    citizens: int = 0
    """How many have been invented."""

    def invent(self, amount: int) -> int:
        """Invent the next citizens, with at most `amount` registrations; return how many."""
        _set(self.connection, "citizen_from", self.citizens)
        self.citizens += min(CITIZENS_AT_ONCE, amount // FEWEST_OF_EACH + 1)
        _set(self.connection, "citizen_to", self.citizens)
        _set(self.connection, "amount", amount)
        for stage in STAGES:
            self.connection.execute(_query(stage))
        return int(self.connection.sql("SELECT count(*) FROM fact").fetchall()[0][0])

    def operations(self) -> list[str]:
        """Return the operations that the chunk has registrations of."""
        rows = self.connection.sql("SELECT DISTINCT operation FROM fact ORDER BY ALL").fetchall()
        return [row[0] for row in rows]

    def columns(self) -> frozenset[str]:
        """Return the names of everything that is invented."""
        return frozenset(self.connection.sql("SELECT * FROM fact LIMIT 0").columns)

    def facts(self, operation: str, columns: Sequence[Column], dialect: Dialect) -> str:
        """Return the query of the registrations of an operation.

        What is not invented holds nothing; everything has the type of its column.
        """
        known = self.columns()
        named = ", ".join(
            f"CAST({dialect.identifier(each.name) if each.name in known else 'NULL'} "
            f"AS {dialect.type_of(each)}) AS {dialect.identifier(each.name)}"
            for each in columns
        )
        which = f"operation = {dialect.literal(operation)}"
        return f"SELECT {', '.join(ABOUT)}, {named} FROM fact WHERE {which}"  # noqa: S608  # all quoted


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: object) -> None:
    connection.execute(f"SET VARIABLE {name} = $1", [value])


def _query(stage: str) -> str:
    return (_QUERIES / f"{stage}.sql").read_text(encoding="utf-8")
