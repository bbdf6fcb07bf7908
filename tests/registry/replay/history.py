"""Invented registrations under the project's rules, and the files of a history made of them.

In: a source of choices. Out: facts as the registry would give them, on and around every day on
which a rule, a row or the clock changes; Parquet files with the columns of a history.
Does not know: who decides them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from engine.columnar.columns import Column, columns_of
from engine.columnar.plan import FINDING
from engine.facts import Facts
from engine.model import Rulebook
from engine.reader.load import load_rulebook
from registry.days import day_of
from registry.replay.arrow import schema_of
from registry.replay.question import DECIDED, KEPT

PROJECT = Path(__file__).resolve().parents[3]
OPERATION = "create_interview"
SEAMS = (
    date(2018, 1, 1),
    date(2019, 6, 1),
    date(2024, 2, 29),
    date(2024, 10, 27),
    date(2025, 1, 1),
)
NAMES = ("Invented", " ", "", "\u200b", "x" * 200, "x" * 201, "é", "😀\n")
TEXTS = (None, "b-1", "b-2", "", "x" * 100, "x" * 101)
ORGANISATIONS = ("101", "102", "101 ", "")


def project_rulebook() -> Rulebook:
    return load_rulebook(PROJECT / "rules", PROJECT / "config")


def registration(chance: Random) -> Facts:
    """Return facts of one registration; about half of them break a rule."""
    held_at = _instant(chance)
    recorded_at = held_at + timedelta(
        microseconds=chance.choice((-1, 0, 1, 60_000_000, 86_400_000_000, 400 * 86_400_000_000))
    )
    return {
        "registration.recorded_at": recorded_at,
        "registration.recorded_on": day_of(recorded_at),
        "caller.organisation_type": chance.choice(
            ("job_centre", "job_centre", "unemployment_fund", "municipality", "nobody")
        ),
        "caller.organisation": chance.choice(ORGANISATIONS),
        "interview.type": _type(chance),
        "interview.contact_type": chance.choice((1, 2, 6, 6, 8, 9)),
        "interview.held_at": held_at,
        "interview.held_on": day_of(held_at),
        "interview.with_more_authorities": chance.random() < 0.3,
        "interview.participation_status": chance.choice((None, None, 1, 4, 5, 6, 7)),
        "interview.booking_id": chance.choice(TEXTS),
        "participants": _several(chance, _participant),
        "citizen.interviews": _several(chance, lambda c: _interview(c, held_at), most=6),
        "citizen.contact_groups": _several(chance, lambda c: _group(c, day_of(held_at))),
        "citizen.job_centre_affiliations": _several(chance, lambda c: _period(c, recorded_at)),
        "citizen.fund_memberships": _several(chance, lambda c: _period(c, recorded_at)),
        "citizen.bookings": _several(chance, lambda c: {"booking_id": c.choice(TEXTS) or "b-1"}),
        "citizen.contact_course_began": chance.choice((None, day_of(held_at))),
    }


def _instant(chance: Random) -> datetime:
    day = chance.choice(SEAMS) + timedelta(days=chance.choice((-1, -1, 0, 0, 1, 200)))
    # midnight in Denmark, the two hours of the autumn night, and any other time
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    minutes = chance.choice((-60, -120, 30, 90, chance.randrange(1440)))
    return moment + timedelta(minutes=minutes, microseconds=chance.choice((0, 0, -1, 1)))


def _type(chance: Random) -> int:
    return chance.choice((4, 7, 7, 8, 10, 12, 15, 17, 18, 18, 19, 19, 20, 99))


def _several(chance: Random, make: Any, most: int = 3) -> tuple[Mapping[str, Any], ...]:
    return tuple(make(chance) for _ in range(chance.randrange(most)))


def _participant(chance: Random) -> Mapping[str, Any]:
    return {
        "name": chance.choice(NAMES),
        "external_id": chance.choice((None, *NAMES)),
        "type": chance.choice((None, 1)),
    }


def _interview(chance: Random, near: datetime) -> Mapping[str, Any]:
    shift = chance.choice((0, 0, -1, 1, 3_600_000_000, -86_400_000_000, 86_400_000_000))
    held_at = near + timedelta(microseconds=shift)
    return {"type": _type(chance), "held_at": held_at, "held_on": day_of(held_at)}


def _group(chance: Random, near: date) -> Mapping[str, Any]:
    return {"contact_group": chance.choice((1, 1, 2, 3, 4, 6, 13)), **_days(chance, near)}


def _period(chance: Random, near: datetime) -> Mapping[str, Any]:
    return {"organisation": chance.choice(ORGANISATIONS), **_days(chance, day_of(near))}


def _days(chance: Random, near: date) -> Mapping[str, Any]:
    shifts = (-400, -1, 0, 1)
    until = chance.choice((None, *shifts))
    return {
        "from": near + timedelta(days=chance.choice(shifts)),
        "until": None if until is None else near + timedelta(days=until),
    }


# --- files ----------------------------------------------------------------------------------------


def registrations(count: int, seed: int) -> list[Facts]:
    chance = Random(seed)
    return [registration(chance) for _ in range(count)]


def rows_of(sets: Sequence[Facts], first: int = 0) -> list[dict[str, Any]]:
    """Return the rows of a history in which everything was accepted."""
    return [
        {
            "decision_id": f"d-{number:08}",
            "recorded_at": facts["registration.recorded_at"],
            "organisation_type": facts["caller.organisation_type"],
            "organisation": facts["caller.organisation"],
            "rulebook": "sha256:invented",
            "accepted": True,
            FINDING.name: [],
            **facts,
        }
        for number, facts in enumerate(sets, first)
    ]


def columns(book: Rulebook) -> tuple[Column, ...]:
    return (
        *KEPT,
        Column("rulebook", KEPT[0].kind),
        *DECIDED,
        *columns_of(book.catalogue, book.tables, OPERATION),
    )


def written(
    folder: Path, rows: Sequence[Mapping[str, Any]], book: Rulebook, name: str = "a"
) -> Path:
    """Write a file of the history with the columns that the rulebook's catalogue names."""
    target = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema_of(columns(book))), target)
    return target
