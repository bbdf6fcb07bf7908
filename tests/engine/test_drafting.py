"""A drafted rule passes the check and its own cases, and touches nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from engine.cases.files import read_case_files
from engine.cases.results import gaps, run_cases
from engine.decide import Decider
from engine.drafting.condition import facts_to_choose
from engine.drafting.draft import Draft, draft, free_code
from engine.drafting.wish import Refusal, Wish
from engine.facts import Text
from engine.layout.parts import remarks_of
from engine.layout.reading import read_page
from engine.reader.load import load_rulebook, read_folders
from engine.reader.rulebook import read_rulebook
from web.case_folder import read_case_folder

PROJECT = Path(__file__).resolve().parents[2]
WISH = Wish(
    "held-by-video",
    ("create_interview", "update_interview"),
    "S-110",
    Text("Samtaler: kun video", "Interviews: by video only"),
    date(2027, 1, 1),
    "/heldAt",
)


@cache
def files() -> Mapping[str, bytes]:
    return read_folders(PROJECT / "rules", PROJECT / "config")


@cache
def cases() -> Mapping[str, bytes]:
    return read_case_folder(PROJECT / "tests" / "cases", "tests/cases")


def drafted(**changes: object) -> Draft:
    return draft(files(), cases(), replace(WISH, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"operations": ("create_interview",)},
        {"operations": ("add_participant", "update_participant"), "code": "S-205"},
        {"fact": "interview.participation_status", "values": (5, 6)},
        {"fact": "interview.with_more_authorities"},
        {"fact": "interview.booking_id"},
        {"fact": "caller.organisation_type", "values": ("job_centre",)}
        | {"operations": ("delete_participant",)},
        {"code": "9130"},
        {"title": Text('"#: [', "- {x")},
    ],
    ids=str,
)
def test_a_draft_can_be_read_passes_its_cases_and_tries_both_sides(
    changes: dict[str, object],
) -> None:
    made = drafted(**changes)
    book, problems = read_rulebook({**files(), **made.files})
    assert () == problems
    assert book is not None
    found, problems = read_case_files({**cases(), made.case_file: made.cases}, book)
    assert () == problems
    results = tuple(run_cases(Decider(book), found))
    assert [] == [each.case.name.da for each in results if not each.passed]
    assert WISH.rule not in {gap.rule.id for gap in gaps(book, results)}
    own = [case for case in found if case.title == WISH.rule]
    code = str(changes.get("code", WISH.code))
    assert [False, True] == [code in case.codes for case in own]


def test_only_three_files_change_and_their_comments_and_entries_stay() -> None:
    made = drafted()
    assert {"rules/registration.yaml", "config/error_codes.yaml"} == made.files.keys()
    assert "tests/cases/held-by-video.yaml" == made.case_file
    for name, content in made.files.items():
        before, after = files()[name].decode(), content.decode()
        left = [line for line in before.splitlines() if line not in after.splitlines()]
        assert [] == left
        kept = set(remarks_of(read_page(after)))
        assert set(remarks_of(read_page(before))) <= kept


def test_a_code_stands_beside_those_that_begin_like_it() -> None:
    lines = drafted().files["config/error_codes.yaml"].decode().splitlines()
    codes = [line.split(":")[1].strip() for line in lines if line.startswith("  - code:")]
    assert "S-109" == codes[codes.index("S-110") - 1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "6005"}, "`S-110` er ledig"),
        ({"code": "1013"}, "`S-110` er ledig"),
        ({"rule": "held-in-the-past"}, "der er allerede en regel"),
        ({"rule": "Held_By"}, "kan ikke være en regels id"),
        ({"rule": "baseline"}, "der er allerede en eksempelfil"),
        ({"operations": ("create_interveiw",)}, "der er ingen operation `create_interveiw`"),
        ({"operations": ("read_interview",)}, "afgøres af adgange eller beskeder"),
        ({"fact": "interview.colour"}, "et udkast kan ikke handle om `interview.colour`"),
        ({"valid_from": date(2019, 6, 1)}, "eksempler ville få et andet svar"),
    ],
    ids=str,
)
def test_what_cannot_be_drafted_is_refused_with_a_reason(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(Refusal) as refused:
        drafted(**changes)
    assert words in refused.value.reason.da
    assert refused.value.reason.en


def test_a_free_code_follows_those_of_the_same_file() -> None:
    book = load_rulebook(PROJECT / "rules", PROJECT / "config")
    assert "S-110" == free_code(book, ("create_interview",))
    assert "S-205" == free_code(book, ("add_participant",))


def test_facts_are_offered_that_the_operations_give_and_that_are_not_looked_up() -> None:
    book = load_rulebook(PROJECT / "rules", PROJECT / "config")
    names = [fact.name for fact in facts_to_choose(book, ("create_interview",))]
    assert "interview.contact_type" == names[0]
    assert set() == set(names) & {"interview.resetting", "access.day", "change.kind"}
