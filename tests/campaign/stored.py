"""What the registry has stored, read past all of its code: plain rows and plain JSON.

In: the address of a database. Out: `Version`s in the order of their commits, and other rows.
Does not know: rules. Nothing of `registry` but the names of tables is used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an interview; `revision` counts the commits of a citizen."""

    citizen: str
    revision: int
    interview: str
    version: int
    type: int
    held_at: int
    decision: str


@contextmanager
def asking(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


def rows(connection: sa.Connection, statement: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.text(statement)).mappings()]


def versions(url: str) -> dict[str, list[Version]]:
    """Return the versions of each citizen in the order of their commits."""
    found: dict[str, list[Version]] = {}
    with asking(url) as connection:
        for row in rows(
            connection,
            "SELECT citizen_id, citizen_revision, interview_id, version, type, held_at, decision_id"
            " FROM interview_version ORDER BY citizen_id, citizen_revision, recorded_at",
        ):
            version = Version(*row.values())
            found.setdefault(version.citizen, []).append(version)
    return found


def decisions(url: str) -> list[dict[str, Any]]:
    """Return every stored decision, its facts and outcome read."""
    with asking(url) as connection:
        found = rows(connection, "SELECT * FROM decision ORDER BY recorded_at")
    return [
        {**row, "facts": json.loads(row["facts"]), "outcome": json.loads(row["outcome"])}
        for row in found
    ]
