"""The start page: what this is, the doors, and which rulebook is active.

In: the active rulebook. Out: a page.
Does not know: what stands behind the doors.
"""

from __future__ import annotations

from flask import Response

from engine.model import Rulebook, RuleKind
from web.ui.pages import Page
from web.ui.parts import parts, viewer
from web.ui.rendering import page
from web.ui.uncertain import UNCERTAIN
from web.ui.viewer import Right

DOORS = ("regler", "proev", "afgoerelser")
"""What most come for; each is an address, and its texts are `start.door_…`."""


def show() -> Response:
    seen = viewer()
    reads = seen is not None and seen.may(Right.READ_RULES)
    rulebook = parts().decider().rulebook if reads else None
    return page(
        "start.html",
        rulebook=rulebook,
        counts=None if rulebook is None else _counts(rulebook),
        invented=parts().invented is not None,
        doors=DOORS,
    )


def _counts(rulebook: Rulebook) -> dict[str, int]:
    rules = [rule for file in rulebook.files for rule in file.all]
    return {
        **{kind.value: sum(rule.kind is kind for rule in rules) for kind in RuleKind},
        "table": len(rulebook.tables),
        "gap": len(UNCERTAIN.of(rulebook)),
    }


PAGES = (Page("/", "start", show),)
