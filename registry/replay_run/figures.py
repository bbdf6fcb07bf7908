"""What a replay came to, as it is told: on the terminal, as JSON, on a page.

In: a `Replayed`. Out: figures, the largest first, and the same as plain JSON.
Does not know: words or pages. Nothing here says whom a decision is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registry.history.reasons import Why, key_of, parts_of
from registry.replay.comparison import Answer, Comparison, Count


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
    """Decisions that the candidate or the baseline cannot decide, by the key of the reason."""
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


def figures_of(
    candidate: str,
    baseline: str,
    compared: Comparison,
    unread: Mapping[str, int],
    examples: int,
) -> Figures:
    """Return the figures of what was compared and of what could not even be read.

    At most `examples` decisions are named for each change.
    """
    changes = (
        Change(was, becomes, change.count, change.examples[:examples])
        for (was, becomes), change in compared.changes.items()
    )
    undecidable = dict(unread)
    if compared.undecidable:
        undecidable[_reason(compared)] = compared.undecidable
    return Figures(
        candidate,
        baseline,
        compared.rows + sum(unread.values()),
        compared.changed,
        undecidable,
        tuple(sorted(changes, key=lambda each: (-each.many, each.was, each.becomes))),
        _largest(
            _shares_of((" ".join(name), count) for name, count in compared.by_organisation.items())
        ),
        _largest(_shares_of(compared.by_type.items())),
        tuple(sorted(_shares_of(compared.by_month.items()), key=lambda each: each.name)),
    )


def _reason(compared: Comparison) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(compared.missing))
    return key_of(Why.HISTORY, names) if names else key_of(Why.FACT)


def _shares_of(counts: Iterable[tuple[str, Count]]) -> list[Share]:
    return [Share(name, count.rows, count.changed) for name, count in counts]


def _largest(shares: list[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda each: (-each.changed, -each.rows, each.name)))


def plain_figures(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON has them."""
    return {
        "candidate": figures.candidate,
        "against": figures.baseline,
        "decisions": figures.rows,
        "changed": figures.changed,
        "undecidable": [_plain_reason(*each) for each in figures.undecidable.items()],
        "changes": [
            {
                "from": each.was.to_json(),
                "to": each.becomes.to_json(),
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
        {key_of(Why(e["reason"]), e["name"]): e["decisions"] for e in plain["undecidable"]},
        tuple(
            Change(
                Answer.from_json(each["from"]),
                Answer.from_json(each["to"]),
                each["decisions"],
                tuple(each["examples"]),
            )
            for each in plain["changes"]
        ),
        _shares(plain["byOrganisation"], "organisation"),
        _shares(plain["byType"], "interviewType"),
        _shares(plain["byMonth"], "month"),
    )


def _plain_reason(key: str, many: int) -> dict[str, Any]:
    why, name = parts_of(key)
    return {"reason": why, "name": name, "decisions": many}


def _plain_share(what: str, share: Share) -> dict[str, Any]:
    return {what: share.name, "decisions": share.rows, "changed": share.changed}


def _shares(plain: list[Mapping[str, Any]], what: str) -> tuple[Share, ...]:
    return tuple(Share(each[what], each["decisions"], each["changed"]) for each in plain)
