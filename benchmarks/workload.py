"""Invented registrations to decide: thirteen rules, eight previous interviews each.

In: a seed. Out: facts as the registry would build them; most are accepted, some break a rule.
Does not know: who decides them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

NOW = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)
TYPES = (7, 7, 7, 8, 9, 11, 12, 13, 10, 18, 4, 19, 99)


def registrations(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return `count` sets of facts for `create_interview`, the same ones for the same seed."""
    chance = Random(seed)  # noqa: S311  # a workload, not a secret
    return [_registration(chance) for _ in range(count)]


def _registration(chance: Random) -> dict[str, Any]:
    held_at = NOW - timedelta(minutes=chance.randrange(-200, 20_000))
    earlier = [
        _interview(chance, held_at - timedelta(days=chance.randrange(1, 900))) for _ in range(8)
    ]
    if chance.random() < 0.1:
        earlier[0] = _interview(chance, held_at + timedelta(minutes=chance.choice((0, 0, 1, 600))))
    return {
        "registration.recorded_at": NOW,
        "registration.recorded_on": NOW.date(),
        "caller.organisation_type": chance.choice(("job_centre", "unemployment_fund", "agency")),
        "caller.organisation": chance.choice(("101",) * 9 + ("102",)),
        "interview.type": chance.choice(TYPES),
        "interview.contact_type": chance.choice((1, 1, 2, 6, 8)),
        "interview.held_at": held_at,
        "interview.held_on": held_at.date(),
        "interview.with_more_authorities": chance.random() < 0.2,
        "interview.participation_status": chance.choice((None, None, 4, 5, 6)),
        "interview.booking_id": chance.choice((None, None, "b-1", "b-9")),
        "participants": (),
        "citizen.interviews": tuple(earlier),
        "citizen.contact_groups": (
            {"contact_group": 2, "from": date(2019, 1, 1), "until": date(2023, 1, 1)},
            {"contact_group": chance.choice((1, 3, 13)), "from": date(2023, 1, 1), "until": None},
        ),
        "citizen.job_centre_affiliations": (
            {"organisation": "101", "from": date(2019, 1, 1), "until": None},
        ),
        "citizen.fund_memberships": (
            {"organisation": "101", "from": date(2019, 1, 1), "until": None},
        ),
        "citizen.bookings": ({"booking_id": "b-0"}, {"booking_id": "b-1"}),
        "citizen.contact_course_began": None,
    }


def _interview(chance: Random, held_at: datetime) -> dict[str, Any]:
    return {
        "type": chance.choice((7, 8, 10, 12, 15)),
        "held_at": held_at,
        "held_on": held_at.date(),
    }
