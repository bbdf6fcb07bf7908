"""Participants of an interview: add, update, delete.

In: requests. Out: responses. Does not know: rules, storage, or wire names.
"""

from __future__ import annotations

from flask import Response, url_for

from registry.commands import AddParticipant, DeleteParticipant, UpdateParticipant
from registry.outcome import Registered
from web.api.answers import answer_in_language, decided, identifier
from web.api.language import language
from web.api.request_body import read_body
from web.api.services import caller, services
from web.api.versions import entity_tag, expected_version_if_given
from web.api.wire import new_participant, show_participant
from web.api.wire_decisions import show_findings


def add(interviewId: str) -> Response:  # noqa: N803  # the name in the published path
    interview_id = identifier(interviewId)
    version = expected_version_if_given()
    command = AddParticipant(interview_id, new_participant(read_body("NewParticipant")), version)
    return decided(
        lambda once: services().registry.add_participant(caller(), command, once), _added
    )


def update(interviewId: str, participantId: str) -> Response:  # noqa: N803
    interview_id, participant_id = identifier(interviewId), identifier(participantId)
    version = expected_version_if_given()
    stated = new_participant(read_body("ChangedParticipant"))
    command = UpdateParticipant(
        interview_id, participant_id, stated.name, stated.external_id, version
    )
    return decided(
        lambda once: services().registry.update_participant(caller(), command, once), _receipt
    )


def delete(interviewId: str, participantId: str) -> Response:  # noqa: N803
    interview_id, participant_id = identifier(interviewId), identifier(participantId)
    command = DeleteParticipant(interview_id, participant_id, expected_version_if_given())
    return decided(
        lambda once: services().registry.delete_participant(caller(), command, once), _deleted
    )


def _added(outcome: Registered) -> Response:
    response = _receipt(outcome, 201)
    response.headers["Location"] = url_for(
        "update_participant",
        interviewId=outcome.interview.interview_id,
        participantId=outcome.participant_id,
    )
    return response


def _deleted(outcome: Registered) -> Response:
    response = Response(status=204)
    response.set_etag(entity_tag(outcome.interview.version))
    return response


def _receipt(outcome: Registered, status: int = 200) -> Response:
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
