"""The benchmarks measure what they say, and the page says what they measured. Nothing is timed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from benchmarks import results_file
from benchmarks.border_cases import border_cases
from benchmarks.chapter import Chapter
from benchmarks.contents import CHAPTERS
from benchmarks.engines.contestant import Contestant, DifferentVerdictError, prove
from benchmarks.engines.lineup import LINEUP, hand_written, maker, missing
from benchmarks.hand_written import Found, broken_rules
from benchmarks.page import PICTURES, files, page
from benchmarks.workload import registrations

BORDERS = border_cases(400)
FINDINGS = tuple(dict.fromkeys(finding for facts in BORDERS for finding in broken_rules(facts)))
ROOT = Path(__file__).resolve().parents[1]
OF_OTHERS = pytest.mark.skipif(bool(missing()), reason=f"not installed: {', '.join(missing())}")
"""`make test` installs the engines of others where it may."""


def swapped(one: tuple[str, str], other: tuple[str, str]) -> Contestant:
    instead = {one: other, other: one}

    def decide(facts: Mapping[str, Any]) -> Found:
        return [instead.get(finding, finding) for finding in broken_rules(facts)]

    return Contestant("swapped", None, decide)


def test_the_border_cases_break_every_rule_with_every_code() -> None:
    assert 15 == len(FINDINGS)


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding[1])
def test_a_contestant_with_two_rules_swapped_is_found_out(finding: tuple[str, str]) -> None:
    for other in FINDINGS:
        if other != finding:
            with pytest.raises(DifferentVerdictError, match="swapped found"):
                prove(swapped(finding, other), BORDERS)


def test_a_contestant_without_a_rule_is_found_out_and_hand_written_python_is_not() -> None:
    prove(hand_written(), BORDERS)
    with pytest.raises(DifferentVerdictError, match="in registration"):
        prove(Contestant("nothing broken", None, lambda facts: []), BORDERS)


@pytest.mark.parametrize("name", [each for each in LINEUP if each.startswith("ours.")])
def test_our_engines_give_the_verdicts_of_hand_written_python(name: str) -> None:
    prove(maker(name)(), registrations(50) + BORDERS)


@OF_OTHERS
@pytest.mark.parametrize("name", [each for each in LINEUP if not each.startswith("ours.")])
def test_the_engines_of_others_give_the_verdicts_of_hand_written_python(name: str) -> None:
    contestant = maker(name)()
    prove(contestant, BORDERS[:15] if contestant.slow else registrations(50) + BORDERS)


@OF_OTHERS
def test_an_engine_whose_rule_says_something_else_is_found_out() -> None:
    from benchmarks.engines import google_cel
    from benchmarks.engines.cel_expressions import EXPRESSIONS

    faulty = {
        finding: expression.replace("e.held_at > interview", "e.held_at >= interview")
        for finding, expression in EXPRESSIONS.items()
    }
    prove(google_cel.rule_by_rule(EXPRESSIONS), BORDERS)
    with pytest.raises(DifferentVerdictError, match="S-101"):
        prove(google_cel.rule_by_rule(faulty), BORDERS)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_benchmark_runs_and_its_figures_are_shown(chapter: Chapter, tmp_path: Path) -> None:
    if needed := chapter.missing():
        pytest.skip(f"not installed: {', '.join(needed)}")
    kept = tmp_path / "results.json"
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", chapter.name, "--quick", "--results", kept],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (ran.returncode, "" if ran.returncode == 0 else ran.stderr)
    sections = results_file.read(kept)
    assert [chapter.name] == list(sections)
    figures = sections[chapter.name]["figures"]
    for sheet in chapter.sheets(figures):
        assert sheet.rows
        assert {len(sheet.headings)} == {len(row) for row in sheet.rows}
    written = page(sections, [chapter])
    for claim in chapter.claims(figures):
        assert claim.measured in written


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_make_has_the_target_that_repeats_a_benchmark(chapter: Chapter) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition(f"\n{chapter.target}: ")[2].partition("\n\n")[0]
    assert chapter.name in recipe.split()


def test_the_page_and_its_pictures_say_what_the_results_say() -> None:
    for path, text in files(results_file.read(), CHAPTERS).items():
        assert text == path.read_text(encoding="utf-8"), "python -m benchmarks --page"


def test_there_is_no_picture_that_no_benchmark_draws() -> None:
    drawn = {path for path in files(results_file.read(), CHAPTERS) if path.suffix == ".svg"}
    assert drawn == set(PICTURES.glob("*.svg"))


def test_a_run_changes_its_own_section_alone(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    results_file.keep("one", {"figures": {"seconds": 1}}, path)
    results_file.keep("other", {"figures": {"seconds": 2}}, path)
    results_file.keep("one", {"figures": {"seconds": 3}}, path)
    assert {"one": {"figures": {"seconds": 3}}, "other": {"figures": {"seconds": 2}}} == (
        results_file.read(path)
    )


def test_a_benchmark_that_was_never_run_claims_nothing() -> None:
    (chapter,) = (each for each in CHAPTERS if each.name == "engines")
    assert "Not measured yet: `make benchmark-engines`." in page({}, [chapter])
    assert "reached" not in page({}, [chapter])
