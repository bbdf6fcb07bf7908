"""Rules, tables and the rulebook over HTTP."""

from __future__ import annotations

import pytest

from tests.web.door import PROJECT, Door

TOOK_PART = "5 (The citizen took part) or 6 (The citizen did not take part)"


def test_rules_are_listed_with_sentences_in_both_languages(door: Door) -> None:
    answer = door.call("GET", "/v1/rules")
    assert "2024-06-03" == answer.json["on"]
    rules = {each["id"]: each for each in answer.json["rules"]}
    rule = rules["rehabilitation-team-participation-status"]
    assert ["9125"] == rule["codes"]
    assert ["/participationStatusTypeIdentifier"] == rule["fields"]
    assert "2019-06-01" == rule["inForce"]["validFrom"]
    assert "participation status" in rule["inForce"]["sentence"]["en"]
    assert "deltagelsesstatus" in rule["inForce"]["sentence"]["da"]
    assert "official" == rule["inForce"]["basis"]["confidence"]
    assert rules["job-centre-affiliation"]["gate"]
    assert "advice" == rules["direct-at-work-only-for-referral"]["severity"]
    assert ["90036"] == rules["booking-known-for-citizen"]["newCodes"]


def test_rules_can_be_asked_for_by_operation_and_day(door: Door) -> None:
    participants = door.call("GET", "/v1/rules?operation=add_participant").json["rules"]
    assert "participant-has-name" in {each["id"] for each in participants}
    assert all("add_participant" in each["operations"] for each in participants)
    early = door.call("GET", "/v1/rules?on=2019-05-31").json["rules"]
    assert "rehabilitation-team-participation-status" not in {each["id"] for each in early}
    assert [] == door.call("GET", "/v1/rules?operation=fly").json["rules"]


def test_a_rule_is_shown_also_when_it_is_not_in_force(door: Door) -> None:
    path = "/v1/rules/rehabilitation-team-participation-status"
    assert door.call("GET", path).json["inForce"] is not None
    early = door.call("GET", f"{path}?on=2019-05-31").json
    assert early["inForce"] is None
    assert "2019-06-01" == early["versions"][0]["validFrom"]


def test_a_rule_with_several_demands_shows_each(door: Door) -> None:
    rule = door.call("GET", "/v1/rules/code-in-force-on-held-day").json
    assert {"4709", "4708", "2002"} == set(rule["codes"])
    assert {"90000", "90001"} <= set(rule["newCodes"])
    assert set(rule["codes"]) == {each["code"] for each in rule["inForce"]["requirements"]}


