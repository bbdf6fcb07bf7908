"""What a replay came to, as it is told: on the terminal, as JSON, on a page.

In: a `Replayed`. Out: figures, the largest first, and the same as plain JSON.
Does not know: words or pages. Nothing here says whom a decision is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a decision says: whether it is accepted, and the codes of what spoke up."""

    accepted: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Decisions that said one thing and now say another; `examples` are some of them."""

    was: Answer
    becomes: Answer
    many: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the decisions of one organisation, type or month change."""

    name: str
    """`job_centre 101`, `18`, `2024-03`; empty where a decision has no such thing."""
    rows: int
    changed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole result; `rows` counts every decision of the history."""

    candidate: str
    baseline: str
    rows: int
    changed: int
    undecidable: Mapping[str, int]
    """Decisions that the candidate or the baseline cannot decide, by the reason."""
    changes: tuple[Change, ...]
    by_organisation: tuple[Share, ...]
    by_type: tuple[Share, ...]
    by_month: tuple[Share, ...]

    @property
    def not_decided(self) -> int:
        return sum(self.undecidable.values())

    @property
    def nothing_found(self) -> bool:
        """Whether every decision was made again, and came out the same."""
        return not self.changed and not self.not_decided


def plain_figures(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON has them."""
    return {
        "candidate": figures.candidate,
        "against": figures.baseline,
        "decisions": figures.rows,
        "changed": figures.changed,
        "undecidable": dict(figures.undecidable),
        "changes": [
            {
                "from": _plain_answer(each.was),
                "to": _plain_answer(each.becomes),
                "decisions": each.many,
                "examples": list(each.examples),
            }
            for each in figures.changes
        ],
        "byOrganisation": [_plain_share("organisation", each) for each in figures.by_organisation],
        "byType": [_plain_share("interviewType", each) for each in figures.by_type],
        "byMonth": [_plain_share("month", each) for each in figures.by_month],
    }


def read_figures(plain: Mapping[str, Any]) -> Figures:
    """Return the figures that `plain_figures` wrote."""
    return Figures(
        plain["candidate"],
        plain["against"],
        plain["decisions"],
        plain["changed"],
        plain["undecidable"],
        tuple(
            Change(_answer(each["from"]), _answer(each["to"]), each["decisions"], tuple(each["examples"]))
            for each in plain["changes"]
        ),
        _shares(plain["byOrganisation"], "organisation"),
        _shares(plain["byType"], "interviewType"),
        _shares(plain["byMonth"], "month"),
    )


def _plain_answer(answer: Answer) -> dict[str, Any]:
    return {"accepted": answer.accepted, "codes": list(answer.codes)}


def _answer(plain: Mapping[str, Any]) -> Answer:
    return Answer(plain["accepted"], tuple(plain["codes"]))


def _plain_share(what: str, share: Share) -> dict[str, Any]:
    return {what: share.name, "decisions": share.rows, "changed": share.changed}


def _shares(plain: list[Mapping[str, Any]], what: str) -> tuple[Share, ...]:
    return tuple(Share(each[what], each["decisions"], each["changed"]) for each in plain)
