"""Interviews, participants and citizens: wire names on one side, the registry's on the other.

In: request bodies that have passed their schema; values of `registry.interview`. Out: the other.
Does not know: HTTP. With `wire_decisions`, `wire_rules` and `schema/*.json` this is the only place
that knows the names on the wire.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from registry.commands import PagePosition
from registry.interview import (
    CitizenFacts,
    ContactGroupPeriod,
    EarlierInterview,
    GuestAccess,
    Interview,
    InterviewContent,
    NewParticipant,
    OrganisationPeriod,
    Participant,
    ResponsibleAuthority,
)
from registry.outcome import InterviewVersion
from web.api import faults
from web.api.faults import Fault, fault
from web.api.wire_times import read_day, read_instant, read_uuid, show_instant

Body = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# --- requests -------------------------------------------------------------------------------------


def interview_content(body: Body) -> InterviewContent:
    """Read `NewInterview` or `ChangedInterview`."""
    listed = body.get("participants")
    authority = body["responsibleAuthority"]
    return InterviewContent(
        type=int(body["interviewTypeIdentifier"]),
        contact_type=int(body["interviewContactTypeIdentifier"]),
        held_at=_instant(body["heldAt"]),
        with_more_authorities=body.get("interviewWithMoreAuthorities", False),
        responsible_authority=ResponsibleAuthority(
            authority["organisationType"],
            authority["organisationCode"],
            authority.get("caseWorkerName"),
        ),
        participation_status=_code_if_given(body.get("participationStatusTypeIdentifier")),
        booking_id=body.get("bookingIdentifier"),
        agreement_text=body.get("agreementText"),
        participants=None if listed is None else tuple(new_participant(each) for each in listed),
    )


def new_participant(body: Body) -> NewParticipant:
    """Read `NewParticipant`, `ListedParticipant` or `ChangedParticipant`."""
    named = body.get("participantIdentifier")
    return NewParticipant(
        name=body["name"],
        external_id=body.get("externalIdentifier"),
        type=_code_if_given(body.get("participantTypeIdentifier")),
        participant_id=None if named is None else read_uuid(named),
    )


def citizen_facts(body: Body) -> CitizenFacts:
    """Read `Citizen` or `WhatIfCitizen`; a list that is left out is empty."""
    return CitizenFacts(
        contact_groups=tuple(
            ContactGroupPeriod(
                int(each["contactGroupTypeIdentifier"]),
                _day(each["eventTime"]),
                _day_if_given(each.get("endTime")),
            )
            for each in body.get("contactGroups", ())
        ),
        job_centre_affiliations=_organisations(body, "jobCentreAffiliations"),
        fund_memberships=_organisations(body, "fundMemberships"),
        municipalities=_organisations(body, "municipalities"),
        guest_access=tuple(
            GuestAccess(
                each["organisationType"],
                each["organisationCode"],
                _day(each["from"]),
                _day_if_given(each.get("to")),
            )
            for each in body.get("guestAccess", ())
        ),
        bookings=tuple(each["bookingIdentifier"] for each in body.get("bookings", ())),
        contact_course_began=_day_if_given(body.get("contactCourseBegan")),
    )


def earlier_interviews(body: Body) -> tuple[EarlierInterview, ...] | None:
    """Read the interviews of `WhatIfCitizen`; None when they are left out."""
    listed = body.get("interviews")
    if listed is None:
        return None
    return tuple(
        EarlierInterview(int(each["interviewTypeIdentifier"]), _instant(each["heldAt"]))
        for each in listed
    )


def empty_periods(body: Body, *path: str) -> tuple[Fault, ...]:
    """Return a fault for every period of a citizen that ends before it begins.

    `path` leads from the root of the request to the citizen.
    """
    ends = {"contactGroups": ("eventTime", "endTime")}
    return tuple(
        fault(
            (*path, name, position, ends.get(name, ("from", "to"))[1]), faults.ENDS_BEFORE_IT_BEGINS
        )
        for name in (
            "contactGroups",
            "jobCentreAffiliations",
            "fundMemberships",
            "municipalities",
            "guestAccess",
        )
        for position, each in enumerate(body.get(name, ()))
        if _is_empty(each, *ends.get(name, ("from", "to")))
    )


def _is_empty(period: Body, first: str, after_last: str) -> bool:
    end = period.get(after_last)
    return end is not None and _day(end) <= _day(period[first])


def _organisations(body: Body, name: str) -> tuple[OrganisationPeriod, ...]:
    return tuple(
        OrganisationPeriod(
            each["organisationCode"], _day(each["from"]), _day_if_given(each.get("to"))
        )
        for each in body.get(name, ())
    )


def _code_if_given(value: float | None) -> int | None:
    # to JSON 7 and 7.0 are the same number; the schema has refused 7.5
    return None if value is None else int(value)


def _instant(text: str) -> datetime:
    moment = read_instant(text)
    if moment is None:
        raise AssertionError("the schema lets only instants pass")
    return moment


def _day(text: str) -> date:
    day = read_day(text)
    if day is None:
        raise AssertionError("the schema lets only days pass")
    return day


def _day_if_given(text: str | None) -> date | None:
    return None if text is None else _day(text)


# --- answers --------------------------------------------------------------------------------------


def show_interview(interview: Interview) -> dict[str, object]:
    """Write `Interview`."""
    return {
        "interviewIdentifier": interview.interview_id,
        "version": interview.version,
        "interviewTypeIdentifier": interview.type,
        "interviewContactTypeIdentifier": interview.contact_type,
        "heldAt": show_instant(interview.held_at),
        "interviewWithMoreAuthorities": interview.with_more_authorities,
        "participationStatusTypeIdentifier": interview.participation_status,
        "bookingIdentifier": interview.booking_id,
        "responsibleAuthority": {
            "organisationType": interview.responsible_authority.organisation_type,
            "organisationCode": interview.responsible_authority.organisation,
            "caseWorkerName": interview.responsible_authority.case_worker_name,
        },
        "agreementText": interview.agreement_text,
        "participants": [show_participant(each) for each in interview.participants],
        "registeredAt": show_instant(interview.registered_at),
        "updatedAt": show_instant(interview.updated_at),
        "registeredBy": {
            "organisationType": interview.registered_by.organisation_type,
            "organisationCode": interview.registered_by.organisation,
        },
    }


def show_status(interview: Interview) -> dict[str, object]:
    """Write `StatusExtract`: what the status of a citizen shows, and nothing else."""
    return {
        "interviewTypeIdentifier": interview.type,
        "heldAt": show_instant(interview.held_at),
        "interviewContactTypeIdentifier": interview.contact_type,
        "registeredByOrganisationType": interview.registered_by.organisation_type,
    }


def show_version(version: InterviewVersion) -> dict[str, object]:
    """Write `InterviewVersion`."""
    return {
        "version": version.interview.version,
        "registeredAt": show_instant(version.interview.updated_at),
        "registeredBy": {
            "organisationType": version.registered_by.organisation_type,
            "organisationCode": version.registered_by.organisation,
        },
        "change": version.change.value,
        "decision": version.decision_id,
        "interview": show_interview(version.interview),
    }


def show_participant(participant: Participant) -> dict[str, object]:
    """Write `Participant`."""
    return {
        "participantIdentifier": participant.participant_id,
        "name": participant.name,
        "externalIdentifier": participant.external_id,
        "participantTypeIdentifier": participant.type,
    }


# --- cursors --------------------------------------------------------------------------------------


def show_cursor(position: PagePosition) -> str:
    """Write a position in the list as a text that callers do not look into."""
    microseconds = (position.held_at - _EPOCH) // timedelta(microseconds=1)
    parts = orjson.dumps([microseconds, position.interview_id])
    return base64.urlsafe_b64encode(parts).decode().rstrip("=")


def read_cursor(text: str) -> PagePosition | None:
    """Read what `show_cursor` wrote; None when it is anything else."""
    try:
        microseconds, named = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        interview_id = read_uuid(named)
        held_at = _EPOCH + timedelta(microseconds=microseconds)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        return None
    return None if interview_id is None else PagePosition(held_at, interview_id)
