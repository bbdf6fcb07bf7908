"""Reference facts of citizens, handed in by the systems that own them.

In: requests. Out: responses. Does not know: storage, or wire names.
"""

from __future__ import annotations

from flask import Response

from registry.commands import PutCitizen
from web.api.citizen_number import citizen_number
from web.api.once import answered
from web.api.request_body import read_body, refuse
from web.api.services import caller, services
from web.api.wire import citizen_facts, empty_periods


def put() -> Response:
    cpr = citizen_number()
    body = read_body("Citizen")
    refuse(empty_periods(body))
    command = PutCitizen(cpr, citizen_facts(body))
    return answered(
        lambda once: services().registry.put_citizen(caller(), command, once),
        lambda _: Response(status=204),
    )
