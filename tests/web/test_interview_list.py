"""The list of a citizen's interviews over HTTP: filters, pages, faults of the query."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.door import Door


@pytest.fixture(scope="module")
def busy(door: Door) -> str:
    """A citizen with five interviews, one a month."""
    number = door.citizen()
    for month, kind in zip(range(1, 6), (12, 7, 12, 18, 7), strict=True):
        door.registered(
            number, heldAt=f"2024-0{month}-05T10:00:00+01:00", interviewTypeIdentifier=kind
        )
    return number


def months(answer) -> list[int]:
    return [int(each["heldAt"][5:7]) for each in answer.json["interviews"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("interviewType=12", [1, 3]),
        ("interviewType=12&interviewType=18", [1, 3, 4]),
        ("interviewType=4", []),
        ("heldFrom=2024-02-05T10:00:00%2B01:00", [2, 3, 4, 5]),
        ("heldTo=2024-02-05T10:00:00%2B01:00", [1]),
        ("heldFrom=2024-02-06&heldTo=2024-05-05", [3, 4]),
        ("heldFrom=2024-02-06&heldTo=2024-05-06&interviewType=7", [5]),
    ],
)
def test_the_list_is_filtered(door: Door, busy: str, query: str, expected: list[int]) -> None:
    answer = door.call("GET", f"/v1/interviews?{query}", citizen=busy)
    assert expected == months(answer)
    assert answer.json["next"] is None
    assert "Link" not in answer.headers


@pytest.mark.parametrize("query", ["limit=2", "limit=1&interviewType=7&interviewType=12"])
def test_following_the_link_gives_every_interview_once(door: Door, busy: str, query: str) -> None:
    path, seen = f"/v1/interviews?{query}", []
    for _ in range(10):
        answer = door.call("GET", path, citizen=busy)
        seen += months(answer)
        if "Link" not in answer.headers:
            break
        path = answer.headers["Link"].split(">")[0][1:]
        assert quote(answer.json["next"]) in path
    assert ([1, 2, 3, 4, 5] if query == "limit=2" else [1, 2, 3, 5]) == seen


def test_the_list_is_not_sent_again_when_it_is_known(door: Door, busy: str) -> None:
    first = door.call("GET", "/v1/interviews", citizen=busy)
    known = {"If-None-Match": first.headers["ETag"]}
    again = door.call("GET", "/v1/interviews", citizen=busy, headers=known)
    other = door.call("GET", "/v1/interviews?limit=1", citizen=busy, headers=known)
    assert (304, 200) == (again.status_code, other.status_code)


def test_fifty_are_the_most_unless_asked_for_more(door: Door) -> None:
    number = door.citizen()
    for minute in range(51):
        door.registered(
            number, interviewTypeIdentifier=12, heldAt=f"2024-03-05T10:{minute:02}:00+01:00"
        )
    first = door.call("GET", "/v1/interviews", citizen=number)
    every = door.call("GET", "/v1/interviews?limit=200", citizen=number)
    assert (50, 51) == (len(first.json["interviews"]), len(every.json["interviews"]))


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("limit=0", ["limit"]),
        ("limit=201", ["limit"]),
        ("limit=ten", ["limit"]),
        ("limit=5&limit=6", ["limit"]),
        ("limit=%D9%A1", ["limit"]),
        ("cursor=%C3%A6", ["cursor"]),
        ("cursor=WzEsMl0", ["cursor"]),
        ("cursor=Wzk5OTk5OTk5OTk5OTk5OTk5OTksImEiXQ", ["cursor"]),
        ("heldFrom=yesterday", ["heldFrom"]),
        ("heldFrom=2024-02-30", ["heldFrom"]),
        ("heldTo=2024-03-05T10:00:00", ["heldTo"]),
        ("heldTo=9999-12-31T23:59:59-23:00", ["heldTo"]),
        ("interviewType=x&interviewType=-1", ["interviewType", "interviewType"]),
        ("interviewType=2147483648", ["interviewType"]),
        ("heldfrom=2024-01-01", ["heldfrom"]),
        ("limit=0&heldTo=never", ["heldTo", "limit"]),
    ],
)
def test_faults_of_the_query_are_named(
    door: Door, busy: str, query: str, parameters: list[str]
) -> None:
    answer = door.call("GET", f"/v1/interviews?{query}", citizen=busy)
    assert (400, "1014") == (answer.status_code, answer.json["code"])
    assert parameters == [each["parameter"] for each in answer.json["errors"]]


def test_too_many_types_at_once_are_refused(door: Door, busy: str) -> None:
    query = "&".join(f"interviewType={number}" for number in range(21))
    assert 400 == door.call("GET", f"/v1/interviews?{query}", citizen=busy).status_code
