"""Genberegning: started, watched, stopped and read without scripts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from engine.model import Rulebook
from registry.errors import HistoryUnusable
from registry.replay.comparison import Answer
from registry.replay_run.figures import Change, Figures, Share
from registry.replay_run.latest import Asked, Latest, State, write_latest
from registry.storage import Database
from tests.registry.rows import audit_outcomes
from tests.ui.pages import NAME, registered
from tests.web.ui.bench import NOW, Bench, Visitor, bench
from web.ui.parts import KEY, Parts
from web.ui.replaying.replays import MOST, Seen

PAGE = "/genberegning"
OLD, NEW = "{in: [5, 6]}", "{in: [4, 5, 6]}"
REFUSING_ALL = (
    "interview.held_at: {on_or_before: $registration.recorded_at}",
    "interview.held_at: {before: $interview.held_at}",
)
FIGURES = Figures(
    "sha256:" + "1" * 64,
    "decided",
    1_200,
    31,
    {"missing interview.type": 2},
    (
        Change(Answer(False, ("9125",)), Answer(True, advice=("S-108",)), 30, ("a" * 36,)),
        Change(Answer(True), Answer(False, ("S-101",)), 1, ()),
    ),
    (Share("job_centre 101", 900, 30), Share("unemployment_fund 7", 300, 1)),
    (Share("18", 60, 30), Share("", 40, 1), Share("7", 1_100, 0)),
    (Share("2024-01", 600, 31), Share("2024-02", 600, 0)),
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as made:
        registered(made)
        yield made


def parts_of(place: Bench) -> Parts:
    return cast(Parts, place.app.extensions[KEY])


def edit_folder(place: Bench, old: str = OLD, new: str = NEW) -> None:
    path = place.file("rules/registration.yaml")
    text = path.read_text("utf-8")
    assert 1 == text.count(old)
    path.write_text(text.replace(old, new), "utf-8")


def start(visitor: Visitor, **fields: str) -> int:
    stated = {"candidate": "folder", "against": "decided", "do": "start", **fields}
    return visitor.post(PAGE, seen_on=PAGE, **stated).status_code


def finished(place: Bench, visitor: Visitor, **fields: str) -> str:
    """Start a replay, wait until it has ended, and return the page."""
    assert 303 == start(visitor, **fields)
    parts_of(place).replays.wait(60)
    return visitor.get(PAGE).text


def outcomes(place: Bench) -> list[tuple[str, str]]:
    database = Database(place.settings.database_url)
    try:
        return audit_outcomes(database)
    finally:
        database.close()


def test_the_rules_of_the_folder_are_replayed_on_what_is_stored(place: Bench) -> None:
    visitor = place.visitor()
    assert "0 af 20 afgørelser ændres" in finished(place, visitor)
    assert ("replay_decisions", "read") == outcomes(place)[-1]
    edit_folder(place, *REFUSING_ALL)
    page = finished(place, visitor)
    assert "20 af 20 afgørelser ændres" in page
    assert '<span class="badge code">S-109</span>' in page
    assert "Jobcenter 101" in page and "18 (Samtale i rehabiliteringsteam)" in page
    assert NAME not in page
    example = page.split('href="/afgoerelser/')[1].split('"')[0]
    assert 200 == visitor.get(f"/afgoerelser/{example}").status_code
    found = visitor.get(f"{PAGE}/hent.json")
    assert 20 == json.loads(found.text)["changed"]
    assert "attachment" in found.headers["Content-Disposition"]


def test_the_active_rulebook_against_itself_changes_nothing(place: Bench) -> None:
    visitor = place.visitor()
    page = finished(place, visitor, candidate="active", against="active")
    assert "Ingen afgørelse får et andet svar." in page


def test_days_bound_a_replay(place: Bench) -> None:
    visitor = place.visitor()
    day = NOW.date().isoformat()
    page = finished(place, visitor, candidate="active", since=day, until=day)
    assert "0 af 20 afgørelser ændres" in page
    assert 400 == start(visitor, candidate="active", until="2024-06-02")
    assert 400 == start(visitor, candidate="active", since="2024-06-04", until="2024-06-02")
    assert 400 == start(visitor, candidate="active", since="yesterday")


def test_rules_with_errors_are_refused_with_their_problems(place: Bench) -> None:
    visitor = place.visitor()
    edit_folder(place, OLD, "{in: [5, seven]}")
    answer = visitor.post(PAGE, seen_on=PAGE, candidate="folder", against="decided", do="start")
    assert 400 == answer.status_code
    assert "rules/registration.yaml:" in answer.text
    assert ("replay_decisions", "read") not in outcomes(place), "nothing was looked at"
    answer = visitor.post(PAGE, seen_on=PAGE, candidate="sha256:12", against="decided", do="start")
    assert "Reglerne findes ikke" in answer.text


def test_only_analysts_come_here(place: Bench) -> None:
    visitor = place.visitor(place.token("job_centre", "101"))
    assert 403 == visitor.get(PAGE).status_code
    assert 403 == visitor.get(f"{PAGE}/hent.json").status_code
    assert PAGE not in visitor.get("/").text
    assert PAGE in place.visitor().get("/").text


class _Slow:
    """A replay that goes on when it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.go = threading.Event()
        self.at = threading.Event()
        self.error = error

    def __call__(
        self, asked: Asked, candidate: Rulebook, against: Rulebook | None, seen: Seen, /
    ) -> Figures:
        seen(10, 20)
        self.at.set()
        self.go.wait(30)
        if self.error is not None:
            raise self.error
        seen(15, 20)
        return FIGURES