def test_every_condition_of_a_rule_is_told_by_itself(door: Door) -> None:
    rule = door.call("GET", "/v1/rules/rehabilitation-team-participation-status").json
    (requirement,) = rule["inForce"]["requirements"]
    told = [(each["part"], each["sentence"]["en"]) for each in requirement["conditions"]]
    assert [
        ("when", "the interview's type is 18 (Rehabilitation team interview)"),
        ("when", "the participation status is given"),
        ("require", f"the participation status is {TOOK_PART}"),
    ] == told
    for each in requirement["conditions"]:
        file, line, _ = each["where"].split(":")
        written = (PROJECT / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert written.lstrip().startswith("interview.")


@pytest.mark.parametrize(
    ("speech", "parts"),
    [
        ("fund-own-member", ["when", "grant", "only_where"]),
        ("fund-of-the-citizen", ["when", "when", "to"]),
    ],
)
def test_every_condition_of_a_grant_or_notice_is_told(
    door: Door, speech: str, parts: list[str]
) -> None:
    conditions = door.call("GET", f"/v1/rules/{speech}").json["inForce"]["conditions"]
    assert parts == [each["part"] for each in conditions]
    assert all(each["sentence"]["da"] and each["sentence"]["en"] for each in conditions)


def test_rules_keep_their_shape_beside_grants_and_notices(door: Door) -> None:
    listed = door.call("GET", "/v1/rules").json["rules"]
    shapes = {kind: [set(each) for each in listed if each["kind"] == kind] for kind in KINDS}
    assert all(shapes.values())
    for kind, keys in KINDS.items():
        assert all(each == {"id", "kind", "file", "title", *keys} for each in shapes[kind])


KINDS = {
    "rule": {
        *("codes", "newCodes", "severity", "gate", "operations", "fields", "datedBy"),
        *("inForce", "versions"),
    },
    "grant": {"operations", "datedBy", "inForce", "versions"},
    "notice": {"operations", "datedBy", "inForce", "versions"},
}


def test_a_grant_is_shown_with_its_sentence_and_no_codes(door: Door) -> None:
    grant = door.call("GET", "/v1/rules/fund-own-member").json
    assert ("grant", "access") == (grant["kind"], grant["file"])
    assert ["read_citizen", "read_interview"] == grant["operations"]
    assert grant["inForce"]["sentence"]["da"].startswith("Der er adgang, når")
    assert "requirements" not in grant["inForce"]


def test_a_notice_is_shown_with_whom_it_tells(door: Door) -> None:
    (notice, *_) = (
        each
        for each in door.call("GET", "/v1/rules?operation=tell_change").json["rules"]
        if each["id"] == "fund-of-the-citizen"
    )
    current = notice["inForce"]
    assert ("GetPersonInterview", "unemployment_fund") == (
        current["message"],
        current["organisationType"],
    )
    assert "the message GetPersonInterview is sent to" in current["sentence"]["en"]


def test_tables_show_the_rows_in_force_with_their_confidence(door: Door) -> None:
    names = [each["name"] for each in door.call("GET", "/v1/tables").json["tables"]]
    assert {"interview_types", "allowed_interview_types"} <= set(names)

    def types(day: str) -> dict[int, str]:
        rows = door.call("GET", f"/v1/tables/interview_types?on={day}").json["rows"]
        assert all(each["confidence"] for each in rows)
        return {each["key"]: each["name"]["da"] for each in rows}

    before, after = types("2019-05-31"), types("2019-06-01")
    assert ("Jobsamtale med a-kasse", "Fælles Jobsamtale med dagpengemodtager") == (
        before[17],
        after[17],
    )
    assert (True, False) == (19 in before, 19 in after)


def test_a_table_of_lists_is_shown(door: Door) -> None:
    table = door.call("GET", "/v1/tables/allowed_interview_types?on=2024-01-01").json
    (row,) = (each for each in table["rows"] if each["key"] == 13)
    assert {"interview_types": [4, 7, 12, 18]} == row["values"]
    assert "assumed" == row["confidence"]


def test_the_rulebook_names_itself_and_its_files(door: Door) -> None:
    rulebook = door.call("GET", "/v1/rulebook").json
    assert rulebook["id"].startswith("sha256:")
    assert {"rules/registration.yaml", "config/code_lists.yaml"} <= rulebook["files"].keys()
    assert ("2024-06-03T12:00:00+02:00", 1) == (rulebook["since"], rulebook["format"])


@pytest.mark.parametrize("path", ["/v1/rules/nothing", "/v1/tables/nothing", "/v1/tables/%00"])
def test_unknown_rules_and_tables_are_404(door: Door, path: str) -> None:
    assert 404 == door.call("GET", path).status_code


@pytest.mark.parametrize("path", ["/v1/rules", "/v1/tables/interview_types", "/v1/rules/x"])
@pytest.mark.parametrize("day", ["today", "2024-13-01", "1899-12-31", "10000-01-01", ""])
def test_days_that_are_none_are_400(door: Door, path: str, day: str) -> None:
    answer = door.call("GET", f"{path}?on={day}")
    assert (400, "1014") == (answer.status_code, answer.json["code"])
    assert ["on"] == [each["parameter"] for each in answer.json["errors"]]
