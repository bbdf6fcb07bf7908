"""The message log: one ordered log without gaps for each subscriber.

In: a unit of work, whom to tell and what. Out: rows, and `Message` values in order.
Does not know: rules, sequences or webhooks. The civil registration number is joined to a message
when it is read; the log itself holds the internal identifier of the citizen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, insert, select, text, update

from registry import tables
from registry.days import from_microseconds, to_microseconds
from registry.interview import RegisteredBy
from registry.messages import Change, Message, Subscriber
from registry.statements import Fixed
from registry.storage import UnitOfWork

_SUBSCRIBER = tables.subscriber.c
_MESSAGE = tables.message.c

# One statement that SQLite and PostgreSQL read alike: it begins a log, or waits for whoever holds
# its counter and then counts on from what they have committed.
_ENSURE = """
    INSERT INTO subscriber
        (subscriber_id, organisation_type, organisation, last_number, pruned_to)
    VALUES (:subscriber_id, :organisation_type, :organisation, {count}, 0)
    ON CONFLICT (organisation_type, organisation)
    DO UPDATE SET last_number = subscriber.last_number + {count}
    RETURNING subscriber_id, last_number, pruned_to
"""
_TAKE_NUMBER = Fixed(text(_ENSURE.format(count=1)))
_TAKE_NONE = Fixed(text(_ENSURE.format(count=0)))
_ADD = Fixed(insert(tables.message))
# Counter and message at once, so that the counter is held for one question less to the database.
_WRITTEN = [column.name for column in tables.message.c if column.name != "acknowledged_at"]
_COUNTED = {"subscriber_id": "log.subscriber_id", "number": "log.last_number"}
_COUNT_AND_ADD = Fixed(
    text(f"""
    WITH log AS ({_ENSURE.format(count=1)})
    INSERT INTO message ({", ".join(_WRITTEN)})
    SELECT {", ".join(_COUNTED.get(name, f":{name}") for name in _WRITTEN)} FROM log
""")  # noqa: S608  # names of our own
)

_READABLE = (
    select(
        *(column for column in tables.message.c if column.name != "citizen_id"),
        _SUBSCRIBER.organisation_type,
        _SUBSCRIBER.organisation,
        tables.citizen.c.cpr,
    )
    .join_from(tables.message, tables.subscriber)
    .join(tables.citizen, tables.citizen.c.citizen_id == _MESSAGE.citizen_id)
    .order_by(_MESSAGE.number)
)


@dataclass(frozen=True, slots=True)
class StoredSubscriber:
    """A subscriber the log knows; `subscriber_id` is internal and never leaves the registry."""

    subscriber_id: str
    last_number: int
    pruned_to: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a message tells of."""

    change: Change
    entity: str
    entity_id: str
    citizen_id: str
    version: int
    recorded_at: datetime
    registered_by: RegisteredBy


def append(unit: UnitOfWork, told: Iterable[tuple[Subscriber, str]], occasion: Occasion) -> None:
    """Write one message for each subscriber and message name; doubles are written once.

    # INVARIANT: each log is locked from here to the commit, always in the order of subscribers, so
    # that two writers never wait for each other. Nothing but the audit line may come after.
    """
    for subscriber, name in sorted(set(told)):
        message = {
            "message_id": str(uuid4()),
            "name": name,
            "entity": occasion.entity,
            "entity_id": occasion.entity_id,
            "change": occasion.change.value,
            "citizen_id": occasion.citizen_id,
            "version": occasion.version,
            "recorded_at": to_microseconds(occasion.recorded_at),
            "registered_by_type": occasion.registered_by.organisation_type,
            "registered_by": occasion.registered_by.organisation,
            "acknowledged_at": None,
        }
        if unit.nests_writes:
            unit.execute(_COUNT_AND_ADD, {**_new(subscriber), **message})
            continue
        log = _locked(unit, _TAKE_NUMBER, subscriber)
        place = {"subscriber_id": log.subscriber_id, "number": log.last_number}
        unit.execute(_ADD, {**place, **message})


def lock(unit: UnitOfWork, subscriber: Subscriber) -> StoredSubscriber:
    """Return a subscriber, known from now on; nobody writes to its log until the unit ends."""
    return _locked(unit, _TAKE_NONE, subscriber)


