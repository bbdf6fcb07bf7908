"""Mangler: what in the rulebook is still assumed or inferred, as a list of things to find out.

In: the active rulebook, for analysts how many stored decisions rest on each. Out: a page.
Does not know: how decisions are counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request

from engine.facts import Text
from web.ui.pages import Entry, Page
from web.ui.parts import parts, signed_in
from web.ui.rendering import for_htmx, page, page_number
from web.ui.resting import Rested
from web.ui.told_rules import TOLD
from web.ui.uncertain import UNCERTAIN, UNSURE, Key, Kind, Uncertain
from web.ui.viewer import Right

AT_ONCE = 100
"""Entries on one page of a kind."""
OF_EACH_KIND = 25
"""Entries of each kind on the page of all kinds."""
MOST_RULES = 3
"""Rules that are named for one entry; of the others the number is said."""


def show() -> Response:
    rulebook = parts().decider().rulebook
    rested = parts().resting.step(rulebook) if signed_in().analyst else None
    if for_htmx():
        return page("gap_progress.html", rested=rested, htmx=True)
    entries = UNCERTAIN.of(rulebook)
    kind, confidence = request.args.get("kind", ""), request.args.get("confidence", "")
    fitting = [
        each
        for each in entries
        if (not kind or each.kind == kind) and (not confidence or each.confidence == confidence)
    ]
    told = TOLD.of(rulebook)
    groups = _groups(fitting, {} if rested is None else rested.counts)
    at_once = AT_ONCE if kind else OF_EACH_KIND
    number = page_number(request.args.get("page", ""))
    return page(
        "gaps.html",
        groups=[
            (each, listed[(number - 1) * at_once : number * at_once], len(listed))
            for each, listed in groups
        ],
        number=number,
        pages=max((-(-len(listed) // at_once) for _, listed in groups), default=1) if kind else 1,
        chosen_kind=kind,
        chosen_confidence=confidence,
        kinds=[each for each in Kind if any(entry.kind is each for entry in entries)],
        confidences=UNSURE,
        all=len(entries),
        assumed=sum(each.confidence == UNSURE[0] for each in entries),
        rested=rested,
        many=lambda each: _many(each, rested),
        title_of=lambda rule: told[rule].title if rule in told else Text(rule, rule),
        operations_of=lambda rule: told[rule].rule.operations,
        most_rules=MOST_RULES,
    )


def _many(entry: Uncertain, rested: Rested | None) -> int | None:
    """Return how many decisions rest on an entry; None where that is not counted or not shown."""
    if rested is None or entry.kind is Kind.ERROR_CODE:
        return None
    return rested.counts.get(entry.key, 0)


def _groups(
    entries: list[Uncertain], counts: Mapping[Key, int]
) -> list[tuple[Kind, list[Uncertain]]]:
    """Return entries by kind; first what most decisions rest on, then what is least sure."""
    return [
        (
            kind,
            sorted(
                (each for each in entries if each.kind is kind),
                key=lambda each: (-counts.get(each.key, 0), UNSURE.index(each.confidence)),
            ),
        )
        for kind in Kind
        if any(each.kind is kind for each in entries)
    ]


PAGES = (Page("/mangler", "gaps", show, right=Right.READ_RULES, entry=Entry("gaps.title", 60)),)
