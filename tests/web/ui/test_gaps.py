"""Mangler: all that is assumed or inferred, with who uses it and what rests on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model import Rulebook
from engine.reader.load import load_rulebook
from registry.decision_search import DecisionSearch
from registry.storage import Database
from tests.ui.pages import registered
from tests.web.ui.bench import NOW, PROJECT, Bench, bench
from web.ui.resting import Ledger, Resting
from web.ui.uncertain import UNCERTAIN, Kind


def _rulebook() -> Rulebook:
    return load_rulebook(PROJECT / "rules", PROJECT / "config")


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return _rulebook()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("gaps")) as made:
        registered(made)
        yield made


def test_every_mark_in_the_files_has_its_entry(rulebook: Rulebook) -> None:
    marked = {
        f"{folder}/{file.name}": len(
            re.findall(r"confidence: (?:assumed|inferred)", _without_comments(file))
        )
        for folder in ("rules", "config")
        for file in sorted((PROJECT / folder).glob("*.yaml"))
    }
    entries = [each for each in UNCERTAIN.of(rulebook) if each.kind is not Kind.ERROR_CODE]
    listed = {name: sum(each.place.file == name for each in entries) for name in marked}
    assert marked == listed
    assert len(entries) == len({each.key for each in entries})


def _without_comments(file: Path) -> str:
    return re.sub(r"^\s*#.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_error_codes_that_we_assigned_are_there_with_their_rules(rulebook: Rulebook) -> None:
    entries = {each.key[1]: each for each in UNCERTAIN.of(rulebook) if each.kind == "error_code"}
    assert entries.keys() == {
        each.code for each in rulebook.error_codes.values() if each.origin == "assigned"
    }
    assert ("type-allowed-for-contact-group",) == entries["S-103"].rules


def test_an_entry_names_the_rules_that_use_it(rulebook: Rulebook) -> None:
    entries = {each.key: each for each in UNCERTAIN.of(rulebook)}
    row = entries["row", "allowed_interview_types", "13", "2018-01-01"]
    assert ("type-allowed-for-contact-group",) == row.rules
    assert "13 (" in row.name.da
    days = next(each for each in entries.values() if each.key[1] == "fund_reading_days")
    assert "fund-near-member" in days.rules
    assert "120 dage" in days.name.da


def test_a_decision_rests_on_the_wordings_and_rows_of_its_own_facts(rulebook: Rulebook) -> None:
    facts = {
        "registration.recorded_at": "2024-06-03T10:00:00Z",
        "registration.recorded_on": "2024-06-03",
        "interview.type": 7,
        "interview.held_at": "2024-03-05T09:00:00Z",
        "interview.held_on": "2024-03-05",
        "citizen.contact_groups": [{"contact_group": 13, "from": "2020-01-01"}],
    }
    keys = Ledger(rulebook).keys("create_interview", facts)
    assert ("rule", "type-allowed-for-contact-group", "2019-06-01") in keys
    rows = {key[1:3] for key in keys if key[0] == "row"}
    assert ("interview_types", "7") in rows and ("contact_groups", "13") in rows
    assert ("allowed_interview_types", "13") in rows
    assert ("allowed_interview_types", "1") not in rows
    early = Ledger(rulebook).keys("create_interview", {"registration.recorded_on": "1999-01-01"})
    assert ("rule", "type-allowed-for-contact-group", "2019-06-01") not in early
    assert set() == Ledger(rulebook).keys("no_such_operation", facts)


def test_counting_in_steps_gives_what_counting_at_once_gives(
    place: Bench, rulebook: Rulebook
) -> None:
    database = Database(place.settings.database_url)
    try:
        search = DecisionSearch(database, lambda: NOW)
        whole = Resting(search).step(rulebook)
        steps = Resting(search, at_once=3)
        counts = [steps.step(rulebook) for _ in range(7)]
    finally:
        database.close()
    assert [3, 6, 9, 12, 15, 18, 20] == [each.counted for each in counts]
    assert whole == counts[-1] and whole.finished and not counts[0].finished
    assert 20 == whole.counts["rule", "held-not-before-latest-resetting", "2019-06-01"]


def test_an_analyst_sees_how_many_decisions_rest_on_each_and_others_do_not(place: Bench) -> None:
    text = place.visitor().get("/mangler").text
    assert "Alle 20 gemte afgørelser er talt" in text
    assert '<td class="number" data-label="Afgørelser">20</td>' in text
    reader = place.visitor(place.token(scopes=["rules"])).get("/mangler").text
    assert "Afgørelser" not in reader.split("<main")[1]


def test_a_long_kind_is_cut_short_until_it_is_asked_for(place: Bench) -> None:
    visitor = place.visitor()
    assert 'href="/mangler?kind=code">Vis alle' in visitor.get("/mangler").text
    rows = [
        visitor.get(f"/mangler?kind=code{page}").text.count('<th scope="row">')
        for page in ("", "&page=2")
    ]
    codes = sum(each.kind is Kind.CODE for each in UNCERTAIN.of(_rulebook()))
    assert [codes, 0] == rows


def test_the_list_is_narrowed_by_kind_and_confidence(place: Bench) -> None:
    text = place.visitor().get("/mangler?kind=parameter&confidence=inferred").text
    body = text.split("<main")[1]
    assert "A-kassers læseadgang" in body and "A-kasseforsøget" not in body
    assert "Ingen mangler her" in place.visitor().get("/mangler?kind=nothing").text


def test_a_place_leads_to_the_editor_where_files_may_be_changed(
    place: Bench, tmp_path: Path
) -> None:
    link = r'href="/ret\?fil=(config/parameters\.yaml)#L(\d+)"'
    assert not re.search(link, place.visitor().get("/mangler").text)
    with bench(tmp_path, edit=True) as changeable:
        analyst = changeable.visitor()
        found = re.search(link, analyst.get("/mangler").text)
        assert found is not None
        text = changeable.file(found[1]).read_text(encoding="utf-8")
        assert "fund_trial_935_4" in text.splitlines()[int(found[2]) - 1]
        assert "#L" in analyst.get("/regler/held-in-the-past").text
        reader = changeable.visitor(changeable.token("job_centre", "101"))
        assert not re.search(link, reader.get("/mangler").text)
