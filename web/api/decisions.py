"""Dry runs: the decision for a registration that is not stored, with its trace.

In: requests. Out: responses. Does not know: rules, storage, or wire names.
"""

from __future__ import annotations

from flask import Response

from web.api.answers import answer_in_language
from web.api.citizen_number import citizen_number, citizen_number_if_given
from web.api.language import language
from web.api.request_body import read_body, refuse
from web.api.services import caller, services
from web.api.wire_decisions import faults_of_what_if, names_no_citizen, show_decision, what_if


def decide() -> Response:
    cpr = citizen_number_if_given()
    body = read_body("DecisionRequest")
    refuse(faults_of_what_if(body))
    if names_no_citizen(body):
        cpr = citizen_number()
    decision = services().registry.dry_run(caller(), what_if(body, cpr))
    return answer_in_language(show_decision(decision, language()))
