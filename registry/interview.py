"""What the registry keeps: held interviews, their participants and the facts of a citizen.

In: nothing. Out: frozen values, used by every command, answer and table of the registry.
Does not know: how they are stored, what they are called on the wire, nor any rule. Instants are
`datetime` in UTC; days are calendar days in Denmark. A period begins on its first day and ends
before `until`; None means open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """Someone who took part, as a caller states it.

    `participant_id` names a participant the interview already has, when an update replaces all
    participants; one the interview does not have is given a new identifier.
    """

    name: str
    external_id: str | None = None
    type: int | None = None
    participant_id: str | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Someone who took part, as registered; `participant_id` is a UUID in text form."""

    participant_id: str
    name: str
    external_id: str | None = None
    type: int | None = None


@dataclass(frozen=True, slots=True)
class ResponsibleAuthority:
    """The organisation that answers for the interview, which need not be the one that registers."""

    organisation_type: str
    organisation: str
    case_worker_name: str | None = None


@dataclass(frozen=True, slots=True)
class InterviewContent:
    """Everything a caller states about an interview when it is created or updated.

    `participants` None means none on create, and leave them as they are on update; a tuple
    replaces them all.
    """

    type: int
    contact_type: int
    held_at: datetime
    with_more_authorities: bool
    responsible_authority: ResponsibleAuthority
    participation_status: int | None = None
    booking_id: str | None = None
    agreement_text: str | None = None
    participants: tuple[NewParticipant, ...] | None = None


@dataclass(frozen=True, slots=True)
class RegisteredBy:
    """The organisation that registered an interview first."""

    organisation_type: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Interview:
    """A registered interview in one version; versions of an interview count from 1."""

    interview_id: str
    cpr: str
    version: int
    type: int
    contact_type: int
    held_at: datetime
    with_more_authorities: bool
    responsible_authority: ResponsibleAuthority
    participation_status: int | None
    booking_id: str | None
    agreement_text: str | None
    participants: tuple[Participant, ...]
    registered_at: datetime
    updated_at: datetime
    registered_by: RegisteredBy


@dataclass(frozen=True, slots=True)
class EarlierInterview:
    """What the rules need of the other interviews of a citizen."""

    type: int
    held_at: datetime


@dataclass(frozen=True, slots=True)
class ContactGroupPeriod:
    """A citizen entered a contact group on `event_time`.

    It lasts until `end_time`, or when that is None until the citizen's next later `event_time`.
    """

    contact_group: int
    event_time: date
    end_time: date | None = None


@dataclass(frozen=True, slots=True)
class OrganisationPeriod:
    """A citizen belonged to an organisation; its kind is said by the list the period stands in."""

    organisation: str
    from_day: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Tell whether the period contains `day`."""
        return self.from_day <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class GuestAccess:
    """One organisation was granted guest access to one citizen."""

    organisation_type: str
    organisation: str
    from_day: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CitizenFacts:
    """Reference facts of a citizen, owned by other systems; replaced as a whole."""

    contact_groups: tuple[ContactGroupPeriod, ...] = ()
    job_centre_affiliations: tuple[OrganisationPeriod, ...] = ()
    fund_memberships: tuple[OrganisationPeriod, ...] = ()
    municipalities: tuple[OrganisationPeriod, ...] = ()
    guest_access: tuple[GuestAccess, ...] = ()
    bookings: tuple[str, ...] = ()
    contact_course_began: date | None = None


NOTHING_KNOWN = CitizenFacts()
"""The facts of a citizen of whom the registry knows nothing."""
