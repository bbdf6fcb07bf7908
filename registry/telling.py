"""Tells subscribers of a change: asks the rules whom, and writes the messages.

In: a unit of work, a decider, what was registered. Out: rows of the message log, which are
committed with the registration or not at all.
Does not know: which changes tell whom; the rule files say it. Refusals are never brought here.
"""

from __future__ import annotations

from dataclasses import dataclass

from registry import commands, message_log
from registry.commands import Caller
from registry.decides import Decides
from registry.facts import change_facts, of_catalogue, registration_facts
from registry.interview import CitizenFacts, Interview, RegisteredBy
from registry.message_log import Occasion
from registry.messages import PERSON_INTERVIEW, Subscriber
from registry.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class AcceptedChange:
    """An accepted registration: the interview as it is now, and by which operation."""

    operation: str
    caller: Caller
    citizen_id: str
    citizen: CitizenFacts
    interview: Interview


def tell(unit: UnitOfWork, decider: Decides, accepted: AcceptedChange) -> None:
    """Write a message to each subscriber that the rules name; see `message_log.append`."""
    catalogue = decider.rulebook.catalogue
    if commands.TELL_CHANGE not in catalogue.operations:
        return  # the rulebook has no messages at all
    interview = accepted.interview
    change = commands.CHANGES[accepted.operation]
    facts = of_catalogue(
        catalogue,
        commands.TELL_CHANGE,
        registration_facts(accepted.caller, interview.updated_at),
        change_facts(change, interview, accepted.citizen),
    )
    receivers = decider.receivers(commands.TELL_CHANGE, facts)
    message_log.append(
        unit,
        (
            (Subscriber(each.organisation_type, str(each.record["organisation"])), each.message)
            for each in receivers
        ),
        Occasion(
            change=change,
            entity=PERSON_INTERVIEW,
            entity_id=interview.interview_id,
            citizen_id=accepted.citizen_id,
            version=interview.version,
            recorded_at=interview.updated_at,
            registered_by=RegisteredBy(
                accepted.caller.organisation_type, accepted.caller.organisation
            ),
        ),
    )
