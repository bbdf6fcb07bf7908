"""Whoever tampers with the audit log is found out, and how far that goes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from registry import audit, audit_chain, schema, tables
from registry.audit_chain import ChainReport, Fault, FaultKind
from registry.commands import CreateInterview
from registry.service import Registry
from registry.storage import Database
from tests.registry.fakes import CPR, JOB_CENTRE, held
from tests.registry.rows import rows

LINES = 6


@pytest.fixture
def log(registry: Registry, database: Database) -> Database:
    """Return a database with six audit lines: one of the fixture's citizen, five of interviews."""
    for minute in range(LINES - 1):
        registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(minute)))
    return database


def tamper(database: Database, *statements: str) -> None:
    with database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def rechained(database: Database, first: int, **changes: Any) -> None:
    """Write the log anew from one line on, as somebody would who knows how it is made."""
    lines = sorted(rows(database, tables.audit_line), key=lambda line: line["sequence"])
    previous = lines[first - 2]["hash"]
    with database.engine.begin() as connection:
        for line in lines[first - 1 :]:
            line.pop("hash")
            line |= {"previous_hash": previous} | (changes if line["sequence"] == first else {})
            previous = audit.hash_of(line)
            connection.execute(
                tables.audit_line.update()
                .where(tables.audit_line.c.sequence == line["sequence"])
                .values(**line, hash=previous)
            )
        connection.execute(tables.audit_head.update().values(hash=previous))


def faults(database: Database, anchor: str | None = None) -> list[tuple[str, int, int]]:
    found = audit_chain.check(database, anchor=anchor).faults
    return [(each.kind.value, each.first, each.last) for each in found]


def test_a_whole_log_has_no_fault_and_ends_at_its_head(log: Database) -> None:
    newest = rows(log, tables.audit_line)[-1]["hash"]
    assert ChainReport(LINES, audit.Head(LINES, newest), ()) == audit_chain.check(log)


def test_an_empty_log_is_whole(url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    assert ChainReport(0, None, ()) == audit_chain.check(database)
    database.close()


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["DELETE FROM audit_line WHERE sequence = 3"], [("missing", 3, 3)]),
        (["DELETE FROM audit_line WHERE sequence IN (3, 4)"], [("missing", 3, 4)]),
        (["DELETE FROM audit_line WHERE sequence = 1"], [("missing", 1, 1)]),
        (["DELETE FROM audit_line WHERE sequence > 4"], [("cut_off", 5, 6)]),
        (["DELETE FROM audit_line"], [("cut_off", 1, 6)]),
        (["UPDATE audit_line SET outcome = 'read' WHERE sequence = 3"], [("changed", 3, 3)]),
        (["UPDATE audit_line SET outcome = 'x' WHERE sequence > 4"], [("changed", 5, 6)]),
        (["UPDATE audit_line SET outcome = x'00' WHERE sequence = 3"], [("changed", 3, 3)]),
        (
            ["UPDATE audit_line SET previous_hash = 'x' WHERE sequence = 3"],
            [("unchained", 3, 3), ("changed", 3, 3)],
        ),
        (
            [
                "UPDATE audit_line SET sequence = 100 WHERE sequence = 3",
                "UPDATE audit_line SET sequence = 3 WHERE sequence = 4",
                "UPDATE audit_line SET sequence = 4 WHERE sequence = 100",
            ],
            [("unchained", 3, 5), ("changed", 3, 4)],
        ),
        (["DELETE FROM audit_head"], [("head_differs", 6, 6)]),
        (["UPDATE audit_head SET hash = 'x'"], [("head_differs", 6, 6)]),
        (["UPDATE audit_head SET sequence = 5"], [("head_differs", 6, 6)]),
    ],
)
def test_tampering_is_found_where_it_happened(
    log: Database, statements: list[str], expected: list[tuple[str, int, int]]
) -> None:
    tamper(log, *statements)
    assert expected == faults(log)


