"""A command and what is stored → the facts that rules speak of.

In: caller, interview content, citizen facts, earlier interviews. Out: `engine.facts.Facts` under
the names of `rules/facts.yaml`.
Does not know: which rules there are. Everything the registry can tell is gathered; of it the
engine is given what the catalogue names for the operation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import pairwise

from engine.facts import Catalogue, Facts, Record, Value
from registry.commands import (
    INTERVIEW_OPERATIONS,
    READ_CITIZEN,
    READ_OPERATIONS,
    TELL_CHANGE,
    Caller,
)
from registry.days import day_of
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
    RegisteredBy,
    ResponsibleAuthority,
)
from registry.messages import Change

EXTERNAL_OPERATOR = "external_operator"
"""The organisation type of callers that act for job centres."""

Gathered = dict[str, Value | tuple[Record, ...] | None]
"""Facts by name, before the catalogue has been asked which of them it names."""


def of_catalogue(catalogue: Catalogue, operation: str, *gathered: Gathered) -> Facts:
    """Return of the gathered facts those that the catalogue names for `operation`."""
    named = catalogue.operations[operation]
    return {
        name: value
        for group in gathered
        for name, value in group.items()
        if name in named and catalogue.facts[name].looked_up is None
    }


def not_supplied(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the facts and fields that the catalogue names and the registry cannot give, sorted.

    Each is written `operation: fact` or `operation: fact.field`.
    """
    missing = []
    for operation in catalogue.operations:
        supplied = _example(operation)
        for name, fact in catalogue.of_operations([operation]).items():
            if fact.looked_up is not None:
                continue
            if name not in supplied:
                missing.append(f"{operation}: {name}")
                continue
            missing += [
                f"{operation}: {name}.{part.name}"
                for part in fact.fields.values()
                if part.looked_up is None and part.name not in _fields(supplied[name])
            ]
    return tuple(sorted(missing))


def registration_facts(caller: Caller, recorded_at: datetime) -> Gathered:
    """Return who registers, and when; `recorded_at` chooses the wording of rules."""
    return {
        "registration.recorded_at": recorded_at,
        "registration.recorded_on": day_of(recorded_at),
        "caller.organisation_type": _text(caller.organisation_type),
        "caller.organisation": _text(caller.organisation),
    }


def interview_facts(content: InterviewContent | Interview) -> Gathered:
    """Return what is stated of the interview itself, without its participants."""
    return {
        "interview.type": content.type,
        "interview.contact_type": content.contact_type,
        "interview.held_at": content.held_at,
        "interview.held_on": day_of(content.held_at),
        "interview.with_more_authorities": content.with_more_authorities,
        "interview.participation_status": content.participation_status,
        "interview.booking_id": _optional_text(content.booking_id),
    }


def participant_facts(participants: Iterable[NewParticipant | Participant]) -> Gathered:
    """Return the participants as they are to be after the registration."""
    records: tuple[Record, ...] = tuple(
        {
            "name": _text(each.name),
            "external_id": _optional_text(each.external_id),
            "type": each.type,
        }
        for each in participants
    )
    return {"participants": records}


def citizen_facts(citizen: CitizenFacts, others: Iterable[EarlierInterview]) -> Gathered:
    """Return what is known of the citizen; `others` leaves out an interview that is updated."""
    return {
        "citizen.interviews": interview_records(others),
        "citizen.contact_groups": contact_group_records(citizen.contact_groups),
        "citizen.job_centre_affiliations": _periods(citizen.job_centre_affiliations),
        "citizen.fund_memberships": _periods(citizen.fund_memberships),
        "citizen.bookings": tuple({"booking_id": _text(each)} for each in citizen.bookings),
        "citizen.contact_course_began": citizen.contact_course_began,
    }


def interview_records(others: Iterable[EarlierInterview]) -> tuple[Record, ...]:
    """Return what the rules know of a citizen's other interviews."""
    return tuple(
        {"type": each.type, "held_at": each.held_at, "held_on": day_of(each.held_at)}
        for each in others
    )


