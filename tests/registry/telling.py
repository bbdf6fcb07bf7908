"""Messages for the tests: written straight into the log, and what a reader gets to see."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from registry import citizens, message_log
from registry.commands import Caller
from registry.interview import RegisteredBy
from registry.message_log import Occasion
from registry.messages import GET_PERSON_INTERVIEW, PERSON_INTERVIEW, Change, Message, Subscriber
from registry.storage import Database, UnitOfWork
from tests.registry.fakes import CITIZEN, CPR, FUND, JOB_CENTRE, NOW, OTHER_JOB_CENTRE


def subscriber(caller: Caller) -> Subscriber:
    return Subscriber(caller.organisation_type, caller.organisation)


CENTRE = subscriber(JOB_CENTRE)
OTHER_CENTRE = subscriber(OTHER_JOB_CENTRE)
SOME_FUND = subscriber(FUND)


def occasion(citizen_id: str, recorded_at: datetime = NOW) -> Occasion:
    return Occasion(
        change=Change.INTERVIEW_CREATED,
        entity=PERSON_INTERVIEW,
        entity_id=str(uuid4()),
        citizen_id=citizen_id,
        version=1,
        recorded_at=recorded_at,
        registered_by=RegisteredBy("job_centre", "101"),
    )


def some_citizen(unit: UnitOfWork) -> str:
    known = citizens.find_by_cpr(unit, CPR)
    return citizens.put(unit, CPR, CITIZEN, NOW) if known is None else known.citizen_id


def tell(database: Database, times: int, *to: Subscriber, recorded_at: datetime = NOW) -> None:
    """Tell each of the subscribers (job centre 101 when none is named) so many times."""
    with database.writing() as unit:
        citizen_id = some_citizen(unit)
        for _ in range(times):
            message_log.append(
                unit,
                [(each, GET_PERSON_INTERVIEW) for each in to or (CENTRE,)],
                occasion(citizen_id, recorded_at),
            )
        unit.commit()


def log_of(database: Database, of: Subscriber = CENTRE, after: int = 0) -> tuple[Message, ...]:
    with database.reading() as unit:
        found = message_log.find(unit, of)
        if found is None:
            return ()
        return message_log.after(unit, found.subscriber_id, after, 1_000_000)


def numbers(messages: tuple[Message, ...]) -> list[int]:
    return [each.number for each in messages]
