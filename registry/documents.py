"""Values as JSON documents and back: what the database keeps as text.

In: values of `interview.py`, facts and decisions. Out: canonical JSON (keys sorted, UTF-8), and
the values again.
Does not know: which table keeps a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import orjson

from engine.decision import Advice, Decision, Violation
from engine.facts import Facts, plain_facts
from registry.interview import (
    CitizenFacts,
    ContactGroupPeriod,
    GuestAccess,
    Interview,
    OrganisationPeriod,
    Participant,
    ResponsibleAuthority,
)


@dataclass(frozen=True, slots=True)
class StoredContent:
    """The part of an interview that its versions keep as a document."""

    contact_type: int
    with_more_authorities: bool
    responsible_authority: ResponsibleAuthority
    participation_status: int | None
    booking_id: str | None
    agreement_text: str | None
    participants: tuple[Participant, ...]


def canonical(value: object) -> str:
    """Return JSON with sorted keys; dataclasses become objects, dates and instants ISO text."""
    plain = orjson.loads(orjson.dumps(value))
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS).decode()


def canonical_plain(value: Mapping[str, object]) -> bytes:
    """Return the same, as bytes, of a value that holds no dataclasses: in one step."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def facts_document(facts: Facts) -> str:
    """Return the facts a decision was made on, as `engine.facts.read_facts` reads them."""
    return canonical_plain(plain_facts(facts)).decode()


def outcome_document(decision: Decision) -> str:
    """Return what was decided and why, without the steps."""
    if not (decision.violations or decision.advice):
        return _NOTHING_FOUND[decision.accepted]
    return canonical(
        {
            "accepted": decision.accepted,
            "violations": [_finding(each) for each in decision.violations],
            "advice": [_finding(each) for each in decision.advice],
        }
    )


def content_document(interview: Interview) -> str:
    """Return the content of an interview that has no column of its own."""
    authority = interview.responsible_authority
    return canonical_plain(
        {
            "contact_type": interview.contact_type,
            "with_more_authorities": interview.with_more_authorities,
            "responsible_authority": {
                "organisation_type": authority.organisation_type,
                "organisation": authority.organisation,
                "case_worker_name": authority.case_worker_name,
            },
            "participation_status": interview.participation_status,
            "booking_id": interview.booking_id,
            "agreement_text": interview.agreement_text,
            "participants": [
                {
                    "participant_id": each.participant_id,
                    "name": each.name,
                    "external_id": each.external_id,
                    "type": each.type,
                }
                for each in interview.participants
            ],
        }
    ).decode()


_NOTHING_FOUND = {
    accepted: canonical({"accepted": accepted, "violations": [], "advice": []})
    for accepted in (False, True)
}


def read_content(document: str) -> StoredContent:
    """Read what `content_document` wrote."""
    plain = orjson.loads(document)
    return StoredContent(
        contact_type=plain["contact_type"],
        with_more_authorities=plain["with_more_authorities"],
        responsible_authority=ResponsibleAuthority(**plain["responsible_authority"]),
        participation_status=plain["participation_status"],
        booking_id=plain["booking_id"],
        agreement_text=plain["agreement_text"],
        participants=tuple(Participant(**each) for each in plain["participants"]),
    )


def citizen_document(facts: CitizenFacts) -> str:
    """Return the reference facts of a citizen."""
    return canonical(facts)


def read_citizen(document: str) -> CitizenFacts:
    """Read what `citizen_document` wrote."""
    plain = orjson.loads(document)
    return CitizenFacts(
        contact_groups=tuple(
            ContactGroupPeriod(
                each["contact_group"],
                date.fromisoformat(each["event_time"]),
                _day(each["end_time"]),
            )
            for each in plain["contact_groups"]
        ),
        job_centre_affiliations=_periods(plain["job_centre_affiliations"]),
        fund_memberships=_periods(plain["fund_memberships"]),
        municipalities=_periods(plain["municipalities"]),
        guest_access=tuple(
            GuestAccess(
                each["organisation_type"],
                each["organisation"],
                date.fromisoformat(each["from_day"]),
                _day(each["until"]),
            )
            for each in plain["guest_access"]
        ),
        bookings=tuple(plain["bookings"]),
        contact_course_began=_day(plain["contact_course_began"]),
    )


def _finding(finding: Violation | Advice) -> dict[str, object]:
    parts = {part.name: getattr(finding, part.name) for part in fields(finding)}
    # put into words here, where they are kept
    return parts | {"because": tuple(finding.because)}


def _periods(plain: list[Mapping[str, Any]]) -> tuple[OrganisationPeriod, ...]:
    return tuple(
        OrganisationPeriod(
            each["organisation"], date.fromisoformat(each["from_day"]), _day(each["until"])
        )
        for each in plain
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
