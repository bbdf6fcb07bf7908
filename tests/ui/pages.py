"""Every page of the workbench as browsers and pictures visit it, and what is stored there."""

from __future__ import annotations

import itertools

from tests.web.ui.bench import NOW, Bench

RULE = "type-allowed-for-contact-group"
PATHS = {
    "start": "/",
    "log-ind": "/log-ind",
    "regler": "/regler",
    "regel": f"/regler/{RULE}",
    "adgang": "/regler/fund-own-member",
    "afgoerelser": "/afgoerelser",
    "genberegning": "/genberegning",
    "mangler": "/mangler",
    "proev": "/proev",
    "samtaletyper": "/samtaletyper",
    "ret": "/ret",
}
"""The pages by the name of their picture."""

_numbers = itertools.count(1000)
"""Numbers of nobody: the day is raised by 60."""
_FACTS = {
    "contactGroups": [{"contactGroupTypeIdentifier": 13, "eventTime": "2020-01-01"}],
    "jobCentreAffiliations": [{"organisationCode": "101", "from": "2020-01-01", "to": None}],
    "fundMemberships": [{"organisationCode": "7", "from": "2023-01-01"}],
}
NAME = "Vera Prøve"
"""A participant; no page may show the name."""


def registered(place: Bench, days: int = 20, status: int | None = None) -> None:
    """Store decisions of an invented citizen: most accepted, some refused, on several days.

    With a participation status they are all of a rehabilitation team.
    """
    stated = {} if status is None else {"participationStatusTypeIdentifier": status}
    client = place.app.test_client()
    number = f"710190{next(_numbers)}"

    def call(method: str, path: str, organisation_type: str, code: str, body: object) -> int:
        token = place.token(organisation_type, code)
        answer = client.open(
            path,
            method=method,
            json=body,
            headers={
                "Authorization": f"Bearer {token}",
                "X-Civil-Registration-Identifier": number,
            },
        )
        return answer.status_code

    assert 204 == call("PUT", "/v1/citizens", "agency", "star", _FACTS)
    statuses = [
        call(
            "POST",
            "/v1/interviews",
            *(("job_centre", "101") if day % 4 else ("unemployment_fund", "7")),
            {
                "interviewTypeIdentifier": (7, 12, 4, 9, 18)[day % 5] if status is None else 18,
                "interviewContactTypeIdentifier": 1,
                "heldAt": f"{NOW.year}-05-{day + 1:02}T10:00:00+02:00",
                "responsibleAuthority": {
                    "organisationType": "job_centre",
                    "organisationCode": "101",
                },
                "participants": [{"name": NAME}],
                **stated,
            },
        )
        for day in range(days)
    ]
    assert {201, 422} >= set(statuses), statuses
    assert status is not None or {201, 422} == set(statuses), statuses
