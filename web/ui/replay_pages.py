"""Genberegning: what other rules would have decided on all stored registrations.

In: forms, and the newest replay of the work folder. Out: pages; who starts one has an audit line.
Does not know: how decisions are made again. Figures say nothing about whom.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from flask import Response, abort, g, redirect, request

from engine.explain.wording import both, code, day
from engine.facts import Text
from engine.model import Rulebook
from engine.problems import Problem, Severity
from registry.errors import HistoryUnusable, ReplayRunning
from registry.history.reasons import in_words
from registry.replay_run.figures import Figures, Share, plain_figures
from registry.replay_run.latest import Asked, Latest, State
from web.ui.charts import share
from web.ui.decision_choice import day_of_query
from web.ui.decisions import organisation_type
from web.ui.pages import Entry, Page
from web.ui.parts import parts, signed_in
from web.ui.rendering import for_htmx, page
from web.ui.replaying.replays import MOST, Replays
from web.ui.replaying.rule_choice import ACTIVE, DECIDED, FOLDER, RuleChoice
from web.ui.viewer import Right

PATH = "/genberegning"
LONGEST_LIST = 12
"""Rows of a table of figures; the download has all of them."""
WIDTH, HEIGHT = 720, 120
INTERVIEW_TYPES = "interview_types"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a table: how many of how many change."""

    name: Text
    changed: int
    rows: int
    part: float


