"""Organisation × relation × operation over HTTP is exactly the table.

The table is hand-written (`tests/registry/access_table.py`); each grant in rules/access.yaml must
open something. What is not there and what is not one's own answer alike, byte for byte.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from werkzeug.test import TestResponse

from engine.decide import Decider
from engine.reader.load import load_rulebook
from registry.commands import READ_CITIZEN, Caller
from registry.interview import CitizenFacts
from registry.visibility import Access
from tests.campaign.databases import temporary_folder
from tests.campaign.row import Row, Scale
from tests.registry.access_table import (
    BEGIN,
    CALLERS,
    CLOSED,
    END,
    MAY_REGISTER,
    OPEN,
    RELATIONS,
    sees_citizen,
    sees_interview,
    writes,
)
from tests.web.door import PROJECT, Door, interview, invented_number, settings_in
from web.api.scopes import ORGANISATION_TYPES
from web.app import close, create_app

NOWHERE = "00000000-0000-4000-8000-000000000000"
DAYS = [BEGIN, END, *(each - timedelta(days=1) for each in (BEGIN, END))]
"""Around the borders of every relation; the first one alone when small."""
NEAR = [
    *(BEGIN - timedelta(days=each) for each in (121, 120)),
    *(END + timedelta(days=each) for each in (119, 120)),
]
"""Around the borders of what funds see of former and coming members."""
GATES = {"job_centre": ["6005"], "unemployment_fund": ["4857"]}
FUTURE = "2030-01-01T10:00:00+01:00"
CALLING = [
    each for each in CALLERS if each.organisation_type in ORGANISATION_TYPES and each.organisation
]
ONE_OF_EACH = list({each.organisation_type: each for each in reversed(CALLING)}.values())
CHANGING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)"
)
"""Identifiers and times."""


@dataclass(slots=True)
class Matrix:
    """The application with a citizen for each relation, who has an open and a closed interview."""

    door: Door
    today: list[datetime]
    broken: list[str] = field(default_factory=list)
    requests: int = 0
    numbers: dict[str, str] = field(default_factory=dict)
    interviews: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)

    def on(self, day: date) -> None:
        self.today[0] = datetime.combine(day, time(11), UTC)

    def call(self, caller: Caller, method: str, path: str, **sent: Any) -> TestResponse:
        self.requests += 1
        door = self.door.of(caller.organisation_type, caller.organisation)
        headers = {"Authorization": f"Bearer {door.token(now=self.today[0])}"}
        return door.call(method, path, headers={**headers, **sent.pop("headers", {})}, **sent)

    def expect(self, right: object, found: object, where: str) -> None:
        if right != found:
            self.broken.append(f"{where}: expected {right}, found {found}")


def run(scale: Scale) -> Iterator[Row]:
    with temporary_folder() as folder:
        today = [datetime(2023, 6, 1, 11, tzinfo=UTC)]
        settings = settings_in(folder)
        app = create_app(settings, clock=lambda: today[0], log_to=io.StringIO())
        matrix = Matrix(Door(app, settings, io.StringIO()), today)
        _fill(matrix)
        days = DAYS[:1] if scale.small else [*DAYS, *NEAR]
        callers, cells = ONE_OF_EACH if scale.small else CALLING, 0
        for day in days:
            matrix.on(day)
            for caller in callers:
                if day in NEAR and caller.organisation_type != "unemployment_fund":
                    continue
                for relation in RELATIONS:
                    _cell(matrix, caller, relation, day)
                    cells += 1
                _alike(matrix, caller, day)
        matrix.broken += _unopened(days)
        close(app)
        yield Row(
            *("S2", "SQLite"),
            load=f"{cells:,} cells on {len(days)} days, {matrix.requests:,} requests",
            broken=tuple(matrix.broken[:20]),
            note=f"{len(callers)} organisations × {len(RELATIONS)} relations",
        )


def _fill(matrix: Matrix) -> None:
    agency = Caller("agency", "star", "", "")
    for relation, facts in RELATIONS.items():
        number = matrix.numbers[relation] = invented_number()
        put = matrix.call(agency, "PUT", "/v1/citizens", json=_wire(facts), citizen=number)
        assert put.status_code == 204, put.text
        matrix.interviews[relation] = {}
        for kind in (OPEN, CLOSED):
            body = interview(
                interviewTypeIdentifier=kind,
                heldAt=f"2023-05-01T08:{kind:02}:00Z",
                participants=[{"name": "Ida", "participantTypeIdentifier": 1}],
            )
            answer = matrix.call(agency, "POST", "/v1/interviews", json=body, citizen=number)
            assert answer.status_code == 201, answer.text
            matrix.interviews[relation][kind] = answer.get_json()


def _wire(facts: CitizenFacts) -> dict[str, Any]:
    def periods(of: Any) -> list[dict[str, Any]]:
        return [
            {"organisationCode": each.organisation, "from": str(each.from_day), "to": str(END)}
            for each in of
        ]

    return {
        "contactGroups": [{"contactGroupTypeIdentifier": 3, "eventTime": "2020-01-01"}],
        "jobCentreAffiliations": periods(facts.job_centre_affiliations),
        "fundMemberships": periods(facts.fund_memberships),
        "municipalities": periods(facts.municipalities),
        "guestAccess": [
            {"organisationType": each.organisation_type, **period}
            for each, period in zip(facts.guest_access, periods(facts.guest_access), strict=True)
        ],
    }


def _cell(matrix: Matrix, caller: Caller, relation: str, day: date) -> None:
    citizen, number = RELATIONS[relation], matrix.numbers[relation]
    where = f"{caller.organisation_type} {caller.organisation}, {relation}, {day}"
    stored = matrix.interviews[relation]
    shown = [kind for kind in stored if sees_interview(caller, citizen, day, kind)]
    page = matrix.call(caller, "GET", "/v1/interviews", citizen=number)
    matrix.expect(_status(200, sees_citizen(caller, citizen, day)), page.status_code, where)
    if page.status_code == 200:
        listed = [each["interviewTypeIdentifier"] for each in page.get_json()["interviews"]]
        matrix.expect(sorted(shown), sorted(listed), f"list, {where}")
    told = _may(caller, writes(caller, citizen, day))
    for method, path, body, right in (
        ("POST", "/v1/interviews", interview(heldAt=FUTURE), told),
        ("PUT", "/v1/citizens", None, 400 if caller.organisation_type == "agency" else 403),
    ):
        if path == "/v1/citizens" and caller.organisation_type == "system":
            right = 400
        answer = matrix.call(caller, method, path, json=body or [], citizen=number)
        matrix.expect(right, _told(answer), f"{method} {path}, {where}")
    for kind, each in stored.items():
        visible = kind in shown
        here = f"/v1/interviews/{each['interviewIdentifier']}"
        for place in (here, f"{here}/versions"):
            answer = matrix.call(caller, "GET", place)
            matrix.expect(_status(200, visible), answer.status_code, f"GET {kind}, {where}")
        for answer in _changes(matrix, caller, here, each):
            right = 404 if told != 403 and not visible else told
            name = f"{answer.request.method} of {kind}, {where}"
            matrix.expect(right, _told(answer), name)


def _changes(
    matrix: Matrix, caller: Caller, here: str, each: dict[str, Any]
) -> Iterator[TestResponse]:
    """Try every change; all of them break a rule, so that nothing is changed."""
    one = each["participants"][0]["participantIdentifier"]
    nobody = {"name": " "}
    yield matrix.call(
        caller, "PUT", here, json=interview(heldAt=FUTURE), headers={"If-Match": '"v1"'}
    )
    yield matrix.call(
        caller, "POST", f"{here}/participants", json={**nobody, "participantTypeIdentifier": 1}
    )
    yield matrix.call(caller, "PUT", f"{here}/participants/{one}", json=nobody)


def _may(caller: Caller, may_write: bool) -> object:
    """Return what a change is answered that breaks a rule of its own: its codes stand for it."""
    if caller.organisation_type not in MAY_REGISTER:
        return 403
    return "refused" if may_write else GATES[caller.organisation_type]


def _told(answer: TestResponse) -> object:
    if answer.status_code != 422:
        return answer.status_code
    codes = [each["code"] for each in answer.get_json()["violations"]]
    return codes if codes in GATES.values() else "refused"


def _status(right: int, visible: bool) -> int:
    return right if visible else 404


def _alike(matrix: Matrix, caller: Caller, day: date) -> None:
    """Compare what is hidden with what is not there, for the first hidden interview."""
    for relation, citizen in RELATIONS.items():
        hidden = [
            each
            for kind, each in matrix.interviews[relation].items()
            if not sees_interview(caller, citizen, day, kind)
        ]
        if not hidden:
            continue
        here = f"/v1/interviews/{hidden[0]['interviewIdentifier']}"
        nowhere = f"/v1/interviews/{NOWHERE}"
        for path in ("", "/versions"):
            foreign = _bytes(matrix.call(caller, "GET", here + path))
            unknown = _bytes(matrix.call(caller, "GET", nowhere + path))
            matrix.expect(unknown, foreign, f"GET {path}, {caller.organisation_type}, {relation}")
        pairs = zip(
            _changes(matrix, caller, here, hidden[0]),
            _changes(matrix, caller, nowhere, hidden[0]),
            strict=True,
        )
        for foreign_answer, unknown_answer in pairs:
            name = f"{foreign_answer.request.method}, {caller.organisation_type}, {relation}"
            matrix.expect(_bytes(unknown_answer), _bytes(foreign_answer), name)
        if sees_citizen(caller, citizen, day):
            continue
        for method, body in (("GET", None), ("POST", interview(heldAt=FUTURE))):
            answers = [
                _bytes(matrix.call(caller, method, "/v1/interviews", json=body, citizen=number))
                for number in (invented_number(), matrix.numbers[relation])
            ]
            matrix.expect(*answers, f"{method}, {caller.organisation_type}, {relation}")
        return


def _bytes(answer: TestResponse) -> tuple[object, ...]:
    """Return the answer as it came, but for identifiers and times."""
    headers = sorted(
        (name, CHANGING.sub("#", value)) for name, value in answer.headers if name != "Date"
    )
    return answer.status_code, headers, CHANGING.sub("#", answer.text)


def _unopened(days: list[date]) -> list[str]:
    """Return the grants of the rule file that no cell needed."""
    decider = Decider(load_rulebook(PROJECT / "rules", PROJECT / "config"), "compiled")
    opened = {
        grant
        for day in days
        for caller in CALLING
        for citizen in RELATIONS.values()
        for grant in Access(decider, caller, day).granted(
            READ_CITIZEN, Access(decider, caller, day)._gathered(citizen)
        )
    }
    every = {grant.id for grant in decider.rulebook.rules_of(READ_CITIZEN)}
    return [f"grant `{each}` opens no cell" for each in sorted(every - opened)]
