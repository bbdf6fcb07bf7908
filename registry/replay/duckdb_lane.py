"""A history decided again on one machine, by DuckDB.

In: Parquet files or an Arrow table, a candidate rulebook, and a baseline: another rulebook, or what
was decided. Out: a `Comparison`; or every decision, as a table.
Does not know: where the files come from, or who asks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from engine.columnar.duckdb_sql import DUCKDB
from engine.columnar.plan import plan_of
from engine.columnar.steps import Steps
from engine.model import Rulebook
from registry.replay.asking import Wish, asking
from registry.replay.comparison import EXAMPLES, Comparison
from registry.replay.files import by_schema
from registry.replay.source import read_columns

MEMORY = "3GB"


def compare(
    files: Sequence[Path],
    operation: str,
    candidate: Rulebook,
    against: Rulebook | None,
    *,
    memory: str = MEMORY,
    threads: int | None = None,
) -> Comparison:
    """Decide every row of the files again and tell what differs; None: from what was decided."""
    wish, found = Wish(operation, candidate, against), Comparison()
    with connected(memory, threads) as connection:
        for schema, alike in by_schema(files):
            found += _compared(connection, wish, _parquet(alike), schema)
    return found


def compare_table(
    table: pa.Table | pa.RecordBatchReader,
    operation: str,
    candidate: Rulebook,
    against: Rulebook | None,
    *,
    memory: str = MEMORY,
    threads: int | None = None,
) -> Comparison:
    """Do the same for a table in memory, or for batches that are read once."""
    wish = Wish(operation, candidate, against)
    if isinstance(table, pa.RecordBatchReader) and against is None:
        table = table.read_all()  # asked twice: for the codes, and for the rows
    with connected(memory, threads) as connection:
        connection.register("given", table)
        return _compared(connection, wish, "given", table.schema)


def decide_table(
    table: pa.Table,
    operation: str,
    rulebook: Rulebook,
    *,
    memory: str = MEMORY,
    threads: int | None = None,
) -> pa.Table:
    """Return `accepted`, `findings` and `undecidable` for every row, in the order of the rows."""
    with connected(memory, threads) as connection:
        connection.execute("SET preserve_insertion_order = true")
        connection.register("given", table)
        query = decisions("given", table.schema, operation, rulebook)
        return connection.sql(query).to_arrow_table()


def decisions(
    source: str,
    schema: pa.Schema,
    operation: str,
    rulebook: Rulebook,
    kept: Sequence[str] = (),
) -> str:
    """Return the query that decides a table or query of DuckDB; `kept` are columns to carry along.

    `accepted` and `findings` are NULL in undecidable rows.
    """
    steps = Steps(DUCKDB)
    plan = plan_of(rulebook, operation, steps)
    read = ", ".join(
        f"{sql} AS {DUCKDB.identifier(name)}"
        for name, sql in {
            **read_columns(DUCKDB, schema, plan.reads),
            **{name: DUCKDB.identifier(name) for name in kept},
        }.items()
    )
    known = plan.undecidable
    return steps.query(
        f"(SELECT {read} FROM {source} AS given)",
        {
            **{name: DUCKDB.identifier(name) for name in kept},
            "accepted": f"CASE WHEN NOT {known} THEN {plan.accepted} END",
            "findings": f"CASE WHEN NOT {known} THEN {plan.findings} END",
            "undecidable": known,
        },
    )


@contextmanager
def connected(
    memory: str = MEMORY, threads: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a database in memory that spills into a folder of its own, and loads nothing."""
    with tempfile.TemporaryDirectory(prefix="samtale-replay-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": folder,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads is not None:
            settings["threads"] = threads
        with duckdb.connect(":memory:", config=settings) as connection:
            yield connection


def _parquet(files: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(DUCKDB.text(str(each)) for each in files)}])"


def _compared(
    connection: duckdb.DuckDBPyConnection, wish: Wish, source: str, schema: pa.Schema
) -> Comparison:
    asked = asking(DUCKDB, wish, source, schema, lambda query: connection.execute(query).fetchall())
    compared = f"({asked.question.compared(asked.read)})"
    examples = f"min(CASE WHEN changed THEN decision_id END, {EXAMPLES})"
    counted = connection.execute(asked.question.counts(compared, examples))
    names = [each[0] for each in counted.description or ()]
    rows = (dict(zip(names, row, strict=True)) for row in counted.fetchall())
    return asked.question.comparison(rows, asked.missing)