@dataclass(frozen=True, slots=True)
class Column:
    """One month of the chart."""

    name: Text
    changed: int
    rows: int
    left: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a replay was not started."""

    key: str
    numbers: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()


def show() -> Response:
    _admitted()
    replays = _replays()
    if for_htmx():
        latest = replays.latest()
        if latest is not None and latest.state is not State.RUNNING:
            # a part cannot hold the result: the script loads the page anew
            return _reloading()
        return page("replay_progress.html", latest=latest)
    latest = replays.latest()
    return _page(_stated(latest), latest)


def act() -> Response:
    """Start or stop a replay."""
    _admitted()
    if request.form.get("do") == "stop":
        _replays().stop()
        return redirect(PATH, 303)  # type: ignore[return-value]  # one of werkzeug's
    asked, faults = _asked()
    refusal = Refusal("days") if faults else _started(asked)
    if refusal is None:
        return redirect(PATH, 303)  # type: ignore[return-value]  # one of werkzeug's
    return _page(asked, _replays().latest(), refusal)


def download() -> Response:
    _admitted()
    latest = _replays().latest()
    if latest is None or latest.figures is None:
        abort(404)
    body = orjson.dumps(plain_figures(latest.figures), option=orjson.OPT_INDENT_2)
    response = Response(body, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="genberegning.json"'
    return response


def _started(asked: Asked) -> Refusal | None:
    """Start what was asked for, unless something stands against it."""
    candidate = _choice().find(asked.candidate)
    against = None if asked.against == DECIDED else _choice().find(asked.against)
    if candidate is None or (against is None and asked.against != DECIDED):
        return Refusal("unknown_rules")
    if candidate.rulebook is None:
        return Refusal("unusable", problems=_errors(candidate.problems))
    if against is not None and against.rulebook is None:
        return Refusal("unusable", problems=_errors(against.problems))
    many = _replays().count(asked)
    if many > MOST:
        return Refusal("too_many", (many, MOST))
    if not many:
        return Refusal("no_decisions")
    caller = signed_in().caller(g.request_id)
    if _replays().running():
        return Refusal("running")
    parts().decisions.note_replay(caller, candidate.rulebook.id)
    try:
        _replays().start(asked, candidate.rulebook, None if against is None else against.rulebook)
    except ReplayRunning:
        return Refusal("running")
    except (HistoryUnusable, OSError):
        return Refusal("no_folder")
    return None


def _errors(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(each for each in problems if each.severity is Severity.ERROR)


def _asked() -> tuple[Asked, list[str]]:
    faults: list[str] = []
    since, until = (day_of_query(request.form, name, faults) for name in ("since", "until"))
    if since is not None and until is not None and until < since:
        faults.append("until")
    stated = (request.form.get(name, "")[:200] for name in ("candidate", "against"))
    candidate, against = stated
    return Asked(candidate, against or DECIDED, since, until), faults


def _stated(latest: Latest | None) -> Asked:
    """Return what the form shows first: what an address names, else what was asked for last."""
    wanted = request.args.get("kandidat", "")[:200]
    if wanted or latest is None:
        default = FOLDER if _choice().folder is not None else ACTIVE
        return Asked(wanted or default, DECIDED)
    return latest.asked


def _page(asked: Asked, latest: Latest | None, refusal: Refusal | None = None) -> Response:
    rulebook = parts().decider().rulebook
    figures = None if latest is None else latest.figures
    return page(
        "replay.html",
        400 if refusal is not None else 200,
        asked=asked,
        latest=latest,
        refusal=refusal,
        figures=figures,
        reasons=[] if figures is None else _reasons(figures),
        releases=_choice().releases(),
        with_folder=_choice().folder is not None,
        active=rulebook.id,
        running=_replays().running(),
        tables=() if figures is None else _tables(figures, rulebook),
        months=() if figures is None else _columns(figures.by_month),
        highest=0 if figures is None else max((m.changed for m in figures.by_month), default=0),
        chart=(WIDTH, HEIGHT),
        longest=LONGEST_LIST,
    )


def _reasons(figures: Figures) -> list[tuple[int, Text]]:
    return [(many, in_words(why)) for why, many in figures.undecidable.items()]


def _tables(figures: Figures, rulebook: Rulebook) -> tuple[tuple[str, list[Bar], int], ...]:
    """Return heading, rows and how many rows are left out."""
    return (
        ("by_organisation", *_bars(figures.by_organisation, rulebook, _organisation)),
        ("by_type", *_bars(figures.by_type, rulebook, _interview_type)),
    )


def _bars(
    shares: Sequence[Share], rulebook: Rulebook, named: Callable[[str, Rulebook], Text]
) -> tuple[list[Bar], int]:
    changing = [each for each in shares if each.changed]
    most = max((each.changed for each in changing), default=0)
    bars = [
        Bar(named(each.name, rulebook), each.changed, each.rows, share(each.changed, most))
        for each in changing[:LONGEST_LIST]
    ]
    return bars, len(changing) - len(bars)


def _organisation(name: str, rulebook: Rulebook) -> Text:
    kind, _, organisation = name.partition(" ")
    words = organisation_type(rulebook, kind)
    return both(lambda language: f"{words.in_language(language)} {organisation}".strip())


def _interview_type(name: str, rulebook: Rulebook) -> Text:
    if not name:
        return Text("uden samtaletype", "without an interview type")
    return code(int(name) if name.isdigit() else name, INTERVIEW_TYPES, rulebook.tables)


def _columns(shares: Sequence[Share]) -> list[Column]:
    highest = max((each.changed for each in shares), default=0)
    if not highest:
        return []
    step = min(WIDTH / len(shares), 48.0)
    return [
        Column(
            month_name(each.name),
            each.changed,
            each.rows,
            round(position * step + step * 0.1, 1),
            round(step * 0.8, 1),
            round(each.changed / highest * HEIGHT, 1),
        )
        for position, each in enumerate(shares)
    ]


def month_name(month: str) -> Text:
    """Return `marts 2024` for `2024-03`."""
    year, _, number = month.partition("-")
    first = day(date(int(year), int(number), 1))
    return both(lambda language: first.in_language(language).split(" ", 1)[1])


def _reloading() -> Response:
    response = Response(status=200, mimetype="text/html")
    response.headers["HX-Refresh"] = "true"
    return response


def _admitted() -> None:
    """Let nobody in who may not see the decisions of every citizen."""
    caller = signed_in().caller(g.request_id)
    parts().decisions.admit(caller, parts().decider())


def _replays() -> Replays:
    return parts().replays


def _choice() -> RuleChoice:
    return parts().rule_choice


PAGES = (
    Page(PATH, "replay", show, right=Right.ANALYSE, entry=Entry("replay.title", 55)),
    Page(PATH, "replay_act", act, right=Right.ANALYSE, methods=("POST",)),
    Page(f"{PATH}/hent.json", "replay_download", download, right=Right.ANALYSE),
)
