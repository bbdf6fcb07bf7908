"""An invented population, so that a new database has someone to try things on.

In: a rulebook, a seed and the present. Out: citizens with reference facts and histories of
interviews that obey the rules, and `populate`, which registers them.
Does not know: real people. Every number is a test number (60 is added to the day), which no person
can have; the same seed and present give the same population.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random

from sqlalchemy import func, select

from engine.model import Rulebook
from registry import audit, citizens, commands, tables
from registry.about import About
from registry.audit import AuditEntry, AuditOutcome
from registry.commands import Caller, CreateInterview, PutCitizen
from registry.days import DENMARK, day_of
from registry.decides import Decides
from registry.in_force import Always, RulesInForce
from registry.interview import (
    CitizenFacts,
    ContactGroupPeriod,
    GuestAccess,
    InterviewContent,
    NewParticipant,
    OrganisationPeriod,
    ResponsibleAuthority,
)
from registry.outcome import Registered
from registry.registration import Registration
from registry.storage import Database, UnitOfWork
from registry.visibility import JOB_CENTRE, UNEMPLOYMENT_FUND

_YEARS = 3
_JOB_CENTRES = ("101", "102", "103", "104")
_FUNDS = ("1", "7", "12")
_MUNICIPALITIES = ("901", "902", "903", "904")
_REHABILITATION_TEAM = 18
_REFERRAL = 8
_USER = "demo"
_AGENCY = Caller("agency", "demo", _USER, _USER)
_FIRST_NAMES = ("Alma", "Birk", "Clara", "Dines", "Ellen", "Frode", "Gry", "Holger")
_ROLES = ("Mentor", "Tolk", "Bisidder", "Støtteperson")


@dataclass(frozen=True, slots=True)
class InventedInterview:
    """An interview, who registers it, and when."""

    caller: Caller
    content: InterviewContent
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class InventedCitizen:
    """A citizen with interviews in the order in which they were held and registered."""

    cpr: str
    facts: CitizenFacts
    interviews: tuple[InventedInterview, ...]


@dataclass(frozen=True, slots=True)
class Populated:
    """What `populate` has added; all 0 when the database had citizens already."""

    citizens: int
    registered: int
    refused: int


def populate(
    database: Database,
    decider: Decides,
    now: datetime,
    *,
    seed: int = 1,
    also: Sequence[PutCitizen] = (),
) -> Populated:
    """Register an invented population, and the citizens in `also`, in one transaction.

    A database that has any citizen is left as it is. Every interview is decided by the rules; one
    they refuse, as they may once an analyst has changed them, leaves its refusal in the log.
    """
    population = invent_population(decider.rulebook, seed, now)
    # nobody else knows these citizens before the commit, so their rulebook cannot go back
    rules = Always(decider)
    with database.writing() as unit:
        if unit.execute(select(func.count()).select_from(tables.citizen)).scalar_one():
            return Populated(0, 0, 0)
        for wish in also:
            _put(unit, wish, now)
        outcomes = [
            outcome for citizen in population for outcome in _register(unit, rules, citizen)
        ]
        unit.commit()
    registered = sum(outcomes)
    return Populated(len(population) + len(also), registered, len(outcomes) - registered)


def invent_population(
    rulebook: Rulebook, seed: int, now: datetime, size: int = 200
) -> tuple[InventedCitizen, ...]:
    """Invent citizens whose interviews obey the order, the types and the affiliations."""
    random = Random(seed)  # noqa: S311 - invented people need no secret
    numbers = random.sample(range(4000), size)
    return tuple(_Inventor(rulebook, random, now).citizen(number) for number in numbers)


def _register(unit: UnitOfWork, rules: RulesInForce, citizen: InventedCitizen) -> Iterator[bool]:
    known_at = min((each.registered_at for each in citizen.interviews), default=_midnight())
    _put(unit, PutCitizen(citizen.cpr, citizen.facts), known_at)
    for each in citizen.interviews:
        registration = Registration(unit, rules, each.caller, partial(_same, each.registered_at))
        outcome = registration.create(CreateInterview(citizen.cpr, each.content))
        audit.write(unit, registration.line)
        yield isinstance(outcome, Registered)


def _put(unit: UnitOfWork, wish: PutCitizen, at: datetime) -> None:
    about = About(citizens.put(unit, wish.cpr, wish.facts, at))
    audit.write(unit, AuditEntry(at, _AGENCY, commands.PUT_CITIZEN, AuditOutcome.ACCEPTED, about))


def _same(moment: datetime) -> datetime:
    return moment


def _midnight() -> datetime:
    return datetime(2020, 1, 1, tzinfo=UTC)


class _Inventor:
    """Invents one citizen after the other."""

    def __init__(self, rulebook: Rulebook, random: Random, now: datetime) -> None:
        self._tables = rulebook.tables
        self._random = random
        self._now = now
        self._today = day_of(now)
        self._began = self._today - timedelta(days=365 * _YEARS)

    def citizen(self, number: int) -> InventedCitizen:
        facts = self._facts()
        return InventedCitizen(self._cpr(number), facts, tuple(self._interviews(facts)))

    def _cpr(self, number: int) -> str:
        # a serial number below 4000 belongs to someone born in the 20th century
        born = date(1955, 1, 1) + timedelta(days=self._random.randrange(45 * 365))
        return f"{born.day + 60:02}{born:%m%y}{number:04}"

    def _facts(self) -> CitizenFacts:
        groups = self._contact_groups()
        return CitizenFacts(
            contact_groups=groups,
            job_centre_affiliations=self._periods(_JOB_CENTRES),
            fund_memberships=self._periods(_FUNDS) if self._chance(0.6) else (),
            municipalities=self._periods(_MUNICIPALITIES),
            guest_access=self._guest_access() if self._chance(0.1) else (),
            bookings=tuple(self._identifier() for _ in range(self._random.randrange(4))),
            contact_course_began=groups[0].event_time if self._chance(0.7) else None,
        )

    def _contact_groups(self) -> tuple[ContactGroupPeriod, ...]:
        known = sorted(self._tables["allowed_interview_types"].rows, key=str)
        days = [self._began - timedelta(days=self._random.randrange(1, 300))]
        days += sorted(self._day() for _ in range(self._random.choice((0, 0, 1, 2))))
        return tuple(
            ContactGroupPeriod(int(self._random.choice(known)), day) for day in dict.fromkeys(days)
        )

    def _periods(self, organisations: Sequence[str]) -> tuple[OrganisationPeriod, ...]:
        """Return one period until now, or two of which the later one lasts until now."""
        first, second = self._random.sample(organisations, 2)
        began = self._began - timedelta(days=self._random.randrange(1, 2000))
        if self._chance(0.75):
            return (OrganisationPeriod(first, began),)
        moved = self._day()
        return (OrganisationPeriod(first, began, moved), OrganisationPeriod(second, moved))

    def _guest_access(self) -> tuple[GuestAccess, ...]:
        until = self._today + timedelta(days=90)
        return (GuestAccess(JOB_CENTRE, self._random.choice(_JOB_CENTRES), self._today, until),)

    def _interviews(self, facts: CitizenFacts) -> Iterator[InventedInterview]:
        """Yield interviews ever later, each registered before the next one is held."""
        day = self._began + timedelta(days=self._random.randrange(120))
        while day < self._today:
            interview = self._interview(facts, day)
            if interview is not None:
                yield interview
            day += timedelta(days=self._random.randrange(30, 240))

    def _interview(self, facts: CitizenFacts, day: date) -> InventedInterview | None:
        types = self._allowed(facts, day)
        if not types:
            return None
        held_at = datetime.combine(
            day, time(self._random.randrange(8, 15), self._random.choice((0, 15, 30, 45))), DENMARK
        ).astimezone(UTC)
        registered_at = held_at + timedelta(minutes=self._random.randrange(30, 3 * 24 * 60))
        caller = self._caller(facts, day_of(registered_at))
        if caller is None or registered_at >= self._now:
            return None
        content = self._content(facts, self._random.choice(types), held_at, caller)
        return InventedInterview(caller, content, registered_at)

    def _content(
        self, facts: CitizenFacts, kind: int, held_at: datetime, caller: Caller
    ) -> InterviewContent:
        team = kind == _REHABILITATION_TEAM
        authority = ResponsibleAuthority(caller.organisation_type, caller.organisation, "Demo")
        content = InterviewContent(
            type=kind,
            contact_type=6 if kind == _REFERRAL and self._chance(0.5) else self._contact_type(),
            held_at=held_at,
            with_more_authorities=team,
            participation_status=self._random.choice((5, 6)) if team or self._chance(0.3) else None,
            responsible_authority=authority,
            agreement_text="Opdigtet aftale" if self._chance(0.4) else None,
            participants=self._participants(),
        )
        if facts.bookings and self._chance(0.4):
            return replace(content, booking_id=self._random.choice(facts.bookings))
        return content

    def _contact_type(self) -> int:
        return self._random.choice((1, 1, 1, 2, 4, 7, 8))

    def _participants(self) -> tuple[NewParticipant, ...]:
        names = self._random.sample(_FIRST_NAMES, self._random.choice((0, 0, 1, 2)))
        return tuple(NewParticipant(f"{name} {self._random.choice(_ROLES)}") for name in names)

    def _allowed(self, facts: CitizenFacts, day: date) -> tuple[int, ...]:
        """Return the types allowed for the citizen's group on the day and in force then."""
        group = [each.contact_group for each in facts.contact_groups if each.event_time <= day][-1]
        row = self._tables["allowed_interview_types"].find(group, day)
        allowed = row.values["interview_types"] if row is not None else ()
        kinds = self._tables["interview_types"]
        return tuple(
            each
            for each in (allowed if isinstance(allowed, tuple) else ())
            if isinstance(each, int) and kinds.find(each, day) is not None
        )

    def _caller(self, facts: CitizenFacts, day: date) -> Caller | None:
        """Return an organisation that the citizen belongs to on the day."""
        own = [
            (kind, period.organisation)
            for kind, periods in (
                (JOB_CENTRE, facts.job_centre_affiliations),
                (UNEMPLOYMENT_FUND, facts.fund_memberships),
            )
            for period in periods
            if period.covers(day)
        ]
        if not own:
            return None
        kind, organisation = self._random.choice(own)
        return Caller(kind, organisation, _USER, _USER)

    def _day(self) -> date:
        return self._began + timedelta(days=self._random.randrange(365 * _YEARS))

    def _identifier(self) -> str:
        return f"{self._random.getrandbits(64):016x}"

    def _chance(self, share: float) -> bool:
        return self._random.random() < share
