"""What an interview was before: its versions, and what was registered at a moment, over HTTP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.web.door import NOW, Door, interview, settings_in
from web.app import close, create_app

UNKNOWN = "00000000-0000-4000-8000-000000000000"
STEP = timedelta(hours=2)


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class History:
    """An interview created, updated, with a participant in and out again, two hours apart."""

    door: Door
    number: str
    path: str


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    settings, log, clock = settings_in(tmp_path_factory.mktemp("versions")), io.StringIO(), Clock()
    app = create_app(settings, clock=clock, log_to=log)
    door = Door(app, settings, log)
    number = door.citizen()
    path = door.registered(number).headers["Location"]
    clock.now += STEP
    fund = door.of("unemployment_fund", "7")
    changed = interview(
        agreementText="x",
        responsibleAuthority={"organisationType": "unemployment_fund", "organisationCode": "7"},
    )
    assert 200 == fund.call("PUT", path, json=changed, headers={"If-Match": '"v1"'}).status_code
    clock.now += STEP
    participant = door.call("POST", f"{path}/participants", json={"name": "Bo"})
    clock.now += STEP
    assert 204 == door.call("DELETE", participant.headers["Location"]).status_code
    yield History(door, number, path)
    close(app)


def at(moment: datetime) -> str:
    return f"asOf={quote(moment.isoformat())}"


def test_every_version_is_whole_with_who_when_and_why(history: History) -> None:
    answer = history.door.call("GET", f"{history.path}/versions")
    versions = answer.json["versions"]
    assert [
        (1, "2024-06-03T12:00:00+02:00", "job_centre", "interview_created"),
        (2, "2024-06-03T14:00:00+02:00", "unemployment_fund", "interview_updated"),
        (3, "2024-06-03T16:00:00+02:00", "job_centre", "participant_added"),
        (4, "2024-06-03T18:00:00+02:00", "job_centre", "participant_deleted"),
    ] == [
        (
            each["version"],
            each["registeredAt"],
            each["registeredBy"]["organisationType"],
            each["change"],
        )
        for each in versions
    ]
    assert [None, "x", "x", "x"] == [each["interview"]["agreementText"] for each in versions]
    assert [0, 0, 1, 0] == [len(each["interview"]["participants"]) for each in versions]
    assert {"job_centre"} == {
        each["interview"]["registeredBy"]["organisationType"] for each in versions
    }
    assert 4 == len({each["decision"] for each in versions})


def test_the_last_version_is_the_interview_as_it_is(history: History) -> None:
    versions = history.door.call("GET", f"{history.path}/versions").json["versions"]
    assert history.door.call("GET", history.path).json == versions[-1]["interview"]


def test_versions_come_page_by_page(history: History) -> None:
    following, seen = f"{history.path}/versions?limit=3", []
    for _ in range(2):
        answer = history.door.call("GET", following)
        seen.append([each["version"] for each in answer.json["versions"]])
        link = answer.headers.get("Link", "<>")
        following = link[1 : link.index(">")]
    assert ("", None) == (following, answer.json["next"])
    assert [[1, 2, 3], [4]] == seen


def test_versions_that_are_known_are_not_sent_again(history: History) -> None:
    path = f"{history.path}/versions"
    known = {"If-None-Match": history.door.call("GET", path).headers["ETag"]}
    assert 304 == history.door.call("GET", path, headers=known).status_code
    assert 200 == history.door.call("GET", f"{path}?limit=1", headers=known).status_code


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        (NOW, 1),
        (NOW + STEP - timedelta(microseconds=1), 1),
        (NOW + STEP, 2),
        (NOW + 2 * STEP, 3),
        (NOW + 99 * STEP, 4),
    ],
)
def test_an_interview_is_read_as_it_was_registered_at_a_moment(
    history: History, moment: datetime, version: int
) -> None:
    one = history.door.call("GET", f"{history.path}?{at(moment)}")
    listed = history.door.call("GET", f"/v1/interviews?{at(moment)}", citizen=history.number)
    assert (version, f'"v{version}"') == (one.json["version"], one.headers["ETag"])
    assert [one.json] == listed.json["interviews"]


def test_before_it_was_registered_there_is_none(history: History) -> None:
    before = at(NOW - timedelta(microseconds=1))
    assert 404 == history.door.call("GET", f"{history.path}?{before}").status_code
    listed = history.door.call("GET", f"/v1/interviews?{before}", citizen=history.number)
    assert [] == listed.json["interviews"]


def test_what_a_moment_showed_does_not_change_and_is_not_sent_again(history: History) -> None:
    path = f"{history.path}?{at(NOW)}"
    known = {"If-None-Match": history.door.call("GET", path).headers["ETag"]}
    assert 304 == history.door.call("GET", path, headers=known).status_code
    assert 200 == history.door.call("GET", history.path, headers=known).status_code


@pytest.mark.parametrize("end", ["", "/versions", "?asOf=2024-06-04"])
def test_unknown_and_foreign_interviews_are_answered_alike(history: History, end: str) -> None:
    foreign: list[dict[str, Any]] = []
    for place in (history.path, f"/v1/interviews/{UNKNOWN}", "/v1/interviews/none"):
        answer = history.door.of("job_centre", "9").call(
            "GET", place + end, headers={"X-Request-Id": "the-same"}
        )
        assert (404, "1010") == (answer.status_code, answer.json["code"])
        foreign.append(answer.json)
    assert foreign[:1] * 3 == foreign


@pytest.mark.parametrize("path", ["", "/versions"])
@pytest.mark.parametrize("query", ["asOf=yesterday", "asOf=2024-06-04&asOf=2024-06-04", "limit=0"])
def test_faults_of_the_query_are_named(history: History, path: str, query: str) -> None:
    answer = history.door.call("GET", f"{history.path}{path}?{query}")
    assert (400, "1014") == (answer.status_code, answer.json["code"])
    assert [query.split("=")[0]] == [each["parameter"] for each in answer.json["errors"]]


# --- the status extract ---------------------------------------------------------------------------


def test_the_status_extract_has_four_fields_and_no_more(history: History) -> None:
    answer = history.door.call("GET", "/v1/interviews?view=status", citizen=history.number)
    assert {
        "interviews": [
            {
                "interviewTypeIdentifier": 7,
                "heldAt": "2024-03-05T10:00:00+01:00",
                "interviewContactTypeIdentifier": 1,
                "registeredByOrganisationType": "job_centre",
            }
        ],
        "next": None,
    } == answer.json


def test_the_full_view_is_the_one_without_a_view(history: History) -> None:
    plain, full = (
        history.door.call("GET", f"/v1/interviews{query}", citizen=history.number)
        for query in ("", "?view=full")
    )
    assert plain.json == full.json


def test_the_status_extract_is_filtered_and_paged_like_the_full_view(door: Door) -> None:
    number = door.citizen()
    for minute in range(3):
        door.registered(
            number, interviewTypeIdentifier=12, heldAt=f"2024-03-05T10:0{minute}:00+01:00"
        )
    path = "/v1/interviews?view=status&interviewType=12&limit=2"
    first = door.call("GET", path, citizen=number)
    link = first.headers["Link"]
    second = door.call("GET", link[1 : link.index(">")], citizen=number)
    assert ["10:00", "10:01", "10:02"] == [
        each["heldAt"][11:16] for page in (first, second) for each in page.json["interviews"]
    ]
    assert 4 == len(second.json["interviews"][0])


def test_another_view_is_a_fault(door: Door) -> None:
    answer = door.call("GET", "/v1/interviews?view=short", citizen=door.citizen())
    assert 400 == answer.status_code
    assert "`full`" in answer.json["errors"][0]["message"]["en"]