def change_facts(change: Change, interview: Interview, citizen: CitizenFacts) -> Gathered:
    """Return what was registered of whom, `interview` as it is after it.

    The citizen's other interviews are not told: they would have to be read for every change.
    """
    known = citizen_facts(citizen, ())
    del known["citizen.interviews"]
    return {
        "change.kind": change.value,
        "change.recorded_on": day_of(interview.updated_at),
        **interview_facts(interview),
        **participant_facts(interview.participants),
        **known,
    }


def access_facts(caller: Caller, day: date, citizen: CitizenFacts) -> Gathered:
    """Return who wants to read of whom, and on which day in Denmark.

    `caller.operator` is an empty text for callers that are no external operator: a fact that
    tables are asked with is never absent.
    """
    organisation = _text(caller.organisation)
    return {
        "access.day": day,
        "caller.organisation_type": _text(caller.organisation_type),
        "caller.organisation": organisation,
        "caller.operator": organisation if caller.organisation_type == EXTERNAL_OPERATOR else "",
        "citizen.job_centres": _periods(citizen.job_centre_affiliations),
        "citizen.fund_memberships": _periods(citizen.fund_memberships),
        "citizen.municipalities": _periods(citizen.municipalities),
        "citizen.guest_access": tuple(
            {
                "organisation_type": _text(each.organisation_type),
                "organisation": _text(each.organisation),
                "from": each.from_day,
                "until": each.until,
            }
            for each in citizen.guest_access
        ),
    }


def contact_group_records(periods: tuple[ContactGroupPeriod, ...]) -> tuple[Record, ...]:
    """Return the groups with the day each ended: its own end, else the next later event.

    Two groups with the same event time are both in force. See docs/decisions, question Q3.
    """
    begins = sorted({period.event_time for period in periods})
    following = dict(pairwise(begins))
    return tuple(
        {
            "contact_group": period.contact_group,
            "from": period.event_time,
            "until": period.end_time or following.get(period.event_time),
        }
        for period in periods
    )


def _example(operation: str) -> Gathered:
    """Return facts of every name the registry gives, with one record in each list."""
    day = date(2000, 1, 1)
    instant = datetime(2000, 1, 1, tzinfo=UTC)
    period = (OrganisationPeriod("", day),)
    guests = (GuestAccess("", "", day),)
    citizen = CitizenFacts(
        (ContactGroupPeriod(1, day),), period, period, period, guests, bookings=("",)
    )
    caller = Caller("", "", "", "")
    authority = ResponsibleAuthority("", "")
    interview = Interview(
        *("", "", 1, 1, 1, instant, False, authority, None, None, None),
        participants=(Participant("", ""),),
        registered_at=instant,
        updated_at=instant,
        registered_by=RegisteredBy("", ""),
    )
    if operation in READ_OPERATIONS:
        facts = access_facts(caller, day, citizen)
        return facts if operation == READ_CITIZEN else facts | interview_facts(interview)
    facts = registration_facts(caller, instant)
    if operation == TELL_CHANGE:
        return facts | change_facts(Change.INTERVIEW_CREATED, interview, citizen)
    facts |= participant_facts([NewParticipant("")])
    facts |= citizen_facts(citizen, [EarlierInterview(1, instant)])
    if operation in INTERVIEW_OPERATIONS:
        facts |= interview_facts(InterviewContent(1, 1, instant, False, authority))
    return facts


def _fields(value: object) -> frozenset[str]:
    record = value[0] if isinstance(value, tuple) and value else {}
    return frozenset(record) if isinstance(record, Mapping) else frozenset()


def _periods(periods: tuple[OrganisationPeriod, ...]) -> tuple[Record, ...]:
    return tuple(
        {"organisation": _text(each.organisation), "from": each.from_day, "until": each.until}
        for each in periods
    )


def _text(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _optional_text(text: str | None) -> str | None:
    return None if text is None else _text(text)
