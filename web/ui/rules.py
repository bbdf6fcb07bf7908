"""Regler: the rulebook as sentences, and a page for each rule, grant and notice.

In: the active rulebook, its cases, for analysts how often rules spoke up. Out: pages.
Does not know: how sentences are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, abort, request

from engine.model import Confidence, Rulebook, RuleKind
from registry.days import day_of
from web.ui.pages import Entry, Page
from web.ui.parts import parts, signed_in
from web.ui.rendering import for_htmx, page, page_number
from web.ui.rule_cases import examples
from web.ui.told_rules import TOLD, ToldRule
from web.ui.version_line import WIDTH, version_line
from web.ui.viewer import Right

AT_ONCE = 60
"""Rules on one page of the list."""
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list was asked for; empty leaves a part open."""

    words: str
    operation: str
    kind: str
    confidence: str

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.operation or self.kind or self.confidence)

    def fits(self, told: ToldRule, day: date) -> bool:
        return (
            (not self.operation or self.operation in told.rule.operations)
            and (not self.kind or self.kind == told.kind.value)
            and (not self.confidence or self.confidence == told.confidence(day).value)
            and all(word in told.searched for word in self.words.lower().split())
        )


def show() -> Response:
    rulebook, day = parts().decider().rulebook, day_of(parts().clock())
    choice = _choice()
    fitting = [
        each for each in in_reading_order(TOLD.of(rulebook).values()) if choice.fits(each, day)
    ]
    number = page_number(request.args.get("page", ""))
    shown = fitting[(number - 1) * AT_ONCE : number * AT_ONCE]
    return page(
        "rule_list.html" if for_htmx() else "rules.html",
        choice=choice,
        groups=_groups(rulebook, shown),
        found=len(fitting),
        number=number,
        pages=max(1, -(-len(fitting) // AT_ONCE)),
        operations=tuple(rulebook.catalogue.operations),
        kinds=tuple(RuleKind),
        confidences=tuple(Confidence),
        fired=_fired(),
        day=day,
    )


def show_one(rule_id: str) -> Response:
    decider, day = parts().decider(), day_of(parts().clock())
    told = TOLD.of(decider.rulebook).get(rule_id)
    if told is None:
        abort(404)
    return page(
        "rule.html",
        told=told,
        current=told.on(day),
        shown=told.shown(day),
        coming=told.coming(day),
        examples=examples(told, parts().cases(decider.rulebook), decider),
        line=version_line([each.start for each in told.wordings], day),
        line_width=WIDTH,
        fired=parts().decisions.fired_in_codes(told.id) if signed_in().analyst else None,
        day=day,
    )


def in_reading_order(rules: Iterable[ToldRule]) -> list[ToldRule]:
    """Return rules before grants and notices, and those of few operations before those of many."""
    kinds = list(RuleKind)
    return sorted(rules, key=lambda each: (kinds.index(each.kind), len(each.rule.operations)))


def _choice() -> Choice:
    asked = request.args
    return Choice(
        words=" ".join(asked.get("q", "").split())[:LONGEST_SEARCH],
        operation=asked.get("operation", ""),
        kind=asked.get("kind", ""),
        confidence=asked.get("confidence", ""),
    )


def _groups(
    rulebook: Rulebook, shown: Sequence[ToldRule]
) -> list[tuple[tuple[str, ...], list[ToldRule]]]:
    """Return rules by the operations that they decide, in the order of the catalogue."""
    order = {name: position for position, name in enumerate(rulebook.catalogue.operations)}
    groups: dict[tuple[str, ...], list[ToldRule]] = {}
    for each in shown:
        key = tuple(sorted(each.rule.operations, key=lambda name: order[name]))
        groups.setdefault(key, []).append(each)
    return list(groups.items())


def _fired() -> Mapping[str, int] | None:
    """Return how often rules spoke up, to analysts alone."""
    return parts().decisions.fired() if signed_in().analyst else None


PAGES = (
    Page("/regler", "rules", show, right=Right.READ_RULES, entry=Entry("rules.title", 10)),
    Page("/regler/<rule_id>", "rule", show_one, right=Right.READ_RULES),
)