def test_one_replay_at_a_time_shows_how_far_it_is_and_is_stopped(place: Bench) -> None:
    visitor, slow = place.visitor(), _Slow()
    replays = parts_of(place).replays
    replays.run = slow
    assert 303 == start(visitor, candidate="active")
    assert slow.at.wait(30)
    page = visitor.get(PAGE).text
    assert "10 af 20 afgørelser er regnet igennem" in page
    assert 'hx-get="/genberegning"' in page
    part = visitor.get(PAGE, **{"HX-Request": "true"})
    assert "<html" not in part.text and "10 af 20" in part.text
    answer = visitor.post(PAGE, seen_on=PAGE, candidate="active", against="decided", do="start")
    assert (400, True) == (answer.status_code, "En anden genberegning er i gang" in answer.text)
    assert 303 == visitor.post(PAGE, seen_on=PAGE, do="stop").status_code
    slow.go.set()
    replays.wait(30)
    page = visitor.get(PAGE).text
    assert "Genberegningen er stoppet" in page and "15 af 20 afgørelser blev regnet igennem" in page
    assert "true" == visitor.get(PAGE, **{"HX-Request": "true"}).headers["HX-Refresh"]


def test_why_a_replay_failed_is_told(place: Bench) -> None:
    visitor, slow = place.visitor(), _Slow(HistoryUnusable("the reason"))
    slow.go.set()
    parts_of(place).replays.run = slow
    page = finished(place, visitor, candidate="active")
    assert "kunne ikke gennemføres" in page and "the reason" in page


def test_a_replay_whose_process_ended_is_told_as_broken_off(place: Bench) -> None:
    running = Latest(Asked("active", "decided"), "sha256:" + "2" * 64, NOW, done=5, total=20)
    write_latest(place.settings.replay_folder, running)
    page = place.visitor().get(PAGE).text
    assert "Genberegningen blev afbrudt" in page
    assert "5 af 20 afgørelser blev regnet igennem. Start den samme igen" in page


def test_more_decisions_than_a_page_may_replay_are_refused(place: Bench) -> None:
    visitor = place.visitor()
    parts_of(place).replays.count = lambda _: MOST + 1
    answer = visitor.post(PAGE, seen_on=PAGE, candidate="active", against="decided", do="start")
    assert 400 == answer.status_code
    assert "1.000.001 afgørelser; siden genberegner højst 1.000.000" in answer.text
    parts_of(place).replays.count = lambda _: 0
    answer = visitor.post(PAGE, seen_on=PAGE, candidate="active", against="decided", do="start")
    assert "ingen gemte afgørelser i perioden" in answer.text


def test_every_figure_stands_on_the_page_in_both_languages(place: Bench) -> None:
    done = Latest(Asked("active", "decided"), FIGURES.candidate, NOW, State.DONE, figures=FIGURES)
    write_latest(place.settings.replay_folder, done)
    visitor = place.visitor()
    page = visitor.get(PAGE).text
    for told in (
        "31 af 1.200 afgørelser ændres",
        "2,58 %",
        "2: `interview.type` mangler",
        "S-108",
        "uden samtaletype",
        "A-kasse 7",
        "januar 2024: 31 af 600 ændres",
    ):
        assert told in page, told
    visitor.client.get("/visning?language=en&back=/")
    page = visitor.get(PAGE).text
    assert "31 of 1,200 decisions change" in page and "2.58 %" in page
    assert "January 2024: 31 of 600 change" in page


def test_a_hostile_reason_or_name_stands_as_text(place: Bench) -> None:
    hostile = replace(
        FIGURES,
        undecidable={"missing <script>alert(1)</script>": 1},
        by_organisation=(Share("job_centre <b>", 1, 1),),
        by_month=(),
    )
    done = Latest(Asked("active", "decided"), FIGURES.candidate, NOW, State.DONE, figures=hostile)
    write_latest(place.settings.replay_folder, done)
    page = place.visitor().get(PAGE).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    assert "job_centre <b>" not in page
