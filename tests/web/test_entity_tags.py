"""Entity tags: everything that is read has one, and every replacement may name one."""

from __future__ import annotations

import pytest

from tests.web.door import Door, interview
from web.api.contract import OPERATIONS

READS = [each for each in OPERATIONS if each.method == "GET" and each.scope is not None]


def test_every_read_takes_if_none_match() -> None:
    assert set() == {each.id for each in READS if not each.if_none_match}
    assert set() == {each.id for each in READS if "ETag" not in each.answers[200].headers}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/rules",
        "/v1/rules?on=2024-01-01",
        "/v1/rules/job-centre-affiliation",
        "/v1/tables",
        "/v1/tables/interview_types",
        "/v1/rulebook",
        "/v1/subscriptions",
    ],
)
def test_what_is_known_is_not_sent_again(door: Door, path: str) -> None:
    first = door.call("GET", path)
    assert 200 == first.status_code, first.text
    known = {"If-None-Match": first.headers["ETag"]}
    again = door.call("GET", path, headers=known)
    assert (304, b"", first.headers["ETag"]) == (
        again.status_code,
        again.data,
        again.headers["ETag"],
    )
    assert 200 == door.call("GET", path, headers={"If-None-Match": '"another"'}).status_code


def test_the_tag_of_a_day_is_not_that_of_another_day(door: Door) -> None:
    tags = {
        door.call("GET", f"/v1/rules?on={day}").headers["ETag"]
        for day in ("2024-01-01", "2024-01-02")
    }
    assert 2 == len(tags)


def test_a_sequence_and_its_messages_have_tags(door: Door) -> None:
    subscriber = door.of("job_centre", "904")
    facts = {"jobCentreAffiliations": [{"organisationCode": "904", "from": "2020-01-01"}]}
    number = door.citizen(**facts)
    assert (
        201
        == subscriber.call("POST", "/v1/interviews", json=interview(), citizen=number).status_code
    )
    path = subscriber.call("POST", "/v1/message-sequences").headers["Location"]
    for where in (path, f"{path}/messages"):
        known = {"If-None-Match": subscriber.call("GET", where).headers["ETag"]}
        assert 304 == subscriber.call("GET", where, headers=known).status_code
    assert 204 == subscriber.call("POST", f"{path}/terminate").status_code
    assert 200 == subscriber.call("GET", path, headers=known).status_code


# --- participants ---------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [None, "*", '"v2"', '"v1", "v2"'])
@pytest.mark.parametrize(("method", "status"), [("POST", 201), ("PUT", 200), ("DELETE", 204)])
def test_a_participant_is_changed_where_the_version_is_the_expected_one(
    door: Door, method: str, status: int, named: str | None
) -> None:
    answer = change_participant(door, method, named)
    assert (status, '"v3"') == (answer.status_code, answer.headers["ETag"])


@pytest.mark.parametrize("named", ['"v1"', '"v3", "v4"', 'W/"v2"', '"x"', '""', ""])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_participant_of_another_version_is_412(door: Door, method: str, named: str) -> None:
    answer = change_participant(door, method, named)
    assert (412, "/problems/version-stale") == (answer.status_code, answer.json["type"])


def change_participant(door: Door, method: str, named: str | None):
    participants = f"{door.registered().headers['Location']}/participants"
    path = door.call("POST", participants, json={"name": "Bo"}).headers["Location"]
    return door.call(
        method,
        participants if method == "POST" else path,
        json=None if method == "DELETE" else {"name": "Ida"},
        headers={} if named is None else {"If-Match": named},
    )
