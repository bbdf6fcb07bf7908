"""*Prøv en samtale* over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from engine.cases.files import read_case_files
from engine.reader.load import load_rulebook
from tests.web.door import CITIZEN, FACTS, invented_number
from tests.web.ui.bench import PROJECT, Bench, Visitor, bench
from web.api.scopes import Scope

_INPUT = re.compile(r'<input id="[^"]+" name="([^"]+\.[^"]+)"[^>]*? value="([^"]*)"')
_SELECT = re.compile(r'<select id="[^"]+" name="([^"]+\.[^"]+)".*?</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected>')


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("trial")) as made:
        yield made


@pytest.fixture(scope="module")
def analyst(place: Bench) -> Visitor:
    return place.visitor()


def filled_in(page: str) -> dict[str, str]:
    """What a browser would send of a page."""
    found = dict(_INPUT.findall(page))
    for match in _SELECT.finditer(page):
        chosen = _CHOSEN.search(match[0])
        found[match[1]] = chosen[1] if chosen else ""
    return found


def answer_of(page: str) -> str:
    shown = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    found = re.search(r'<p class="answer" role="[a-z]+">(.*?)</p>', shown, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>|[✓✗?!]", "", found[1]).strip()


def codes_of(page: str) -> list[str]:
    return re.findall(r'<span class="badge code (?:bad|warn)">([^<]+)</span>', page)


@pytest.mark.parametrize(
    ("key", "answer", "codes"),
    [
        ("jobsamtale", "Accepteret", []),
        ("for-tidlig", "Afvist", ["S-101", "S-105"]),
        ("skiftet-gruppe", "Afvist", ["S-103"]),
        ("flyttet", "Afvist", ["6005"]),
    ],
)
def test_an_example_is_answered_when_the_page_is_opened(
    analyst: Visitor, key: str, answer: str, codes: list[str]
) -> None:
    page = analyst.get(f"/proev?eksempel={key}").text
    assert answer == answer_of(page)
    assert codes == codes_of(page)


def test_of_very_many_rules_those_that_speak_up_and_some_others_are_told(
    analyst: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = analyst.get("/proev?eksempel=for-tidlig").text
    count = re.search(r"(\d+) andre regler", whole)
    assert count is not None
    assert "mere</p></details>" not in whole
    for module in ("verdict", "trace"):
        monkeypatch.setattr(f"web.ui.trial.{module}.MOST_TREES", 3)
    page = analyst.get("/proev?eksempel=for-tidlig").text
    assert f"{count[1]} andre regler" in page
    assert f"og {int(count[1]) - 3} mere</p></details>" in page
    assert ["S-101", "S-105"] == codes_of(page)
    assert whole.count('class="branch-title"') - int(count[1]) + 3 == page.count(
        'class="branch-title"'
    )


def test_a_folded_group_says_its_moments_in_words(place: Bench) -> None:
    visitor = place.visitor()
    assert "3. juni 2024 kl. 12.00" in visitor.get("/proev").text
    visitor.get("/visning?language=en")
    assert "3 June 2024 at 12:00" in visitor.get("/proev").text


def test_what_is_typed_is_answered_as_a_part_of_the_page(analyst: Visitor) -> None:
    stated = filled_in(analyst.get("/proev").text)
    answer = analyst.client.post(
        "/proev",
        data={**stated, "operation": "create_interview", "interview.type": "18"},
        headers={"X-Form-Proof": analyst.proof(), "HX-Request": "true", "HX-Target": "verdict"},
    )
    assert 200 == answer.status_code
    assert answer.text.lstrip().startswith('<div id="verdict"')
    assert "<html" not in answer.text
    assert ["S-103"] == codes_of(answer.text)


def test_without_scripts_a_button_answers_with_the_whole_page(analyst: Visitor) -> None:
    stated = filled_in(analyst.get("/proev").text)
    page = analyst.post(
        "/proev", **{**stated, "operation": "create_interview", "interview.type": "18"}
    ).text
    assert "Afvist" == answer_of(page)
    assert "18" == filled_in(page)["interview.type"]


def test_a_row_is_added_with_a_beginning_and_removed_again(analyst: Visitor) -> None:
    stated = filled_in(analyst.get("/proev").text)
    sent = {**stated, "operation": "create_interview", "do": "add:citizen.contact_groups"}
    page = analyst.post("/proev", **sent).text
    assert "2024-05-04" == filled_in(page)["citizen.contact_groups.1.from"]
    assert re.search(r'id="citizen-contact_groups-1-contact_group"[^>]* autofocus', page)
    sent = {
        **filled_in(page),
        "operation": "create_interview",
        "do": "remove:citizen.contact_groups.0",
    }
    page = analyst.post("/proev", **sent).text
    left = {name for name in filled_in(page) if name.startswith("citizen.contact_groups")}
    assert {
        f"citizen.contact_groups.1.{each}" for each in ("contact_group", "from", "until")
    } == left


def test_another_operation_keeps_what_both_ask_for(analyst: Visitor) -> None:
    stated = filled_in(analyst.get("/proev").text)
    page = analyst.post(
        "/proev",
        **{
            **stated,
            "operation": "read_interview",
            "operation_before": "create_interview",
            "interview.type": "18",
        },
    ).text
    assert "18" == filled_in(page)["interview.type"]
    assert "2024-06-03" == filled_in(page)["access.day"]
    assert "Adgang" == answer_of(page)


@pytest.mark.parametrize(
    "operation",
    ["update_interview", "add_participant", "delete_participant", "read_citizen", "tell_change"],
)
def test_every_operation_can_be_tried(analyst: Visitor, operation: str) -> None:
    answer = analyst.get(f"/proev?operation={operation}")
    assert 200 == answer.status_code
    assert answer_of(answer.text) in {"Accepteret", "Adgang", "Besked sendes"}


def test_what_is_wrong_is_said_at_its_field(analyst: Visitor) -> None:
    stated = {**filled_in(analyst.get("/proev").text), "interview.held_at": ""}
    page = analyst.post("/proev", **{**stated, "operation": "create_interview"}).text
    assert "Formularen mangler noget" == answer_of(page)
    assert 'id="interview-held_at-fault">skal udfyldes' in page


def test_a_case_of_the_analysts_can_be_tried(place: Bench, analyst: Visitor) -> None:
    rulebook = load_rulebook(PROJECT / "rules", PROJECT / "config")
    folder = PROJECT / "tests/cases"
    files = {f"tests/cases/{p.name}": p.read_bytes() for p in folder.glob("*.yaml")}
    cases, _ = read_case_files(files, rulebook)
    case = next(each for each in cases if each.codes == ("S-103",))
    page = analyst.get(f"/proev?sag={case.file}:{case.place.line}").text
    assert ["S-103"] == codes_of(page)


def test_the_picture_says_in_words_what_it_shows(analyst: Visitor) -> None:
    page = analyst.get("/proev?eksempel=for-tidlig").text
    assert '<svg class="timeline"' in page
    assert 'aria-labelledby="timeline-title timeline-desc"' in page
    assert "Tidligst tilladt" in page
    assert "nulstillende</td>" in page


def test_english_is_one_click_away(place: Bench) -> None:
    visitor = place.visitor()
    visitor.get("/visning?language=en&back=/proev")
    assert "Refused" == answer_of(visitor.get("/proev?eksempel=for-tidlig").text)


# --- as a test case -------------------------------------------------------------------------------


def test_the_case_can_be_seen_and_downloaded_but_not_kept_here(analyst: Visitor) -> None:
    stated = {**filled_in(analyst.get("/proev").text), "operation": "create_interview"}
    page = analyst.post("/proev", **stated, do="case", case_name="Min første").text
    assert "cases: proev-min-foerste" in page
    assert "Gem i tests/cases" not in page
    answer = analyst.post("/proev", **stated, do="download", case_name="Min første")
    assert 'attachment; filename="proev-min-foerste.yaml"' == answer.headers["Content-Disposition"]
    assert answer.text.startswith("# yaml-language-server")


def test_a_case_without_a_name_is_not_written(analyst: Visitor) -> None:
    stated = {**filled_in(analyst.get("/proev").text), "operation": "create_interview"}
    answer = analyst.post("/proev", **stated, do="download", case_name=" ")
    assert 400 == answer.status_code
    assert "Giv testcasen et navn" in answer.text


def test_where_files_may_be_changed_a_case_is_kept_once(tmp_path) -> None:
    with bench(tmp_path, edit=True) as place:
        analyst = place.visitor()
        stated = {
            **filled_in(analyst.get("/proev?eksempel=for-tidlig").text),
            "operation": "create_interview",
        }
        first = analyst.post("/proev", **stated, do="keep", case_name="Min første")
        kept = place.file("tests/cases/proev-min-foerste.yaml")
        assert "Gemt som tests/cases/proev-min-foerste.yaml" in first.text
        text = kept.read_text(encoding="utf-8")
        assert 'expect: {codes: ["S-101", "S-105"]}' in text
        stated["interview.type"] = "18"
        second = analyst.post("/proev", **stated, do="keep", case_name="Min første")
        assert "allerede en fil med det navn" in second.text
        assert text == kept.read_text(encoding="utf-8")


# --- a citizen who is looked up -------------------------------------------------------------------


def _known(place: Bench, **facts: object) -> str:
    number = invented_number()
    client = place.app.test_client()
    sent = client.put(
        "/v1/citizens",
        json={**FACTS, **facts},
        headers={"Authorization": f"Bearer {place.token()}", CITIZEN: number},
    )
    assert 204 == sent.status_code
    return number


def test_a_citizen_is_looked_up_without_the_number_coming_back(
    place: Bench, analyst: Visitor
) -> None:
    number = _known(
        place, contactGroups=[{"contactGroupTypeIdentifier": 27, "eventTime": "2021-02-03"}]
    )
    answer = analyst.post("/proev/borger", cpr=number)
    assert 200 == answer.status_code
    shown = filled_in(answer.text)
    assert "27" == shown["citizen.contact_groups.0.contact_group"]
    assert "2021-02-03" == shown["citizen.contact_groups.0.from"]
    assert number not in answer.text
    assert number.replace("-", "") not in answer.text


def test_a_look_up_stands_in_the_audit_log_as_a_dry_run(place: Bench, analyst: Visitor) -> None:
    from sqlalchemy import select

    from registry import tables
    from registry.storage import Database

    number = _known(place)
    analyst.post("/proev/borger", cpr=number)
    database = Database(place.settings.database_url)
    line = tables.audit_line.c
    with database.reading() as unit:
        rows = unit.execute(
            select(line.operation, line.outcome, line.user).order_by(line.sequence.desc()).limit(1)
        ).all()
    database.close()
    assert [("dry_run", "read", "developer")] == [tuple(each) for each in rows]


def test_whom_one_may_not_see_is_as_one_who_is_not_there(place: Bench) -> None:
    number = _known(place)
    elsewhere = place.visitor(place.token("job_centre", "999"))
    foreign = elsewhere.post("/proev/borger", cpr=number)
    unknown = elsewhere.post("/proev/borger", cpr=invented_number())
    assert (404, 404) == (foreign.status_code, unknown.status_code)

    def alarm(page: str) -> str:
        found = re.search(r'<p class="notice bad" role="alert">(.*?)</p>', page)
        assert found is not None
        return found[1]

    assert alarm(foreign.text) == alarm(unknown.text)


def test_a_fund_that_sees_some_interviews_only_is_told_of_none(place: Bench) -> None:
    number = _known(place)
    fund = place.visitor(place.token("unemployment_fund", "7"))
    assert 404 == fund.post("/proev/borger", cpr=number).status_code


@pytest.mark.parametrize("text", ["", "123", "abcdefghij", "12345678901"])
def test_what_is_no_number_is_said_to_be_none(analyst: Visitor, text: str) -> None:
    answer = analyst.post("/proev/borger", cpr=text)
    assert 400 == answer.status_code
    assert "ti cifre" in answer.text


# --- who may come ---------------------------------------------------------------------------------


def test_nobody_tries_without_logging_in(place: Bench) -> None:
    answer = place.app.test_client().get("/proev")
    assert 303 == answer.status_code
    assert "/log-ind" in answer.headers["Location"]


def test_a_token_for_rules_alone_may_not_try(place: Bench) -> None:
    reader = place.visitor(place.token(scopes=[Scope.RULES.value]))
    assert 403 == reader.get("/proev").status_code


def test_a_form_that_is_not_ours_is_refused(analyst: Visitor) -> None:
    assert 400 == analyst.client.post("/proev", data={"operation": "create_interview"}).status_code


def test_a_hostile_value_is_shown_as_text(analyst: Visitor) -> None:
    stated = filled_in(analyst.get("/proev").text)
    hostile = '"><script>alert(1)</script>'
    page = analyst.post(
        "/proev",
        **{
            **stated,
            "operation": "create_interview",
            "caller.organisation": hostile,
            "case_name": hostile,
        },
    ).text
    assert "<script>alert" not in page
