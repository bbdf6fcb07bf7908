"""The parts of *Prøv en samtale* that know no HTTP."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example as tried
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cases.files import read_case_files
from engine.cases.results import run_case
from engine.decide import Decider
from engine.model import Rulebook
from engine.reader.load import load_rulebook
from web.ui.persons import civil_numbers, personal
from web.ui.trial.case_text import CaseRefused, case_text, file_name
from web.ui.trial.drawing import drawn
from web.ui.trial.earliest import earliest_accepted
from web.ui.trial.examples import EXAMPLES, example
from web.ui.trial.form import MOST_ROWS, form_of
from web.ui.trial.submitted import inputs_of, read_inputs
from web.ui.trial.timeline import Timeline, timeline_of
from web.ui.trial.trace import Node, branches_of

PROJECT = Path(__file__).parents[3]
NOW = datetime(2024, 6, 3, 10, tzinfo=UTC)
CREATE = "create_interview"


@functools.cache
def real_decider() -> Decider:
    return Decider(load_rulebook(PROJECT / "rules", PROJECT / "config"))


@pytest.fixture(scope="module")
def decider() -> Decider:
    return real_decider()


@pytest.fixture(scope="module")
def rulebook(decider: Decider) -> Rulebook:
    return decider.rulebook


def inputs(rulebook: Rulebook, key: str = "jobsamtale", operation: str = CREATE) -> dict[str, str]:
    return inputs_of(rulebook, operation, example(key).facts(NOW))


def facts(rulebook: Rulebook, key: str = "jobsamtale", operation: str = CREATE, **changed: str):
    read = read_inputs(rulebook, operation, {**inputs(rulebook, key, operation), **changed})
    assert {} == read.faults
    assert read.facts is not None
    return read.facts


# --- the form -------------------------------------------------------------------------------------


def test_every_stated_fact_of_the_catalogue_is_asked_for(rulebook: Rulebook) -> None:
    form = form_of(rulebook, CREATE, inputs(rulebook), {}, date(2024, 6, 1))
    shown = {f.name for group in form.groups for f in group.fields}
    lists = {each.name for group in form.groups for each in group.lists}
    derived = {"interview.held_on", "registration.recorded_on", "interview.resetting"}
    assert set(rulebook.catalogue.of_operations([CREATE])) - derived == shown | lists


def test_options_carry_the_names_of_codes_on_the_day(rulebook: Rulebook) -> None:
    def name(day: date) -> str:
        form = form_of(rulebook, CREATE, inputs(rulebook), {}, day)
        fields = {f.name: f for group in form.groups for f in group.fields}
        options = {each.value: each.label.da for each in fields["interview.type"].options}
        return options["17"]

    assert "17 Jobsamtale med a-kasse" == name(date(2019, 5, 31))
    assert "17 Fælles Jobsamtale med dagpengemodtager" == name(date(2019, 6, 1))


def test_a_code_that_is_not_in_force_can_be_chosen_and_says_so(rulebook: Rulebook) -> None:
    form = form_of(rulebook, CREATE, inputs(rulebook), {}, date(2024, 6, 1))
    fields = {f.name: f for group in form.groups for f in group.fields}
    labels = {each.value: each.label.da for each in fields["interview.type"].options}
    assert labels["19"].endswith("(ikke i kraft den dag)")


def test_inputs_become_the_facts_they_were_made_of(rulebook: Rulebook) -> None:
    for operation in rulebook.catalogue.operations:
        for each in EXAMPLES:
            stated = inputs_of(rulebook, operation, each.facts(NOW))
            read = read_inputs(rulebook, operation, stated)
            assert {} == read.faults
            assert stated == inputs_of(rulebook, operation, read.facts or {})


def test_the_day_held_follows_from_the_moment_in_danish_time(rulebook: Rulebook) -> None:
    read = facts(rulebook, **{"interview.held_at": "2024-01-01T00:30"})
    assert date(2024, 1, 1) == read["interview.held_on"]
    assert datetime(2023, 12, 31, 23, 30, tzinfo=UTC) == read["interview.held_at"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("interview.held_at", "", "skal udfyldes"),
        ("interview.held_at", "i går", "skal være en dato og et klokkeslæt"),
        ("interview.held_at", "2024-03-31T02:30", "uret blev stillet frem"),
        ("interview.held_at", "0001-01-01T00:00", "skal være en dato og et klokkeslæt"),
        ("interview.type", "syv", "en af de viste koder"),
        ("interview.with_more_authorities", "måske", "ja eller nej"),
        ("citizen.contact_groups.0.from", "05-03-2024", "en dato som"),
        ("interview.booking_id", "x" * 2_001, "for lang"),
    ],
)
def test_a_wrong_input_is_named_in_the_words_of_the_user(
    rulebook: Rulebook, name: str, text: str, expected: str
) -> None:
    read = read_inputs(rulebook, CREATE, {**inputs(rulebook), name: text})
    assert read.facts is None
    assert [name] == list(read.faults)
    assert expected in read.faults[name].da


def test_no_more_rows_are_read_than_the_form_shows(rulebook: Rulebook) -> None:
    many = {f"citizen.bookings.{each}.booking_id": "x" for each in range(500)}
    read = read_inputs(rulebook, CREATE, {**inputs(rulebook), **many})
    assert read.facts is not None
    assert MOST_ROWS == len(read.facts["citizen.bookings"])  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=30), st.text(max_size=30), max_size=8))
def test_whatever_is_sent_is_read_or_refused(sent: dict[str, str]) -> None:
    rulebook = real_decider().rulebook
    names = list(inputs(rulebook))
    stated = {**inputs(rulebook), **sent, **dict(zip(names, sent.values(), strict=False))}
    read = read_inputs(rulebook, CREATE, stated)
    assert (read.facts is None) == bool(read.faults)


# --- the answer -----------------------------------------------------------------------------------


def test_the_examples_show_what_they_say(decider: Decider, rulebook: Rulebook) -> None:
    answers = {
        each.key: [
            found.code for found in decider.decide(CREATE, facts(rulebook, each.key)).violations
        ]
        for each in EXAMPLES
    }
    assert {
        "jobsamtale": [],
        "for-tidlig": ["S-101", "S-105"],
        "a-kasse": [],
        "rehabilitering": [],
        "skiftet-gruppe": ["S-103"],
        "flyttet": ["6005"],
    } == answers


def test_the_earliest_moment_is_the_first_that_the_rules_accept(
    decider: Decider, rulebook: Rulebook
) -> None:
    stated = facts(rulebook, "for-tidlig")
    earliest = earliest_accepted(decider, rulebook, CREATE, stated)
    assert earliest is not None

    def accepted(moment: datetime) -> bool:
        day = moment.astimezone().date()
        return decider.decide(
            CREATE, {**stated, "interview.held_at": moment, "interview.held_on": day}
        ).accepted

    assert accepted(earliest)
    assert not accepted(earliest - timedelta(minutes=2))


def test_nothing_is_earliest_when_no_moment_would_do(decider: Decider, rulebook: Rulebook) -> None:
    stated = facts(rulebook, **{"caller.organisation": "999"})
    assert earliest_accepted(decider, rulebook, CREATE, stated) is None


def _deciding(nodes: tuple[Node, ...]) -> list[str]:
    return [
        text
        for node in nodes
        for text in ([node.sentence.da] if node.decides and not node.inside else [])
        + _deciding(node.inside)
    ]


def test_what_decided_is_marked_and_what_did_not_is_not(
    decider: Decider, rulebook: Rulebook
) -> None:
    decision = decider.decide(CREATE, facts(rulebook, "for-tidlig"), traced=True)
    branch = next(each for each in branches_of(decision, rulebook) if "S-101" in each.codes)
    assert branch.speaks
    # one of three interviews is both resetting and later: two deciding conditions, not six
    assert ["er nulstillende", "tidspunktet er efter samtalens afholdelsestidspunkt"] == _deciding(
        branch.nodes
    )


def test_free_text_is_kept_back_and_codes_of_organisations_are_shown(
    decider: Decider, rulebook: Rulebook
) -> None:
    stated = facts(
        rulebook, "flyttet", **{"participants.0.name": "Vera Prøve", "interview.booking_id": "b-77"}
    )
    shown = repr(branches_of(decider.decide(CREATE, stated, traced=True), rulebook))
    assert "102" in shown
    assert "Vera" not in shown
    assert "b-77" not in shown


# --- the picture ----------------------------------------------------------------------------------


def picture(rulebook: Rulebook, key: str, earliest: datetime | None = None) -> Timeline:
    made = timeline_of(rulebook, CREATE, facts(rulebook, key), earliest)
    assert made is not None
    return made


def test_the_picture_marks_resetting_interviews(rulebook: Rulebook) -> None:
    (lane,) = [each for each in picture(rulebook, "jobsamtale").lanes if each.dots]
    assert [True, True, False] == [each.resetting for each in lane.dots]
    assert sorted(each.at for each in lane.dots) == [each.at for each in lane.dots]


def test_periods_that_overlap_stand_in_rows_of_their_own(rulebook: Rulebook) -> None:
    stated = facts(
        rulebook,
        **{
            "citizen.contact_groups.1.contact_group": "3",
            "citizen.contact_groups.1.from": "2024-01-01",
        },
    )
    made = timeline_of(rulebook, CREATE, stated, None)
    assert made is not None
    lane = next(each for each in made.lanes if each.name == "citizen.contact_groups")
    assert [1, 1] == [len(row) for row in lane.bars]


def test_one_group_after_the_other_shares_a_row(rulebook: Rulebook) -> None:
    made = picture(rulebook, "skiftet-gruppe")
    lane = next(each for each in made.lanes if each.name == "citizen.contact_groups")
    assert [2] == [len(row) for row in lane.bars]


def test_everything_drawn_is_also_said(rulebook: Rulebook) -> None:
    made = picture(rulebook, "flyttet", NOW)
    dots = sum(len(lane.dots) for lane in made.lanes)
    bars = sum(len(row) for lane in made.lanes for row in lane.bars)
    assert dots + bars + len(made.marks) == len(made.spoken)
    assert "102, fra 20. maj 2024" in [words.da for _, words in made.spoken]


def test_an_operation_that_tells_nothing_of_a_citizen_has_no_picture(rulebook: Rulebook) -> None:
    bare = replace(rulebook.catalogue, facts={}, operations={CREATE: frozenset()})
    assert timeline_of(replace(rulebook, catalogue=bare), CREATE, {}, None) is None


@settings(deadline=None)
@given(
    days=st.lists(st.dates(), max_size=6),
    ends=st.lists(st.one_of(st.none(), st.dates()), max_size=6),
    held=st.datetimes(timezones=st.just(UTC)),
)
@tried(days=[date.min], ends=[None], held=datetime(1, 1, 1, tzinfo=UTC))
@tried(days=[date.max], ends=[None], held=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
def test_any_life_fits_into_the_picture(
    days: list[date], ends: list[date | None], held: datetime
) -> None:
    rulebook = real_decider().rulebook
    stated = {
        "interview.held_at": held,
        "citizen.interviews": ({"type": 7, "held_at": held, "held_on": held.date()},),
        "citizen.contact_groups": tuple(
            {"contact_group": 1, "from": day, "until": end}
            for day, end in zip(days, ends, strict=False)
        ),
    }
    made = timeline_of(rulebook, CREATE, stated, held)
    assert made is not None
    drawn(made)
    placed = [
        at for lane in made.lanes for row in lane.bars for b in row for at in (b.starts, b.ends)
    ]
    placed += [dot.at for lane in made.lanes for dot in lane.dots]
    assert all(0 <= each <= 1 for each in placed)


# --- the case -------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [CREATE, "add_participant", "read_citizen", "tell_change"])
def test_a_case_that_is_written_down_passes_when_it_is_read(
    decider: Decider, rulebook: Rulebook, operation: str
) -> None:
    for each in EXAMPLES:
        stated = facts(rulebook, each.key, operation)
        decision = decider.decide(operation, stated, traced=True)
        text = case_text(rulebook, "Prøve: nr. 1", operation, stated, decision)
        cases, problems = read_case_files({"tests/cases/a.yaml": text.encode()}, rulebook)
        assert () == problems
        (case,) = cases
        assert run_case(decider, case).passed
        assert stated == case.facts


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "to\x00linjer"])
def test_a_case_needs_a_name(decider: Decider, rulebook: Rulebook, name: str) -> None:
    stated = facts(rulebook)
    with pytest.raises(CaseRefused):
        case_text(rulebook, name, CREATE, stated, decider.decide(CREATE, stated, traced=True))


@pytest.mark.shows_citizen_numbers("numbers of a form that real ones have")
@pytest.mark.parametrize(
    "changed",
    [
        {"participants.0.name": "Anders Hansen"},
        {"participants.0.name": "Vera Prøve", "participants.0.external_id": "010170-1234"},
        {"citizen.bookings.0.booking_id": "0101701234"},
        {"interview.booking_id": "x 010170 1234 y"},
    ],
)
def test_a_case_with_a_real_looking_person_is_refused(
    decider: Decider, rulebook: Rulebook, changed: dict[str, str]
) -> None:
    stated = facts(rulebook, **changed)
    decision = decider.decide(CREATE, stated, traced=True)
    with pytest.raises(CaseRefused) as refused:
        case_text(rulebook, "navn", CREATE, stated, decision)
    assert "ligner et rigtigt personnummer eller navn" in refused.value.why.da


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Før den seneste", "proev-foer-den-seneste.yaml"),
        ("../../etc/passwd", "proev-etc-passwd.yaml"),
        ("æøå ÆØÅ é", "proev-aeoeaa-aeoeaa-e.yaml"),
        ("日本", "proev-case.yaml"),
    ],
)
def test_the_file_is_named_after_the_case(name: str, file: str) -> None:
    assert file == file_name(name)


# --- persons --------------------------------------------------------------------------------------


@pytest.mark.shows_citizen_numbers("numbers of a form that real ones have")
@pytest.mark.parametrize("text", ["0101701234", "a 311299-1234.", "290200 1234"])
def test_a_number_that_somebody_may_have_is_found(text: str) -> None:
    assert civil_numbers(text)


@pytest.mark.parametrize(
    "text", ["7101901234", "3213991234", "0101701234567", "12345", "2024-03-05"]
)
def test_numbers_of_nobody_are_let_through(text: str) -> None:
    assert () == civil_numbers(text)


@pytest.mark.parametrize("text", ["Vera Prøve", "jobcenter", "VP-1", "", "  ", "x" * 300, "b 1"])
def test_invented_names_and_codes_are_let_through(text: str) -> None:
    assert not personal(text)
