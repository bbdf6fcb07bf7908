"""Messages: what a subscriber is told, in which order, and how far it has come.

In: nothing. Out: frozen values, used by the message log, sequences, streams and their doors.
Does not know: how they are stored or sent, nor whom a change is told to. Instants are `datetime` in
UTC. Numbers count from 1 for each subscriber, without gaps, in the order of the commits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from registry.interview import RegisteredBy

GET_PERSON_INTERVIEW = "GetPersonInterview"
"""The message that tells of a change of an interview, by the name the rule files use."""
PERSON_INTERVIEW = "PersonInterview"
ENTITIES = frozenset({PERSON_INTERVIEW})
"""What a message can be about; subscribers choose among these."""


class ChangeKind(IntEnum):
    """What happened to the entity, by the numbers that receivers know."""

    CREATED = 1
    UPDATED = 2
    DELETED = 3


class Change(StrEnum):
    """What was registered, by the names the rule files use."""

    INTERVIEW_CREATED = "interview_created"
    INTERVIEW_UPDATED = "interview_updated"
    PARTICIPANT_ADDED = "participant_added"
    PARTICIPANT_UPDATED = "participant_updated"
    PARTICIPANT_DELETED = "participant_deleted"

    @property
    def kind(self) -> ChangeKind:
        """What it is to the interview: whatever happens to a participant updates the interview."""
        return ChangeKind.CREATED if self is Change.INTERVIEW_CREATED else ChangeKind.UPDATED


@dataclass(frozen=True, slots=True, order=True)
class Subscriber:
    """The organisation whose log it is."""

    organisation_type: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Message:
    """That something changed, for one subscriber; what it is now is read with one's own rights.

    `message_id` (UUID) never changes, however often the message is sent. `version` is the
    interview's after the change, `registered_by` who made this change, `cpr` the citizen's number
    as it is at the reading.
    """

    message_id: str
    subscriber: Subscriber
    number: int
    name: str
    entity: str
    entity_id: str
    change: Change
    version: int
    recorded_at: datetime
    registered_by: RegisteredBy
    cpr: str = field(repr=False)
    acknowledged_at: datetime | None = None

    @property
    def change_kind(self) -> ChangeKind:
        return self.change.kind


class SequenceState(StrEnum):
    """How far a sequence has come; only an open one can change."""

    OPEN = "open"
    TERMINATED = "terminated"
    """All its messages were received and do not come again."""
    CLOSED = "closed"
    """Given back: its messages come again."""
    EXPIRED = "expired"
    """Not touched for long, and then another one was opened: its messages come again."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """The messages a subscriber has in hand: `messages` of them, `first_number` to `last_number`.

    The numbers between need not all be in it: others are acknowledged, or of another entity when
    `entity` names one. An open one that is not touched until `expires_at` no longer keeps others
    from being opened.
    """

    sequence_id: str
    subscriber: Subscriber
    entity: str | None
    state: SequenceState
    messages: int
    first_number: int
    last_number: int
    opened_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Some messages in order; `next` is the number after which the next page begins, or None."""

    messages: tuple[Message, ...]
    next: int | None


class StreamState(StrEnum):
    """Whether a stream is sent."""

    ACTIVE = "active"
    STOPPED = "stopped"
    """The message at its head cannot be delivered; an operator skips it or resumes."""
    GONE = "gone"
    """The receiver wants nothing any more (410); the subscriber can state it again."""


@dataclass(frozen=True, slots=True)
class Tries:
    """What happened to the message at the head of a stream; begins empty for each message."""

    failures: int = 0
    refusals: int = 0
    refused_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One webhook as a subscriber states it: a path, and what to tell of."""

    path: str
    entities: tuple[str, ...] = (PERSON_INTERVIEW,)


@dataclass(frozen=True, slots=True)
class Stream:
    """One webhook with its place in the log: all up to `delivered_to` is delivered or skipped.

    `reason` says why it is stopped. It is not sent before `next_attempt_at`.
    """

    stream_id: str
    subscriber: Subscriber
    path: str
    entities: tuple[str, ...]
    state: StreamState
    reason: str | None
    delivered_to: int
    tries: Tries
    next_attempt_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A stream that one relay may send from, until `until` or until another claims it.

    `fence` is higher with each claim of the stream: with an older one nothing can be marked.
    """

    stream: Stream
    fence: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """What a stream sends next, in order.

    `up_to` is the number to mark once all of it is delivered: it lies beyond the last message when
    messages of other entities follow.
    """

    messages: tuple[Message, ...]
    up_to: int


@dataclass(frozen=True, slots=True)
class Synced:
    """What stating the whole wanted list has changed, each sorted by path."""

    added: tuple[Stream, ...]
    kept: tuple[Stream, ...]
    removed: tuple[Stream, ...]


@dataclass(frozen=True, slots=True)
class SkippedMessage:
    """A gap that an operator made in one stream."""

    stream_id: str
    subscriber: Subscriber
    path: str
    number: int
    message_id: str
    skipped_at: datetime
    skipped_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class StreamDepth:
    """How far one stream is behind, and since when its next message waits (None: nothing waits)."""

    stream: Stream
    behind: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogDepth:
    """How much of a log is not acknowledged, and how far behind its streams are.

    `fetched` tells whether the subscriber fetches messages itself, so that `waiting` means
    something: one with webhooks that never opened a sequence acknowledges nothing.
    """

    subscriber: Subscriber
    last_number: int
    pruned_to: int
    fetched: bool
    waiting: int
    oldest_at: datetime | None
    streams: tuple[StreamDepth, ...]
