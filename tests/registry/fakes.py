"""A decider, a clock and invented people for the tests of the registry.

The decider knows three rules, written by hand: the gate of job centres, the gate of funds, and
that no resetting interview is held at the time of another or before it. It knows two notices: new
and updated interviews and added participants are told to all job centres and funds of the citizen.
And it knows three grants: agencies see everyone, job centres and funds their own citizens, funds
not the interviews of one type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.dated import SINCE_EVER, Dated
from engine.decision import Decision, Outcome, Receiver, Step, Violation
from engine.facts import Catalogue, Fact, FactType, Text
from engine.model import Basis, Confidence, Rulebook
from engine.problems import EvaluationError
from engine.tables import Column, Row, Table
from registry.commands import Caller
from registry.interview import (
    CitizenFacts,
    ContactGroupPeriod,
    InterviewContent,
    OrganisationPeriod,
    ResponsibleAuthority,
)

NOW = datetime(2024, 6, 3, 10, 0, tzinfo=UTC)
CPR = "7101901234"
OTHER_CPR = "7202911235"
RESETTING = 7
NOT_RESETTING = 12
CLOSED = 18
CLOSED_TO_FUNDS = frozenset({CLOSED})

JOB_CENTRE = Caller("job_centre", "101", "bo", "request-1")
OTHER_JOB_CENTRE = Caller("job_centre", "102", "bo", "request-2")
FUND = Caller("unemployment_fund", "7", "bo", "request-3")
AGENCY = Caller("agency", "star", "bo", "request-4", system="hub")
MUNICIPALITY = Caller("municipality", "461", "bo", "request-5")

SINCE_2020 = date(2020, 1, 1)
CITIZEN = CitizenFacts(
    contact_groups=(ContactGroupPeriod(1, SINCE_2020),),
    job_centre_affiliations=(OrganisationPeriod("101", SINCE_2020),),
    fund_memberships=(OrganisationPeriod("7", SINCE_2020),),
    bookings=("b-1",),
)

_REGISTRATION = ["create_interview", "update_interview"]
_ALL = [*_REGISTRATION, "add_participant", "update_participant", "delete_participant"]
_TELL = ["tell_change"]
_READ = ["read_citizen", "read_interview"]
_FACTS: Mapping[str, tuple[FactType, list[str]]] = {
    "registration.recorded_at": (FactType.INSTANT, _ALL),
    "registration.recorded_on": (FactType.DATE, _ALL),
    "caller.organisation_type": (FactType.CODE, [*_ALL, *_READ]),
    "caller.organisation": (FactType.TEXT, [*_ALL, *_READ]),
    "access.day": (FactType.DATE, _READ),
    "change.kind": (FactType.CODE, _TELL),
    "change.recorded_on": (FactType.DATE, _TELL),
    "interview.type": (FactType.CODE, [*_REGISTRATION, *_TELL, "read_interview"]),
    "interview.contact_type": (FactType.CODE, _REGISTRATION),
    "interview.held_at": (FactType.INSTANT, _REGISTRATION),
    "interview.held_on": (FactType.DATE, [*_REGISTRATION, *_TELL]),
    "interview.with_more_authorities": (FactType.BOOLEAN, _REGISTRATION),
    "interview.participation_status": (FactType.CODE, _REGISTRATION),
    "interview.booking_id": (FactType.TEXT, _REGISTRATION),
    "participants": (FactType.RECORDS, _ALL),
    "citizen.interviews": (FactType.RECORDS, _REGISTRATION),
    "citizen.contact_groups": (FactType.RECORDS, _REGISTRATION),
    "citizen.job_centre_affiliations": (FactType.RECORDS, [*_ALL, *_TELL]),
    "citizen.job_centres": (FactType.RECORDS, _READ),
    "citizen.fund_memberships": (FactType.RECORDS, [*_ALL, *_TELL, *_READ]),
    "citizen.bookings": (FactType.RECORDS, _REGISTRATION),
    "citizen.contact_course_began": (FactType.DATE, _ALL),
}
_TOLD = {
    "job_centre": "citizen.job_centre_affiliations",
    "unemployment_fund": "citizen.fund_memberships",
}
_SEEN = {"job_centre": "citizen.job_centres", "unemployment_fund": "citizen.fund_memberships"}
_WORDS = Text("ord", "words")


def _rulebook() -> Rulebook:
    facts = {name: Fact(name, kind, _WORDS, _WORDS) for name, (kind, _) in _FACTS.items()}
    operations = {
        operation: frozenset(name for name, (_, given) in _FACTS.items() if operation in given)
        for operation in [*_ALL, *_TELL, *_READ]
    }
    rows: dict[int | str, Dated[Row]] = {
        key: Dated([(SINCE_EVER, Row(key, {"may_register": may}, "assumed", SINCE_EVER))])
        for key, may in {
            "job_centre": True,
            "unemployment_fund": True,
            "agency": True,
            "system": False,
            "municipality": False,
        }.items()
    }
    column = Column("may_register", FactType.BOOLEAN, _WORDS)
    organisation_types = Table(
        "organisation_types",
        _WORDS,
        Column("id", FactType.TEXT, _WORDS),
        {column.name: column},
        rows,
    )
    return Rulebook(
        id="sha256:fake",
        files=(),
        catalogue=Catalogue(facts, operations),
        tables={organisation_types.name: organisation_types},
        parameters={},
        error_codes={},
        content={},
    )


@dataclass(slots=True)
class FakeDecider:
    """Decides by three hand-written rules; keeps the facts it was asked about."""

    fails: bool = False
    rulebook: Rulebook = field(default_factory=_rulebook)
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def decide(self, operation: str, facts: Mapping[str, Any], *, traced: bool = False) -> Decision:
        if self.fails:
            raise EvaluationError("the fake cannot decide")
        self.asked.append(facts)
        codes = _gates(facts) or (_order(facts) if "interview.type" in facts else [])
        return Decision(
            operation=operation,
            rulebook=self.rulebook.id,
            accepted=not codes,
            violations=tuple(_violation(code) for code in codes),
            advice=(),
            steps=(Step("order", _WORDS, ("S-105",), Outcome.SATISFIED),) if traced else (),
        )

    def granted(self, operation: str, facts: Mapping[str, Any]) -> tuple[str, ...]:
        kind = facts["caller.organisation_type"]
        if kind == "agency":
            return ("agencies",)
        if kind == "unemployment_fund" and facts.get("interview.type") in CLOSED_TO_FUNDS:
            return ()
        own = any(
            each["organisation"] == facts["caller.organisation"]
            and each["from"] <= facts["access.day"]
            and (each["until"] is None or facts["access.day"] < each["until"])
            for each in (facts[_SEEN[kind]] if kind in _SEEN else ())
        )
        return (f"{kind}s",) if own else ()

    def receivers(self, operation: str, facts: Mapping[str, Any]) -> tuple[Receiver, ...]:
        if facts["change.kind"] in {"participant_updated", "participant_deleted"}:
            return ()
        return tuple(
            Receiver(f"{kind}s", "GetPersonInterview", kind, record)
            for kind, name in _TOLD.items()
            for record in facts[name]
        )


def _gates(facts: Mapping[str, Any]) -> list[str]:
    for kind, name, code in (
        ("job_centre", "citizen.job_centre_affiliations", "6005"),
        ("unemployment_fund", "citizen.fund_memberships", "4857"),
    ):
        own = {each["organisation"] for each in facts[name]}
        if facts["caller.organisation_type"] == kind and facts["caller.organisation"] not in own:
            return [code]
    return []


def _order(facts: Mapping[str, Any]) -> list[str]:
    if facts["interview.type"] != RESETTING:
        return []
    late = any(
        each["type"] == RESETTING and facts["interview.held_at"] <= each["held_at"]
        for each in facts["citizen.interviews"]
    )
    return ["S-105"] if late else []


def _violation(code: str) -> Violation:
    basis = Basis("invented", Confidence.ASSUMED)
    return Violation(f"rule-{code}", code, None, "", _WORDS, SINCE_2020, basis, (_WORDS,))


@dataclass(slots=True)
class Clock:
    """Shows the time it was set to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_minutes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)


CONTENT = InterviewContent(
    type=RESETTING,
    contact_type=1,
    held_at=datetime(2024, 5, 6, 8, 0, tzinfo=UTC),
    with_more_authorities=False,
    responsible_authority=ResponsibleAuthority("job_centre", "101", "Ane"),
    booking_id="b-1",
    agreement_text="agreed",
)


def held(minutes: int, **changes: Any) -> InterviewContent:
    """Return the content of an interview held so many minutes after the usual one."""
    return replace(CONTENT, held_at=CONTENT.held_at + timedelta(minutes=minutes), **changes)