def test_an_inserted_line_is_found_even_with_a_right_hash(log: Database) -> None:
    (line,) = [each for each in rows(log, tables.audit_line) if each["sequence"] == 3]
    tamper(log, "UPDATE audit_line SET sequence = sequence + 100 WHERE sequence > 3")
    tamper(log, "UPDATE audit_line SET sequence = sequence - 99 WHERE sequence > 100")
    line.pop("hash")
    line |= {"sequence": 4, "previous_hash": "0" * 64}
    with log.engine.begin() as connection:
        connection.execute(tables.audit_line.insert().values(**line, hash=audit.hash_of(line)))
    assert [("unchained", 4, 5), ("changed", 5, 7), ("head_differs", 7, 7)] == faults(log)


def test_a_line_behind_the_head_is_found(log: Database) -> None:
    (line,) = [each for each in rows(log, tables.audit_line) if each["sequence"] == LINES]
    line |= {"sequence": LINES + 1, "previous_hash": line.pop("hash")}
    with log.engine.begin() as connection:
        connection.execute(tables.audit_line.insert().values(**line, hash=audit.hash_of(line)))
    assert [("head_differs", 7, 7)] == faults(log)


def test_a_log_that_was_cut_short_keeps_its_gap_when_it_goes_on(
    log: Database, registry: Registry
) -> None:
    tamper(log, "DELETE FROM audit_line WHERE sequence > 4")
    registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(60)))
    assert [("missing", 5, 6)] == faults(log)


def test_a_log_written_anew_is_found_only_by_a_hash_kept_elsewhere(log: Database) -> None:
    kept = audit_chain.check(log).head
    assert kept is not None
    assert [] == faults(log, kept.hash)
    rechained(log, 3, user="somebody else")
    assert [] == faults(log)
    assert [("anchor_missing", 6, 6)] == faults(log, kept.hash)


def test_a_hash_kept_earlier_is_found_when_the_log_has_grown(
    log: Database, registry: Registry
) -> None:
    kept = audit_chain.check(log).head
    registry.create_interview(JOB_CENTRE, CreateInterview(CPR, held(60)))
    assert kept is not None
    assert [] == faults(log, kept.hash)


def test_the_log_is_walked_in_pieces_and_says_how_far(log: Database, registry: Registry) -> None:
    told: list[tuple[int, int]] = []
    many = audit_chain.LINES_AT_ONCE + 10
    last = max(rows(log, tables.audit_line), key=lambda line: line["sequence"])
    lines, previous = [], last["hash"]
    for sequence in range(LINES + 1, many + 1):
        line = {**last, "sequence": sequence, "previous_hash": previous}
        line.pop("hash")
        previous = audit.hash_of(line)
        lines.append({**line, "hash": previous})
    with log.engine.begin() as connection:
        connection.execute(tables.audit_line.insert(), lines)
        connection.execute(tables.audit_head.update().values(sequence=many, hash=previous))
    found = audit_chain.check(log, seen=lambda done, of: told.append((done, of)))
    assert (many, ()) == (found.lines, found.faults)
    assert [(audit_chain.LINES_AT_ONCE, many), (many, many)] == told


LATER_TABLES = (
    "active_rulebook",
    "rulebook_activation",
    "rulebook_release",
    "decision_finding",
    "kept_answer",
)
LATER_INDICES = ("ix_decision_recorded_at_decision_id", "ix_decision_figures")
"""What the migrations after that of the head have made."""


def test_an_older_log_gets_its_head_when_the_database_is_brought_up_to_date(
    log: Database,
) -> None:
    tamper(
        log,
        "DROP TABLE audit_head",
        *(f"DROP TABLE {name}" for name in LATER_TABLES),
        *(f"DROP INDEX {name}" for name in LATER_INDICES),
        "UPDATE alembic_version SET version_num = '0002'",
    )
    schema.upgrade(log)
    assert () == audit_chain.check(log).faults
    with log.reading() as unit:
        assert 1 == len(unit.execute(select(tables.audit_head)).all())


def test_the_faults_of_neighbouring_lines_are_told_together(log: Database) -> None:
    tamper(log, "UPDATE audit_line SET outcome = 'x', previous_hash = 'y' WHERE sequence > 2")
    assert (Fault(FaultKind.UNCHAINED, 3, 6), Fault(FaultKind.CHANGED, 3, 6)) == (
        audit_chain.check(log).faults
    )
