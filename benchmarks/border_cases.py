"""Invented registrations at the borders of every rule, to prove contestants alike on.

In: a seed. Out: facts as in `workload`, changed at random to values at which an answer turns: the
days on which the codes and the matrix change, the ends of periods, the instants of earlier
interviews, codes that no list has.
Does not know: who decides them. They are not timed, since real registrations do not look like this.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from benchmarks.hand_written import FROM_2018, FROM_2019, GROUPS_ALLOWED
from benchmarks.workload import registrations

_DAYS = tuple(
    day + timedelta(days=shift)
    for day in (FROM_2018, FROM_2019, date(2024, 1, 1))
    for shift in (-1, 0, 1)
)
_TYPES = (4, 7, 8, 10, 12, 15, 17, 18, 18, 19, 20)
_STATUSES = (None, 4, 5, 6, 7, 99)
_CONTACT_TYPES = (1, 6, 8, 9)
_ORGANISATIONS = ("101", "102")


def border_cases(count: int, seed: int = 2) -> list[dict[str, Any]]:
    """Return `count` sets of facts for `create_interview`, the same ones for the same seed."""
    chance = Random(seed)  # noqa: S311  # a workload, not a secret
    return [_changed(facts, chance) for facts in registrations(count, seed)]


def _changed(facts: dict[str, Any], chance: Random) -> dict[str, Any]:
    held_on = chance.choice(_DAYS)
    held_at = datetime.combine(held_on, time(9, chance.randrange(3)), UTC)
    recorded_on: date = facts["registration.recorded_on"]
    now = chance.random() < 0.2
    return facts | {
        "interview.type": chance.choice(_TYPES),
        "interview.contact_type": chance.choice(_CONTACT_TYPES),
        "interview.participation_status": chance.choice(_STATUSES),
        "interview.held_at": _just_now(facts, chance) if now else held_at,
        "interview.held_on": recorded_on if now else held_on,
        "interview.with_more_authorities": chance.random() < 0.5,
        "caller.organisation": chance.choice(_ORGANISATIONS),
        "citizen.interviews": tuple(_earlier(chance, held_at) for _ in range(8)),
        "citizen.contact_groups": tuple(
            {"contact_group": chance.choice(tuple(GROUPS_ALLOWED)), **_period(chance, held_on)}
            for _ in range(2)
        ),
        "citizen.job_centre_affiliations": (_membership(chance, recorded_on),),
        "citizen.fund_memberships": (_membership(chance, recorded_on),),
    }


def _just_now(facts: dict[str, Any], chance: Random) -> datetime:
    recorded_at: datetime = facts["registration.recorded_at"]
    return recorded_at + timedelta(microseconds=chance.choice((0, 1)))


def _earlier(chance: Random, held_at: datetime) -> dict[str, Any]:
    near = held_at + timedelta(minutes=chance.choice((0, 1, -1))) - timedelta(days=1)
    at = near + timedelta(days=chance.choice((0, 0, 0, 0, 0, 0, 0, 1)))
    return {"type": chance.choice(_TYPES), "held_at": at, "held_on": at.date()}


def _period(chance: Random, day: date) -> dict[str, Any]:
    def near() -> date:
        return day + timedelta(days=chance.choice((-1, 0, 1)))

    return {"from": near() - timedelta(days=1), "until": chance.choice((None, near()))}


def _membership(chance: Random, day: date) -> dict[str, Any]:
    return {"organisation": chance.choice(_ORGANISATIONS), **_period(chance, day)}
