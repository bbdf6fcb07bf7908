"""*Ret*: files of rules, tables and cases in an editor, and what a change leads to beside it.

In: forms, and texts that the editor's script sends. Out: pages and JSON.
Does not know: how files are read or written. Pages are there only where the setting `edit` is on,
and only for the role analyst.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson
from flask import Response, abort, g, request

from engine.facts import Text
from engine.problem_words import hint_of, message_of
from engine.problems import Problem
from web.ui import edit_list
from web.ui.edit_list import PATH, effects_now, list_page, open_desk
from web.ui.editing.effects import (
    AtCursor,
    Effects,
    Line,
    at_cursor,
    text_difference,
)
from web.ui.editing.saving import NOT_HERE, TOO_LARGE, NotSaved, Saver
from web.ui.editing.words import words_of
from web.ui.editing.working import Checked, Desk
from web.ui.editing.workspace import MOST_BYTES, Missing, NotAllowed, Stored, TooLarge
from web.ui.pages import Entry, Page
from web.ui.parts import parts, signed_in
from web.ui.preferences import language
from web.ui.rendering import page
from web.ui.viewer import Right
from web.ui.wording import TEXTS


@dataclass(frozen=True, slots=True)
class Editing:
    """One file in the editor."""

    stored: Stored
    text: str
    checked: Checked
    problems: tuple[Problem, ...]
    elsewhere: tuple[Problem, ...]
    active_text: str | None
    """The file as the active rulebook has it; None for case files and new files."""
    effects: Effects | None
    lines: tuple[Line, ...]
    notice: Text | None = None
    alarm: Text | None = None


def overview() -> Response:
    """List the files, and say how they differ from what decides now."""
    desk = open_desk()
    stated = request.args.get("fil")
    if stated is not None:
        return _answer(_opened(desk, stated))
    return list_page(desk, desk.checked(), full="tilstand" in request.args)


def changed() -> Response:
    """Check or save what was typed into the form, without any script."""
    desk = open_desk()
    name = request.form.get("fil", "")
    text = request.form.get("tekst", "")
    if request.form.get("do") != "save":
        return _answer(_opened(desk, name, text.replace("\r\n", "\n")))
    saver = Saver(desk, parts().registry, signed_in().caller(g.request_id))
    try:
        saver.save(name, text, request.form.get("etag", ""))
    except NotSaved as refused:
        editing = _opened(desk, name, text.replace("\r\n", "\n"))
        stale = replace(editing.stored, etag=request.form.get("etag", ""))
        return _answer(replace(editing, stored=stale, alarm=refused.why), _status(refused))
    opened = _opened(desk, name, desk.workspace.read(name).text)
    return _answer(replace(opened, notice=_saved_words(opened.checked, opened.effects)))


def check() -> Response:
    """Return the problems of a text as JSON, for the editor's script, while somebody types."""
    desk = open_desk()
    name = _named(desk)
    checked = desk.checked({name: _body()}, with_cases=name.startswith("tests/cases/"))
    return _json(
        {
            "problems": [_plain(each) for each in checked.of_file(name)],
            "elsewhere": sum(each.place.file != name for each in checked.problems),
            "errors": checked.errors,
        }
    )


def effect() -> Response:
    """Return what a text leads to, as a part of the page."""
    desk = open_desk()
    name = _named(desk)
    checked = desk.checked({name: _body()})
    return page("edit_effects.html", effects=effects_now(desk, checked), checked=checked)


def at() -> Response:
    """Return the rule at a line as a sentence, with its cases, as a part of the page."""
    desk = open_desk()
    name = _named(desk)
    line = request.args.get("linje", "1")
    number = int(line) if re.fullmatch(r"[0-9]{1,6}", line) else 1
    checked = desk.checked({name: _body()})
    found: AtCursor | None = at_cursor(desk, checked, name, number)
    return page("edit_rule.html", at=found, checked=checked)


