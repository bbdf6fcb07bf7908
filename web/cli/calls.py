"""Three calls to try: one that is accepted, one that is refused with 9125, one dry run.

In: an address, a token, the present. Out: `curl` commands that work when pasted.
Does not know: who answers them.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.commands import PutCitizen
from registry.days import DENMARK
from registry.interview import CitizenFacts, ContactGroupPeriod, OrganisationPeriod

JOB_CENTRE = "101"
CITIZEN = "7101904321"
"""An invented number: the day 71 marks a test number, which no person has."""
_BOOKING = "0d9c7a51-64f3-4c0e-9a4e-3f0f8d8d2a10"
_SINCE = date(2020, 1, 1)


def citizen_to_try() -> PutCitizen:
    """Return a citizen on whom the three calls can be made."""
    return PutCitizen(
        CITIZEN,
        CitizenFacts(
            contact_groups=(ContactGroupPeriod(3, _SINCE),),
            job_centre_affiliations=(OrganisationPeriod(JOB_CENTRE, _SINCE),),
            bookings=(_BOOKING,),
        ),
    )


@dataclass(frozen=True, slots=True)
class Call:
    """One call and what it shows."""

    shows: str
    path: str
    body: Mapping[str, object]

    def command(self, address: str, token: str) -> str:
        """Return the call as one `curl` command over several lines."""
        return " \\\n  ".join(
            (
                f"curl -sS -i -w '\\n' {address}{self.path}",
                f"-H 'Authorization: Bearer {token}'",
                f"-H 'X-Civil-Registration-Identifier: {CITIZEN}'",
                "-H 'Content-Type: application/json'",
                f"-d {shlex.quote(json.dumps(self.body))}",
            )
        )


def three_calls(now: datetime) -> Iterator[Call]:
    """Yield the calls; the interviews were held shortly before `now`, each at its own time."""
    yield Call(
        "accepted: 201, an interview in a rehabilitation team in which the citizen took part",
        "/v1/interviews",
        _interview(now - timedelta(minutes=10), participation_status=5),
    )
    yield Call(
        "refused: 422 with 9125, for such an interview has status 5 or 6",
        "/v1/interviews",
        _interview(now - timedelta(minutes=20), participation_status=4),
    )
    yield Call(
        "dry run: 200, what became of every rule; nothing is stored",
        "/v1/decisions",
        {
            "operation": "create_interview",
            "interview": _interview(now - timedelta(minutes=30), participation_status=4),
        },
    )


def _interview(held_at: datetime, participation_status: int) -> dict[str, object]:
    return {
        "interviewTypeIdentifier": 18,
        "interviewContactTypeIdentifier": 1,
        "heldAt": held_at.astimezone(DENMARK).isoformat(timespec="seconds"),
        "interviewWithMoreAuthorities": True,
        "participationStatusTypeIdentifier": participation_status,
        "bookingIdentifier": _BOOKING,
        "responsibleAuthority": {"organisationType": "job_centre", "organisationCode": JOB_CENTRE},
        "participants": [{"name": "Invented Mentor"}],
    }
