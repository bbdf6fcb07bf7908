"""*Ret*, the list: every file, how the files differ from what decides, and publishing them.

In: forms. Out: pages, and a release when somebody publishes.
Does not know: the editor, see `edit_pages`; nor what a release is.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, g, request

from engine.facts import Text
from engine.model import Rulebook
from engine.problems import RulebookError
from registry.errors import CasesFailed, RegistryError, Unavailable
from web.ui.editing.effects import Effects, effects_of
from web.ui.editing.working import Checked, Desk
from web.ui.pages import Page
from web.ui.parts import parts, signed_in
from web.ui.rendering import page
from web.ui.viewer import Right
from web.ui.wording import TEXTS

PATH = "/ret"


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of the list."""

    name: str
    short: str
    errors: int
    warnings: int
    differs: bool


def list_page(
    desk: Desk,
    checked: Checked,
    *,
    notice: Text | None = None,
    alarm: Text | None = None,
    status: int = 200,
    full: bool = True,
) -> Response:
    """Answer with the list; unless `full`, what differs is asked for afterwards by a script."""
    active = parts().decider().rulebook
    return page(
        "edit_list.html",
        status,
        groups=_groups(desk, checked, active),
        checked=checked,
        full=full or checked.rulebook is None,
        effects=effects_now(desk, checked) if full else None,
        differs=checked.rulebook is not None and checked.rulebook.id != active.id,
        notice=notice,
        alarm=alarm,
        publishes=parts().publish is not None,
    )


def _groups(desk: Desk, checked: Checked, active: Rulebook) -> list[tuple[str, list[Listed]]]:
    digests = None if checked.rulebook is None else checked.rulebook.content
    groups: dict[str, list[Listed]] = {"rules": [], "config": [], "tests/cases": []}
    for name in desk.workspace.names():
        found = checked.of_file(name)
        errors = sum(each.severity.value == "error" for each in found)
        prefix = next(each for each in groups if name.startswith(f"{each}/"))
        differs = digests is not None and digests.get(name) != active.content.get(name)
        groups[prefix].append(
            Listed(name, name.removeprefix(f"{prefix}/"), errors, len(found) - errors, differs)
        )
    return list(groups.items())


def state() -> Response:
    """Say how the files differ from what decides now, as a part of the page."""
    desk = open_desk()
    checked = desk.checked()
    return page("edit_effects.html", effects=effects_now(desk, checked), checked=checked)


def publish() -> Response:
    """Publish the files as a release and let it decide from now on."""
    desk = open_desk()
    note = " ".join(request.form.get("note", "").split())[:500]
    made = parts().publish
    if made is None:
        abort(404)
    if not note:
        return list_page(desk, desk.checked(), alarm=TEXTS["edit.no_note"], status=400)
    try:
        made(
            desk.workspace.rulebook_files(),
            desk.workspace.case_files(),
            note,
            signed_in().caller(g.request_id),
        )
    except Unavailable:
        raise
    except (RulebookError, RegistryError) as error:
        said, why = TEXTS["edit.not_published"], _why(error)
        alarm = Text(f"{said.da} {why.da}", f"{said.en} {why.en}")
        return list_page(desk, desk.checked(), alarm=alarm, status=409)
    return list_page(desk, desk.checked(), notice=TEXTS["edit.published"])


def _why(error: RulebookError | RegistryError) -> Text:
    """Return why a rulebook was not published, and what to do."""
    match error:
        case CasesFailed():
            key, count = "edit.cases_failed", len(error.failed)
        case RulebookError():
            key, count = "edit.files_failed", len(error.problems)
        case _:
            return Text(f"{error}", f"{error}")
    text = TEXTS[key]
    return Text(text.da.format(count=count), text.en.format(count=count))


def effects_now(desk: Desk, checked: Checked) -> Effects | None:
    """Return how a change differs from what decides now."""
    return effects_of(parts().decider(), desk, checked)


def open_desk() -> Desk:
    """Return the files that may be changed; where none may, there is no such page."""
    desk = parts().desk
    if desk is None:
        abort(404)
    return desk


PAGES = (
    Page(f"{PATH}/tilstand", "edit_state", state, Right.ANALYSE, edits=True),
    Page(f"{PATH}/offentliggoer", "publish", publish, Right.ANALYSE, methods=("POST",), edits=True),
)
