"""Joins the workbench to the application: what its pages need, made of what the application has.

In: settings, the registry, the reader of tokens. Out: `Parts` of the workbench.
Does not know: any page. Which scope of a token gives which right stands here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from flask import g

from engine.cases.files import Case
from engine.decide import Decider
from engine.model import Rulebook
from engine.problems import RulebookError, Severity
from engine.reader.load import read_folders
from engine.reader.rulebook import read_rulebook
from registry.commands import Caller
from registry.decision_search import DecisionSearch
from registry.errors import FactsNotSupplied, NoSuchRulebook, RulebookDamaged
from registry.releases import Releases
from registry.service import Registry
from registry.storage import Database
from web.api.admission import count_address, count_organisation
from web.api.request_log import where_it_broke
from web.api.scopes import ANALYSTS, Scope
from web.api.tokens import Grant, TokenReader, TokenRefused, sign_development_token
from web.case_folder import read_case_folder
from web.replays import replays_of
from web.rule_folder import case_folder_of
from web.rulebook_cache import reading_for
from web.settings import Settings
from web.ui.editing.case_reader import CaseReader
from web.ui.editing.documents import Documents
from web.ui.editing.working import Desk
from web.ui.editing.workspace import Workspace
from web.ui.parts import Files, Parts
from web.ui.replaying.rule_choice import Read, RuleChoice
from web.ui.resting import Resting
from web.ui.viewer import NotProven, Right, Viewer

RIGHTS: Mapping[Scope, Right] = {
    Scope.RULES: Right.READ_RULES,
    Scope.DECISIONS: Right.TRY,
    Scope.ANALYST: Right.ANALYSE,
}
"""What a token for this scope lets its holder do in the workbench."""

INVENTED_ANALYST = "analytiker"
INVENTED_ORGANISATION = "star"
LIFE_OF_INVENTED = timedelta(hours=12)


def parts_of(
    settings: Settings,
    database: Database,
    registry: Registry,
    tokens: TokenReader,
    releases: Releases,
    clock: Callable[[], datetime],
) -> Parts:
    """Return the parts of the workbench for these settings."""
    decisions = DecisionSearch(database, clock)
    case_reader = CaseReader()
    return Parts(
        prove=functools.partial(viewer_of, tokens),
        invented=None if settings.in_production else functools.partial(_invented, settings),
        decider=releases.deciding,
        decider_of=functools.partial(_decider_of, releases),
        decisions=decisions,
        resting=Resting(decisions),
        replays=replays_of(settings, database, clock),
        rule_choice=_rule_choice(settings, releases),
        cases=Cases(settings.cases, case_reader).of,
        registry=registry,
        clock=clock,
        count=count_request,
        failed=_note_failure,
        secure=settings.in_production or settings.encrypted,
        desk=_desk(settings, case_reader) if settings.edit else None,
        active_files=lambda: releases.files_of(releases.deciding().rulebook.id),
        publish=functools.partial(_publish, releases),
    )


def _rule_choice(settings: Settings, releases: Releases) -> RuleChoice:
    return RuleChoice(
        folder=None if settings.in_production else lambda: _read_folder(settings),
        active=lambda: releases.deciding().rulebook,
        releases=releases.listed,
        of_release=lambda name: _rulebook_of(releases, name),
    )


def _read_folder(settings: Settings) -> Read:
    return Read(*read_rulebook(read_folders(settings.rules, settings.config)))


def _rulebook_of(releases: Releases, name: str) -> Rulebook | None:
    decider = _decider_of(releases, name)
    return None if decider is None else decider.rulebook


def _desk(settings: Settings, case_reader: CaseReader) -> Desk:
    documents = Documents()
    typed = functools.partial(read_rulebook, read=documents.read)
    return Desk(
        Workspace(settings.rules, settings.config, case_folder_of(settings)),
        reading_for(settings, typed, keeps=False),
        documents.read,
        case_reader,
    )


def _publish(releases: Releases, files: Files, cases: Files, note: str, by: Caller) -> None:
    """Publish and activate; raises as `Releases.publish` does."""
    made = releases.publish(files, note, by, cases)
    releases.activate(made.id, by, note, folder=made.id)


class Cases:
    """The cases of a folder, read anew when a file or the rulebook is another one."""

    def __init__(self, folder: Path, reader: CaseReader) -> None:
        self._folder = folder
        self._reader = reader
        self._read: tuple[object, tuple[Case, ...]] = (None, ())

    def of(self, rulebook: Rulebook) -> tuple[Case, ...]:
        """Return the cases, none when the folder is not there or they do not fit the rulebook."""
        try:
            state = (rulebook.id, _state(self._folder))
            known, cases = self._read
            if known != state:
                files = read_case_folder(self._folder, "tests/cases")
                cases, problems = self._reader.read(files, rulebook)
                if any(each.severity is Severity.ERROR for each in problems):
                    cases = ()
                self._read = (state, cases)
        except OSError:
            return ()
        return cases


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    files = ((str(path), path.stat()) for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple((name, known.st_mtime_ns, known.st_size) for name, known in files)


def _decider_of(releases: Releases, rulebook: str) -> Decider | None:
    """Return what decides by a stored rulebook; None when it is not stored or no longer read."""
    try:
        return releases.decider_of(rulebook)
    except (NoSuchRulebook, RulebookDamaged, FactsNotSupplied, RulebookError):
        return None


def viewer_of(tokens: TokenReader, token: str, now: datetime) -> Viewer:
    """Return whom a token proves at `now`; raises `NotProven`."""
    try:
        grant = tokens.read(token, now)
    except TokenRefused as reason:
        raise NotProven(str(reason)) from None
    return Viewer(
        organisation_type=grant.organisation_type,
        organisation=grant.organisation,
        user=grant.user,
        rights=_rights(grant),
        until=grant.expires_at or now,
        system=grant.system,
    )


def _rights(grant: Grant) -> frozenset[Right]:
    """Return what the scopes give; of other organisations no scope makes an analyst."""
    given = {right for scope, right in RIGHTS.items() if scope in grant.scopes}
    return frozenset(given if grant.organisation_type in ANALYSTS else given - {Right.ANALYSE})


def _invented(settings: Settings, now: datetime) -> str:
    return sign_development_token(
        settings,
        organisation_type="agency",
        organisation=INVENTED_ORGANISATION,
        user=INVENTED_ANALYST,
        now=now,
        life=LIFE_OF_INVENTED,
    )


def count_request(viewer: Viewer | None) -> None:
    """Count a request with those of the interface; raises 429 for one too many."""
    if viewer is None:
        count_address()
    else:
        count_organisation(viewer.organisation_type, viewer.organisation)


def _note_failure(error: Exception) -> None:
    g.failure = {"failure": type(error).__name__, "where": where_it_broke(error)}
