"""What is stored, as the tests look at it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, func, select

from registry import tables
from registry.storage import Database


def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    with database.reading() as unit:
        return [
            {str(k): v for k, v in row.items()} for row in unit.execute(select(table)).mappings()
        ]


def counts(database: Database) -> dict[str, int]:
    """Return the number of rows of each table."""
    with database.reading() as unit:
        return {
            table.name: unit.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.metadata.sorted_tables
        }


def audit_outcomes(database: Database) -> list[tuple[str, str]]:
    """Return operation and outcome of each audit line, in order."""
    lines = sorted(rows(database, tables.audit_line), key=lambda line: line["sequence"])
    return [(line["operation"], line["outcome"]) for line in lines]
