"""The folders of an analyst as a release: what a service that starts, or watches, does with them.

In: settings and `Releases`. Out: an active rulebook, or every reason why the folder holds none.
Does not know: how rules are read or stored. In production the folder counts only for a database
without any rulebook; in development a folder that has changed since the last look counts too, also
when cases are answered otherwise than expected, and one that has not leaves in place what was
activated since, a roll-back for instance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from engine.decide import Decider
from engine.reader.load import read_folders
from registry.commands import Caller
from registry.errors import CasesFailed
from registry.examination import try_out
from registry.release import ActivationKind, Present
from registry.releases import Releases
from registry.rule_files import read_files
from web.case_folder import read_case_folder
from web.rulebook_cache import reading_for
from web.settings import Settings

CASES = "tests/cases"
"""Where cases stand beside the folder of the rules, and what problems call their folder."""


@dataclass(frozen=True, slots=True)
class FolderContent:
    """The bytes of rule files, which can be read, and of case files.

    `rulebook` is the identifier of what they say; `cases` is None where there is no such folder.
    """

    rulebook: str
    files: Mapping[str, bytes]
    cases: Mapping[str, bytes] | None


def case_folder_of(settings: Settings) -> Path:
    """Return the folder of cases that was named, else the one beside the rules.

    Other rules than the project's own are not tried on the project's cases.
    """
    return settings.rules.parent / CASES if settings.cases == Path(CASES) else settings.cases


def content_of(settings: Settings) -> FolderContent:
    """Read the folders; raises `RulebookError` with every problem of the rules."""
    files = read_folders(settings.rules, settings.config)
    rulebook = read_files(files, reading_for(settings)).id
    folder = case_folder_of(settings)
    cases = read_case_folder(folder, CASES) if folder.is_dir() else None
    return FolderContent(rulebook, files, cases)


def content_at_start(settings: Settings) -> FolderContent | None:
    """Read the folders where a start looks at them in any case: before anything is touched."""
    return None if settings.in_production else content_of(settings)


def service() -> Caller:
    """Return who activates when no person does: the service itself."""
    return Caller("system", "samtale", "samtale", str(uuid4()), system="service")


Told = Callable[[CasesFailed], None]
"""Is told of the cases that a rulebook answers otherwise, though it becomes active."""


def settle(
    releases: Releases, settings: Settings, content: FolderContent | None, tell: Told
) -> Decider:
    """See to it that a rulebook is active, and return what decides by it.

    `content` is what `content_at_start` gave. Whoever edits and starts anew in development wants
    to see what the change does: cases that fail are told, and keep nothing from starting.
    Raises `CasesFailed` in production, as `try_out` does, and as `Releases.decider_of`: the service
    does not start then.
    """
    present = releases.present()
    if content is None and present.rulebook is None:
        content = content_of(settings)
    if content is not None:
        _look(releases, settings, content, present, tell)
    return releases.deciding()


def _look(
    releases: Releases, settings: Settings, content: FolderContent, present: Present, tell: Told
) -> None:
    found = content.rulebook
    if present.rulebook is not None and present.folder is None:
        releases.note_folder(found)
    elif found != present.folder:
        by = service()
        if settings.in_production:
            releases.publish(content.files, "", by, content.cases)
        else:
            _publish_in_any_case(releases, content, by, tell)
        releases.activate(found, by, kind=ActivationKind.START, folder=found)


def _publish_in_any_case(
    releases: Releases, content: FolderContent, by: Caller, tell: Told
) -> None:
    examined = try_out(content.files, content.cases)
    failed = CasesFailed(examined.results)
    if failed.failed:
        tell(failed)
    releases.store(content.files, examined, "", by)
