"""Bodies that are no messages: 400 with code 1014, every fault at once, and never more."""

from __future__ import annotations

import json

import pytest

from tests.web.door import FACTS, Door, interview, without

WHERE = "/v1/interviews"


@pytest.fixture(scope="module")
def number(door: Door) -> str:
    return door.citizen()


def post(door: Door, number: str, raw: bytes | str, **headers: str):
    sent = {"Content-Type": "application/json", **headers}
    return door.call("POST", WHERE, data=raw, citizen=number, headers=sent)


def pointers(answer) -> list[str]:
    assert (400, "1014") == (answer.status_code, answer.json["code"]), answer.text
    assert "/problems/message-invalid" == answer.json["type"]
    return [each["pointer"] for each in answer.json["errors"]]


def test_all_faults_are_named_at_once(door: Door, number: str) -> None:
    body = {
        "interviewTypeIdentifier": "7",
        "heldAt": "2024-03-05T10:00:00",
        "responsibleAuthority": {"organisationType": "club", "organisationCode": ""},
        "interviewWithMoreAuthorities": None,
        "participants": [{"name": 1, "age": 9}, "Bo"],
        "colour": "red",
    }
    answer = post(door, number, json.dumps(body))
    assert [
        "/colour",
        "/heldAt",
        "/interviewContactTypeIdentifier",
        "/interviewTypeIdentifier",
        "/interviewWithMoreAuthorities",
        "/participants/0/age",
        "/participants/0/name",
        "/participants/1",
        "/responsibleAuthority/organisationCode",
        "/responsibleAuthority/organisationType",
    ] == pointers(answer)
    assert all({"da", "en"} == each["message"].keys() for each in answer.json["errors"])


@pytest.mark.parametrize("name", sorted(interview()))
def test_required_fields_are_required(door: Door, number: str, name: str) -> None:
    assert [f"/{name}"] == pointers(post(door, number, json.dumps(without(interview(), name))))


@pytest.mark.parametrize(
    "moment",
    [
        "2024-03-05T10:00:00",
        "2024-03-05 10:00:00+01:00",
        "2024-03-05T10:00+01:00",
        "2024-03-05T10:00:00+0100",
        "2024-03-05T10:00:00.1234567Z",
        "2024-03-05T24:00:00Z",
        "2024-03-05T10:00:60Z",
        "2024-02-30T10:00:00Z",
        "2024-03-05T10:00:00.0000001Z",
        "2024-03-05T10:00:00.1000000000000Z",
        "2024-03-05T10:00:00+24:00",
        "2024-03-05T10:00:00+01:60",
        "2024-03-05T10:00:00Z\n",
        "2024-W10-2T10:00:00Z",
        "٢٠٢٤-03-05T10:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-23:00",
        "1899-12-31T23:59:59Z",
        "2201-01-01T00:00:00Z",
        "2024-03-05",
        "",
        "x" * 50,
    ],
)
def test_moments_without_offset_or_reason_are_refused(door: Door, number: str, moment: str) -> None:
    assert ["/heldAt"] == list(
        dict.fromkeys(pointers(post(door, number, json.dumps(interview(heldAt=moment)))))
    )


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2024-03-05t09:00:00z", "2024-03-05T10:00:00+01:00"),
        ("2024-03-05T09:00:00.5Z", "2024-03-05T10:00:00.500000+01:00"),
        ("2024-03-05T09:00:00.000000-00:00", "2024-03-05T10:00:00+01:00"),
        ("2024-03-05T09:00:00.1234560Z", "2024-03-05T10:00:00.123456+01:00"),
        ("2024-03-05T10:00:00.000000000+01:00", "2024-03-05T10:00:00+01:00"),
        ("2024-03-06T00:00:00+15:00", "2024-03-05T10:00:00+01:00"),
    ],
)
def test_every_spelling_of_a_moment_is_read(door: Door, moment: str, shown: str) -> None:
    assert shown == door.registered(heldAt=moment).json["heldAt"]


@pytest.mark.parametrize(
    "value", ["7", 7.5, -1, 2_147_483_648, 10**30, 1e300, True, None, [7], {"id": 7}]
)
def test_codes_are_bounded_whole_numbers(door: Door, number: str, value: object) -> None:
    body = interview(interviewTypeIdentifier=value)
    assert ["/interviewTypeIdentifier"] == pointers(post(door, number, json.dumps(body)))


def test_seven_point_zero_is_seven(door: Door) -> None:
    receipt = door.registered(interviewTypeIdentifier=7.0)
    assert "7" == json.dumps(receipt.json["interviewTypeIdentifier"])


def test_a_name_that_is_there_twice_is_refused(door: Door, number: str) -> None:
    raw = json.dumps(interview(participants=[{"name": "Bo"}]))
    twice = raw.replace('"name": "Bo"', '"name": "Bo", "name": "Eva"').replace(
        '"heldAt"', '"heldAt": "2024-03-05T10:00:00+01:00", "heldAt"'
    )
    assert ["/heldAt", "/participants/0/name"] == pointers(post(door, number, twice))


