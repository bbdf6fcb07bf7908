"""What a caller may wish for: one dataclass per command, and who is calling.

In: values of `interview.py`. Out: frozen commands for `service.Registry`.
Does not know: the wire names, how a caller proved who it is, nor whether the wish will be granted.
Callers have already refused malformed values: a `cpr` is ten digits, instants are aware.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry.interview import CitizenFacts, EarlierInterview, InterviewContent, NewParticipant
from registry.messages import Change

CREATE_INTERVIEW = "create_interview"
UPDATE_INTERVIEW = "update_interview"
ADD_PARTICIPANT = "add_participant"
UPDATE_PARTICIPANT = "update_participant"
DELETE_PARTICIPANT = "delete_participant"
"""The operations that rules decide, by the names the rule files use."""
INTERVIEW_OPERATIONS = frozenset({CREATE_INTERVIEW, UPDATE_INTERVIEW})
"""Those of them that state a whole interview."""
CHANGES = {
    CREATE_INTERVIEW: Change.INTERVIEW_CREATED,
    UPDATE_INTERVIEW: Change.INTERVIEW_UPDATED,
    ADD_PARTICIPANT: Change.PARTICIPANT_ADDED,
    UPDATE_PARTICIPANT: Change.PARTICIPANT_UPDATED,
    DELETE_PARTICIPANT: Change.PARTICIPANT_DELETED,
}
"""What each operation changes."""
TELL_CHANGE = "tell_change"
"""Asked of the rules after a registration: whom it is told to."""
READ_CITIZEN = "read_citizen"
READ_INTERVIEW = "read_interview"
READ_OPERATIONS = frozenset({READ_CITIZEN, READ_INTERVIEW})
"""Asked of the rules before anything is shown: may the caller see the citizen, and the interview?

The second is in the audit log too: one interview was read.
"""
READ_VERSIONS = "read_versions"
FIND_INTERVIEWS = "find_interviews"
DRY_RUN = "dry_run"
PUT_CITIZEN = "put_citizen"
OPEN_SEQUENCE = "open_sequence"
READ_SEQUENCE = "read_sequence"
FETCH_MESSAGES = "fetch_messages"
TERMINATE_SEQUENCE = "terminate_sequence"
CLOSE_SEQUENCE = "close_sequence"
PUT_SUBSCRIPTIONS = "put_subscriptions"
READ_SUBSCRIPTIONS = "read_subscriptions"
LIST_MESSAGES = "list_messages"
REPLAY_STREAM = "replay_stream"
SKIP_MESSAGE = "skip_message"
RESUME_STREAM = "resume_stream"
REPORT_CITIZEN = "report_citizen"
CHANGE_RULE_FILE = "change_rule_file"
FIND_DECISIONS = "find_decisions"
READ_DECISION = "read_decision"
REPLAY_DECISIONS = "replay_decisions"
EXPORT_DECISIONS = "export_decisions"
PUBLISH_RULEBOOK = "publish_rulebook"
ACTIVATE_RULEBOOK = "activate_rulebook"
ROLL_BACK_RULEBOOK = "roll_back_rulebook"
"""The operations that no rule decides, by the names the audit log uses."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling, on whose behalf, and in which request."""

    organisation_type: str
    organisation: str
    user: str
    request_id: str
    system: str | None = None


ExpectedVersion = int | frozenset[int] | None
"""The version of an interview that the caller saw, or several that will do; None: any."""


@dataclass(frozen=True, slots=True)
class CreateInterview:
    """Register a held interview of the citizen with this number."""

    cpr: str
    content: InterviewContent


@dataclass(frozen=True, slots=True)
class UpdateInterview:
    """Replace the content of an interview, if it still has the version the caller saw."""

    interview_id: str
    expected_version: ExpectedVersion
    content: InterviewContent


@dataclass(frozen=True, slots=True)
class AddParticipant:
    """Add a participant to an interview; a `participant_id` in it is not looked at."""

    interview_id: str
    participant: NewParticipant
    expected_version: ExpectedVersion = None


@dataclass(frozen=True, slots=True)
class UpdateParticipant:
    """Replace name and external id of a participant; nothing else about one can change."""

    interview_id: str
    participant_id: str
    name: str
    external_id: str | None = None
    expected_version: ExpectedVersion = None


@dataclass(frozen=True, slots=True)
class DeleteParticipant:
    """Take a participant off an interview."""

    interview_id: str
    participant_id: str
    expected_version: ExpectedVersion = None


@dataclass(frozen=True, slots=True)
class PutCitizen:
    """Replace everything known about a citizen by these facts."""

    cpr: str
    facts: CitizenFacts


@dataclass(frozen=True, slots=True)
class PagePosition:
    """Where a page ended; the next one begins after it. Opaque to callers."""

    held_at: datetime
    interview_id: str


@dataclass(frozen=True, slots=True)
class FindInterviews:
    """Find interviews of a citizen held from `held_from` up to, not at, `held_to`.

    Of any of `interview_types`, of every type when there are none. With `as_of` interviews are
    found as they were registered at that moment. Sorted by held time, then by identifier; at most
    `limit` of them, those after `after`.
    """

    cpr: str
    interview_types: tuple[int, ...] = ()
    held_from: datetime | None = None
    held_to: datetime | None = None
    as_of: datetime | None = None
    limit: int = 100
    after: PagePosition | None = None


@dataclass(frozen=True, slots=True)
class FindVersions:
    """Find the versions of an interview: at most `limit`, those after the version `after`."""

    interview_id: str
    limit: int = 100
    after: int = 0


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Decide a registration without storing it.

    `operation` is create_interview or update_interview. An update names the `interview_id` that is
    left out of the citizen's earlier interviews. What is None is taken from what is stored of the
    citizen `cpr` (or of the citizen of `interview_id`); with neither, the citizen has nothing.
    `recorded_at` None means now.
    """

    operation: str
    content: InterviewContent
    cpr: str | None = None
    interview_id: str | None = None
    citizen: CitizenFacts | None = None
    earlier_interviews: tuple[EarlierInterview, ...] | None = None
    recorded_at: datetime | None = None