def find(unit: UnitOfWork, subscriber: Subscriber) -> StoredSubscriber | None:
    """Return a subscriber that was told something, or asked for something, before."""
    row = unit.execute(
        select(_SUBSCRIBER.subscriber_id, _SUBSCRIBER.last_number, _SUBSCRIBER.pruned_to).where(
            _SUBSCRIBER.organisation_type == subscriber.organisation_type,
            _SUBSCRIBER.organisation == subscriber.organisation,
        )
    ).one_or_none()
    return None if row is None else _stored(row)


def waiting_numbers(
    unit: UnitOfWork, subscriber_id: str, entity: str | None, limit: int
) -> tuple[int, ...]:
    """Return the lowest numbers that are not acknowledged, in order, at most `limit` of them."""
    return tuple(
        unit.execute(
            select(_MESSAGE.number)
            .where(*_waiting(subscriber_id, entity))
            .order_by(_MESSAGE.number)
            .limit(limit)
        ).scalars()
    )


def waiting_between(
    unit: UnitOfWork, subscriber_id: str, entity: str | None, first: int, last: int, limit: int
) -> tuple[Message, ...]:
    """Return messages that are not acknowledged, of the numbers from `first` up to `last`."""
    return _read(
        unit,
        [*_waiting(subscriber_id, entity), _MESSAGE.number.between(first, last)],
        limit,
    )


def acknowledge(
    unit: UnitOfWork, subscriber_id: str, entity: str | None, first: int, last: int, at: datetime
) -> None:
    """Mark as received what is not acknowledged, of the numbers from `first` up to `last`."""
    unit.execute(
        update(tables.message).where(
            *_waiting(subscriber_id, entity), _MESSAGE.number.between(first, last)
        ),
        {"acknowledged_at": to_microseconds(at)},
    )


def after(
    unit: UnitOfWork,
    subscriber_id: str,
    number: int,
    limit: int,
    entities: Iterable[str] | None = None,
) -> tuple[Message, ...]:
    """Return the messages with higher numbers in order, acknowledged or not; None: any entity."""
    wanted: list[ColumnElement[bool]] = [
        _MESSAGE.subscriber_id == subscriber_id,
        _MESSAGE.number > number,
    ]
    if entities is not None:
        wanted.append(_MESSAGE.entity.in_(tuple(entities)))
    return _read(unit, wanted, limit)


def _locked(unit: UnitOfWork, statement: Fixed, subscriber: Subscriber) -> StoredSubscriber:
    return _stored(unit.execute(statement, _new(subscriber)).one())


def _new(subscriber: Subscriber) -> dict[str, str]:
    """Return what a log begins with, in case there is none yet."""
    return {
        "subscriber_id": str(uuid4()),
        "organisation_type": subscriber.organisation_type,
        "organisation": subscriber.organisation,
    }


def _stored(row: Row[tuple[object, ...]]) -> StoredSubscriber:
    return StoredSubscriber(row.subscriber_id, row.last_number, row.pruned_to)


def _waiting(subscriber_id: str, entity: str | None) -> list[ColumnElement[bool]]:
    waiting = [_MESSAGE.subscriber_id == subscriber_id, _MESSAGE.acknowledged_at.is_(None)]
    if entity is not None:
        waiting.append(_MESSAGE.entity == entity)
    return waiting


def _read(
    unit: UnitOfWork, wanted: Iterable[ColumnElement[bool]], limit: int
) -> tuple[Message, ...]:
    return tuple(_message(row) for row in unit.execute(_READABLE.where(*wanted).limit(limit)))


def _message(row: Row[tuple[object, ...]]) -> Message:
    acknowledged_at = row.acknowledged_at
    return Message(
        message_id=row.message_id,
        subscriber=Subscriber(row.organisation_type, row.organisation),
        number=row.number,
        name=row.name,
        entity=row.entity,
        entity_id=row.entity_id,
        change=Change(row.change),
        version=row.version,
        recorded_at=from_microseconds(row.recorded_at),
        registered_by=RegisteredBy(row.registered_by_type, row.registered_by),
        cpr=row.cpr,
        acknowledged_at=None if acknowledged_at is None else from_microseconds(acknowledged_at),
    )