def save() -> Response:
    """Save the text of the editor's script, and say as JSON what came of it."""
    desk = open_desk()
    saver = Saver(desk, parts().registry, signed_in().caller(g.request_id))
    name = request.args.get("fil", "")
    try:
        stored, checked = saver.save(name, _body(), request.args.get("etag", ""))
    except NotSaved as refused:
        said = refused.why.in_language(language())
        return _json({"saved": False, "said": said}, _status(refused))
    words = _saved_words(checked, effects_now(desk, checked)).in_language(language())
    return _json({"saved": True, "said": words, "etag": stored.etag, "text": stored.text})


def words() -> Response:
    """Return what the editor completes with."""
    desk = open_desk()
    checked = desk.checked(with_cases=False)
    rulebook = checked.rulebook or parts().decider().rulebook
    return _json(words_of(rulebook, language()))


def _opened(desk: Desk, name: str, text: str | None = None) -> Editing:
    try:
        stored = desk.workspace.read(name)
    except (NotAllowed, Missing):
        abort(404)
    except TooLarge:
        abort(413)
    shown = stored.text if text is None else text
    asked = text is not None or name.startswith("tests/cases/")
    checked = desk.checked({name: shown}, with_cases=asked)
    active = _active_text(name)
    of_file = checked.of_file(name)
    return Editing(
        stored,
        shown,
        checked,
        of_file,
        tuple(each for each in checked.problems if each not in of_file),
        active,
        None if text is None else effects_now(desk, checked),
        text_difference(stored.text if active is None else active, shown),
    )


def _active_text(name: str) -> str | None:
    files = parts().active_files
    raw = None if files is None else files().get(name)
    return None if raw is None else raw.decode(errors="replace")


def _answer(editing: Editing, status: int = 200) -> Response:
    return page("edit_file.html", status, editing=editing)


def _saved_words(checked: Checked, effects: Effects | None) -> Text:
    """Say that it was saved, and what is left to do before it can be published."""
    failed = 0 if effects is None else len(effects.failed)
    if checked.errors:
        said = TEXTS["edit.saved_problems"]
        return Text(said.da.format(count=checked.errors), said.en.format(count=checked.errors))
    if failed:
        said = TEXTS["edit.saved_failing"]
        return Text(said.da.format(count=failed), said.en.format(count=failed))
    return TEXTS["edit.saved"]


def _named(desk: Desk) -> str:
    name = request.args.get("fil", "")
    try:
        desk.workspace.path(name)
    except NotAllowed:
        abort(404)
    return name


def _body() -> str:
    return request.get_data().decode(errors="replace")


def _status(refused: NotSaved) -> int:
    if refused.conflict:
        return 409
    return {NOT_HERE: 404, TOO_LARGE: 413}.get(refused.why, 422)


def _plain(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "line": problem.place.line,
        "column": problem.place.column,
        "message": message_of(problem).in_language(language()),
        "hint": hint_of(problem).in_language(language()),
    }


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, mimetype="application/json")


def _taking(path: str, name: str, view: Callable[..., Response]) -> Page:
    """Return a page to which the text of a file is sent; a form says some letters in three."""
    largest = 3 * MOST_BYTES
    return Page(path, name, view, Right.ANALYSE, methods=("POST",), edits=True, largest=largest)


PAGES = (
    *edit_list.PAGES,
    Page(PATH, "edit", overview, Right.ANALYSE, entry=Entry("edit.entry", 60), edits=True),
    _taking(PATH, "edit_form", changed),
    _taking(f"{PATH}/tjek", "edit_check", check),
    _taking(f"{PATH}/virkning", "edit_effect", effect),
    _taking(f"{PATH}/regel", "edit_rule", at),
    _taking(f"{PATH}/gem", "edit_save", save),
    Page(f"{PATH}/ord", "edit_words", words, Right.ANALYSE, edits=True),
)