def test_a_name_twice_in_another_spelling_is_refused(door: Door, number: str) -> None:
    raw = json.dumps(interview())[:-1] + r', "held\u0041t": "2024-03-05T11:00:00+01:00"}'
    assert ["/heldAt"] == pointers(post(door, number, raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"{",
        b"{}}",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": 01}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        b'{"a": "\x01"}',
        "{}".encode("utf-16"),
        b"[" * 100_0 + b"]" * 100_0,
        b"[" * 30_000,
        b'{"a":' * 10_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
    ],
)
def test_what_is_no_json_object_is_refused(door: Door, number: str, raw: bytes) -> None:
    assert [""] == pointers(post(door, number, raw))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "the body is empty; expected a JSON object"),
        (b" \n", "the body is empty; expected a JSON object"),
        (b"\xef\xbb\xbf{}", "the body begins with a byte order mark (BOM); leave it out"),
        (b'{"a": "\xe6"}', "the body is not UTF-8"),
        (b'{\n "a": 1,\n "b": NaN}', "the body is not valid JSON: line 3, character 7"),
    ],
)
def test_why_a_body_is_no_json_is_said(door: Door, number: str, raw: bytes, words: str) -> None:
    (error,) = post(door, number, raw).json["errors"]
    assert words == error["message"]["en"]


def test_a_hundred_thousand_brackets_are_refused_before_they_are_parsed(
    door: Door, number: str
) -> None:
    answer = post(door, number, b"[" * 100_000 + b"]" * 100_000)
    assert (413, "/problems/body-too-large") == (answer.status_code, answer.json["type"])


def test_too_many_values_are_refused(door: Door, number: str) -> None:
    assert [""] == pointers(post(door, number, b'{"a": [' + b"1," * 25_000 + b"1]}"))


def test_nul_is_refused_in_texts_and_in_names(door: Door, number: str) -> None:
    body = interview(agreementText="a\0b", participants=[{"name": "\0"}])
    assert ["/agreementText", "/participants/0/name"] == pointers(
        post(door, number, json.dumps(body))
    )
    assert [""] == pointers(post(door, number, b'{"a\\u0000": 1}'))


def test_the_body_is_limited(door: Door, number: str) -> None:
    answer = post(door, number, json.dumps(interview(agreementText="x" * 70_000)))
    assert (413, "the body may be at most 65536 bytes") == (
        answer.status_code,
        answer.json["detail"],
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/jsonx"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_other_media_types_are_415(door: Door, number: str, headers: dict[str, str]) -> None:
    answer = post(door, number, json.dumps(interview()), **headers)
    assert (415, "/problems/media-type-unsupported") == (answer.status_code, answer.json["type"])


def test_a_charset_beside_the_media_type_is_fine(door: Door) -> None:
    answer = post(
        door,
        door.citizen(),
        json.dumps(interview()),
        **{"Content-Type": "application/json; charset=utf-8"},
    )
    assert 201 == answer.status_code


def test_faults_repeat_no_values_and_no_strange_names(door: Door, number: str) -> None:
    body = interview(heldAt="710190-1234", agreementText=["Åse"], **{"710190-1234": 1, "a b": 2})
    answer = post(door, number, json.dumps(body))
    assert ["", "/agreementText", "/heldAt"] == pointers(answer)
    assert "710190" not in answer.text
    assert "Åse" not in answer.text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"contactGroups": None}, ["/contactGroups"]),
        ({"contactCourseBegan": "15-01-2024"}, ["/contactCourseBegan"]),
        ({"contactCourseBegan": "0001-01-01"}, ["/contactCourseBegan"]),
        ({"contactCourseBegan": "2024-1-1"}, ["/contactCourseBegan"]),
        ({"bookings": ["2f0c"]}, ["/bookings/0"]),
        (
            {"fundMemberships": [{"organisationCode": 7}]},
            ["/fundMemberships/0/from", "/fundMemberships/0/organisationCode"],
        ),
        ({"interviews": []}, ["/interviews"]),
    ],
)
def test_facts_of_citizens_are_checked(
    door: Door, number: str, changes: dict[str, object], expected: list[str]
) -> None:
    answer = door.of("agency", "star").call(
        "PUT", "/v1/citizens", json={**FACTS, **changes}, citizen=number
    )
    assert expected == pointers(answer)


def test_a_new_interview_names_no_participants_identifier(door: Door, number: str) -> None:
    listed = [{"name": "Bo", "participantIdentifier": "6f1c9a34-0d7a-4c65-9b4c-111111111111"}]
    answer = post(door, number, json.dumps(interview(participants=listed)))
    assert ["/participants/0/participantIdentifier"] == pointers(answer)
