"""Which rulebook decides when a service starts, and what becomes of files that are saved."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.problems import RulebookError
from registry import tables
from registry.errors import CasesFailed, Unavailable
from registry.release import ActivationKind
from registry.releases import Releases
from registry.schema import upgrade
from registry.storage import Database
from tests.registry.fakes import AGENCY, Clock
from tests.registry.rows import rows
from tests.web.door import PROJECT
from web.api.request_log import request_log
from web.api.services import KEY, Services
from web.app import check_ready, close, create_app
from web.rule_folder import case_folder_of, content_at_start, settle
from web.rule_watch import Look
from web.settings import Settings

RULES = "rules/registration.yaml"
WORDS = "The participation status does not fit a rehabilitation team interview (type 18)."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in ("rules", "config"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    return Settings(
        rules=tmp_path / "rules",
        config=tmp_path / "config",
        database_url=f"sqlite:///{tmp_path}/samtale.db",
        jwks_file=tmp_path / "keys.json",
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with closing(Database(settings.database_url)) as database:
        upgrade(database)
        yield database


@pytest.fixture
def releases(database: Database) -> Releases:
    return Releases(database, Clock(), engines="compiled")


def edit(settings: Settings, before: str, after: str) -> None:
    path = settings.rules.parent / RULES
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def start(releases: Releases, settings: Settings, told: list[CasesFailed] | None = None) -> str:
    """Start as a service does, and return the rulebook that decides then."""
    tell = [].append if told is None else told.append
    return settle(releases, settings, content_at_start(settings), tell).rulebook.id


def test_the_first_start_activates_the_folder(releases: Releases, settings: Settings) -> None:
    assert releases.present().rulebook is None
    active = start(releases, settings)
    assert active == releases.active().id
    (activation,) = releases.activations()
    assert (ActivationKind.START, "samtale") == (activation.kind, activation.by)


def test_in_production_too_but_only_then(releases: Releases, settings: Settings) -> None:
    production = replace(settings, mode="production")
    first = start(releases, production)
    edit(settings, WORDS, "New words.")
    assert first == start(releases, production)
    shutil.rmtree(settings.rules)
    assert first == start(releases, production), "nobody looks at the folder any more"


def test_a_folder_that_was_edited_counts_at_the_next_start(
    releases: Releases, settings: Settings
) -> None:
    first = start(releases, settings)
    edit(settings, WORDS, "New words.")
    second = start(releases, settings)
    assert first != second
    assert [first, second] == [each.rulebook for each in releases.activations()]


def test_a_rollback_outlives_a_restart(releases: Releases, settings: Settings) -> None:
    first = start(releases, settings)
    edit(settings, WORDS, "New words.")
    start(releases, settings)
    releases.roll_back(AGENCY)
    assert first == start(releases, settings)
    edit(settings, "New words.", "Newer words.")
    assert first != start(releases, settings), "but not the next edit"


def test_what_was_published_before_the_first_start_stays(
    releases: Releases, settings: Settings
) -> None:
    published = releases.publish(content_at_start(settings).files, "", AGENCY)  # type: ignore[union-attr]
    releases.activate(published.id, AGENCY)
    edit(settings, WORDS, "New words.")
    assert published.id == start(releases, settings)
    edit(settings, "New words.", "Newer words.")
    assert published.id != start(releases, settings)


def test_comments_and_layout_activate_nothing(releases: Releases, settings: Settings) -> None:
    start(releases, settings)
    edit(settings, "format: 1\n", "format: 1  # as ever\n\n")
    start(releases, settings)
    assert 1 == len(releases.activations())


def test_a_wrong_folder_stops_the_start_though_another_rulebook_is_active(
    releases: Releases, settings: Settings
) -> None:
    first = start(releases, settings)
    edit(settings, "in: [5, 6]", "in: [5, 6")
    with pytest.raises(RulebookError):
        start(releases, settings)
    assert first == releases.active().id


def test_cases_beside_the_rules_are_run_at_the_start(
    releases: Releases, settings: Settings
) -> None:
    shutil.copytree(PROJECT / "tests/cases", case_folder_of(settings))
    told: list[CasesFailed] = []
    start(releases, settings, told)
    assert releases.active().cases_run == releases.active().cases_passed > 600
    assert not told


def test_failing_cases_are_told_and_stop_no_start_in_development(
    releases: Releases, settings: Settings
) -> None:
    shutil.copytree(PROJECT / "tests/cases", case_folder_of(settings))
    before = start(releases, settings)
    edit(settings, "in: [5, 6]", "in: [4, 5, 6]")
    told: list[CasesFailed] = []
    assert before != start(releases, settings, told)
    (failed,) = told
    assert all("9125" in each.case.codes for each in failed.failed)
    active = releases.active()
    assert len(failed.failed) == active.cases_run - active.cases_passed > 0


def test_failing_cases_stop_a_start_in_production(releases: Releases, settings: Settings) -> None:
    shutil.copytree(PROJECT / "tests/cases", case_folder_of(settings))
    edit(settings, "in: [5, 6]", "in: [4, 5, 6]")
    with pytest.raises(CasesFailed):
        start(releases, replace(settings, mode="production"))
    assert releases.present().rulebook is None


def test_a_service_whose_active_rulebook_cannot_be_used_is_not_ready(
    database: Database, settings: Settings
) -> None:
    active = start(Releases(database, Clock()), settings)
    own_key = replace(settings, jwks_file=None, key_file=settings.rules.parent / "key.json")
    app = create_app(own_key, log_to=io.StringIO())
    try:
        assert 200 == app.test_client().get("/readyz").status_code
        with database.writing() as unit:
            unit.execute(tables.rulebook_release.update().values(content=b"changed"))
            unit.commit()
        with pytest.raises(Unavailable):
            check_ready(Releases(database, Clock()))
        services: Services = app.extensions[KEY]
        assert active == services.releases.deciding().rulebook.id, "it has read it before"
    finally:
        close(app)


# --- watching -------------------------------------------------------------------------------------


class Watched:
    """A folder, what watches it, and what that has logged."""

    def __init__(self, releases: Releases, settings: Settings) -> None:
        self.releases, self.settings, self._log = releases, settings, io.StringIO()
        self.first = start(releases, settings)
        self.look = Look(releases, settings, request_log(self._log))

    def lines(self) -> list[dict[str, Any]]:
        self._log.seek(0)
        return [json.loads(line) for line in self._log]


@pytest.fixture
def watched(releases: Releases, settings: Settings) -> Watched:
    return Watched(releases, settings)


def test_what_is_saved_and_passes_decides(watched: Watched) -> None:
    edit(watched.settings, WORDS, "New words.")
    watched.look.again()
    active = watched.releases.active()
    assert watched.first != active.id
    assert [("rulebook activated", active.id)] == [
        (line["event"], line["rulebook"]) for line in watched.lines()
    ]
    watched.look.again()
    assert 2 == len(watched.releases.activations())


def test_what_is_wrong_is_named_with_its_place_and_the_old_one_stays(watched: Watched) -> None:
    edit(watched.settings, "in: [5, 6]", "in: [5, seven]")
    edit(watched.settings, "format: 1\n", "format: 1\ncolour: red\n")
    watched.look.again()
    assert watched.first == watched.releases.active().id
    lines = watched.lines()
    assert {"rulebook refused"} == {line["event"] for line in lines}
    places = [line["place"].split(":") for line in lines]
    assert 2 == len(places)
    for file, line, column in places:
        assert RULES == file and int(line) > 0 and int(column) > 0
    assert all(line["message"] and line["reason"] for line in lines)
    edit(watched.settings, "in: [5, seven]", "in: [5, 6]")
    edit(watched.settings, "colour: red\n", "")
    watched.look.again()
    assert 1 == len(watched.releases.activations()), "it is what it was"


def test_failing_cases_are_named_and_the_old_one_stays(watched: Watched) -> None:
    shutil.copytree(PROJECT / "tests/cases", case_folder_of(watched.settings))
    edit(watched.settings, "in: [5, 6]", "in: [4, 5, 6]")
    watched.look.again()
    assert watched.first == watched.releases.active().id
    assert {"case-failed"} == {line["reason"] for line in watched.lines()}
    assert all(line["place"].startswith("tests/cases/") for line in watched.lines())


def test_a_rollback_is_not_undone_by_a_look_at_the_same_files(watched: Watched) -> None:
    edit(watched.settings, WORDS, "New words.")
    watched.look.again()
    watched.releases.roll_back(AGENCY)
    watched.look.again()
    assert watched.first == watched.releases.active().id


def test_a_look_that_the_database_spoils_is_owed(settings: Settings, database: Database) -> None:
    releases = Releases(database, Clock(), engines="compiled")
    watched = Watched(releases, settings)
    edit(settings, WORDS, "New words.")
    with database.writing(), closing(Database(settings.database_url, wait_seconds=0.1)) as other:
        busy = Look(Releases(other, Clock()), settings, request_log(io.StringIO()))
        busy.again()
    assert busy.owed
    assert watched.first == releases.active().id
    assert 1 == len(rows(database, tables.rulebook_activation))


def test_a_folder_that_goes_while_it_is_looked_at_is_looked_at_again(watched: Watched) -> None:
    shutil.rmtree(watched.settings.config)
    watched.look.again()
    assert watched.first == watched.releases.active().id
    assert ["missing-folder"] == [line["reason"] for line in watched.lines()]
