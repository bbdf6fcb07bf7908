"""What the pages work with.

In: the parts that `web.workbench` puts together. Out: `parts()` and `viewer()` of this request.
Does not know: how the parts are made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app, g

from engine.cases.files import Case
from engine.decide import Decider
from engine.model import Rulebook
from registry.commands import Caller
from registry.decision_search import DecisionSearch
from registry.service import Registry
from web.ui.editing.working import Desk
from web.ui.replaying.replays import Replays
from web.ui.replaying.rule_choice import RuleChoice
from web.ui.resting import Resting
from web.ui.viewer import Viewer

KEY = "samtale-workbench"

Files = Mapping[str, bytes]
Publish = Callable[[Files, Files, str, Caller], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the workbench of one application; all of them are shared between threads."""

    prove: Callable[[str, datetime], Viewer]
    """Whom a token proves at a moment; raises `NotProven`."""
    invented: Callable[[datetime], str] | None
    """A token of an invented analyst; None unless in development."""
    decider: Callable[[], Decider]
    """What decides by the active rulebook."""
    cases: Callable[[Rulebook], tuple[Case, ...]]
    """The analysts' cases that speak about a rulebook; none when there is no folder of them."""
    decider_of: Callable[[str], Decider | None]
    """What decides by the rulebook of that identifier; None when it was never stored."""
    decisions: DecisionSearch
    resting: Resting
    replays: Replays
    rule_choice: RuleChoice
    registry: Registry
    clock: Callable[[], datetime]
    """The present as an aware instant."""
    failed: Callable[[Exception], None]
    """Notes for log and figures that a page could not be made."""
    secure: bool
    """Whether cookies go over encrypted connections alone: in production."""
    desk: Desk | None = None
    """The files that may be changed; None unless the setting `edit` is on."""
    active_files: Callable[[], Mapping[str, bytes]] | None = None
    """The files of the active rulebook, as they were published."""
    publish: Publish | None = None
    """Publishes rule files, tried on case files, with a note, and lets them decide.

    Raises `RulebookError`, and `RegistryError` when cases are answered otherwise.
    """


def parts() -> Parts:
    """Return the parts of the application that serves the current request."""
    return cast(Parts, current_app.extensions[KEY])


def viewer() -> Viewer | None:
    """Return who is looking, None when nobody has logged in."""
    return cast("Viewer | None", g.get("viewer"))


def signed_in() -> Viewer:
    """Return who is looking at a page that asks for a right; `access` has seen to it."""
    return cast(Viewer, g.viewer)
