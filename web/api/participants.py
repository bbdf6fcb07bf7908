"""Participants of an interview: add, update, delete.

In: requests. Out: responses. Does not know: rules, storage, or wire names.
"""

from __future__ import annotations

from flask import Response, url_for

from registry.commands import AddParticipant, DeleteParticipant, UpdateParticipant
from registry.outcome import Refused, Registered
from web.api.answers import answer_in_language, identifier, refusal
from web.api.language import language
from web.api.request_body import read_body
from web.api.services import caller, services
from web.api.versions import entity_tag
from web.api.wire import new_participant, show_participant
from web.api.wire_decisions import show_findings


def add(interviewId: str) -> Response:  # noqa: N803  # the name in the published path
    interview_id = identifier(interviewId)
    command = AddParticipant(interview_id, new_participant(read_body("NewParticipant")))
    outcome = services().registry.add_participant(caller(), command)
    if isinstance(outcome, Refused):
        return refusal(outcome)
    response = _receipt(outcome, 201)
    response.headers["Location"] = url_for(
        "update_participant", interviewId=interview_id, participantId=outcome.participant_id
    )
    return response


def update(interviewId: str, participantId: str) -> Response:  # noqa: N803
    interview_id, participant_id = identifier(interviewId), identifier(participantId)
    stated = new_participant(read_body("ChangedParticipant"))
    outcome = services().registry.update_participant(
        caller(), UpdateParticipant(interview_id, participant_id, stated.name, stated.external_id)
    )
    return refusal(outcome) if isinstance(outcome, Refused) else _receipt(outcome, 200)


def delete(interviewId: str, participantId: str) -> Response:  # noqa: N803
    command = DeleteParticipant(identifier(interviewId), identifier(participantId))
    outcome = services().registry.delete_participant(caller(), command)
    if isinstance(outcome, Refused):
        return refusal(outcome)
    services().metrics.decided(outcome.decision)
    response = Response(status=204)
    response.set_etag(entity_tag(outcome.interview.version))
    return response


def _receipt(outcome: Registered, status: int) -> Response:
    services().metrics.decided(outcome.decision)
    (participant,) = (
        each
        for each in outcome.interview.participants
        if each.participant_id == outcome.participant_id
    )
    response = answer_in_language(
        {
            **show_participant(participant),
            "advice": show_findings(outcome.decision.advice, language()),
        },
        status,
    )
    response.set_etag(entity_tag(outcome.interview.version))
    return response
