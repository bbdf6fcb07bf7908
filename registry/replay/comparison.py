"""What came of deciding a history again: how much changes, from what to what, and for whom.

In: counts, as the lanes make them. Out: a value that adds up over the chunks of a history, and is
written to JSON and read from it.
Does not know: how anything was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

EXAMPLES = 10
"""So many decisions are named for each change: those with the lowest ids."""
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    """What a caller was, or would be, told; codes are sorted and each is there once.

    Of grants and notices the ids stand among the codes of advice: they refuse nobody.
    """

    accepted: bool
    codes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"accepted": self.accepted, "codes": [*self.codes], "advice": [*self.advice]}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Answer:
        return cls(plain["accepted"], tuple(plain["codes"]), tuple(plain["advice"]))


@dataclass(frozen=True, slots=True)
class Count:
    """How many decisions there are, of them changed, and of them undecidable."""

    rows: int = 0
    changed: int = 0
    undecidable: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.rows + other.rows,
            self.changed + other.changed,
            self.undecidable + other.undecidable,
        )

    def to_json(self) -> dict[str, int]:
        return {"rows": self.rows, "changed": self.changed, "undecidable": self.undecidable}


@dataclass(frozen=True, slots=True)
class Change:
    """How many decisions change in one way, and the ids of some of them, sorted."""

    count: int = 0
    examples: tuple[str, ...] = ()

    def __add__(self, other: Change) -> Change:
        examples = sorted({*self.examples, *other.examples})[:EXAMPLES]
        return Change(self.count + other.count, tuple(examples))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference between two ways of deciding the same history.

    `by_organisation` is keyed by type and code, `by_type` by the type of the interview, `by_month`
    by the month in Denmark in which it was recorded, `2024-06`. `missing` names the facts that a
    rule must know and some file of the history does not have. An undecidable row lacks what a rule
    must know, and is never counted as changed.
    """

    total: Count = Count()
    changes: Mapping[tuple[Answer, Answer], Change] = field(default_factory=dict)
    by_organisation: Mapping[tuple[str, str], Count] = field(default_factory=dict)
    by_type: Mapping[str, Count] = field(default_factory=dict)
    by_month: Mapping[str, Count] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()

    @property
    def rows(self) -> int:
        return self.total.rows

    @property
    def changed(self) -> int:
        return self.total.changed

    @property
    def undecidable(self) -> int:
        return self.total.undecidable

    def __add__(self, other: Comparison) -> Comparison:
        return Comparison(
            self.total + other.total,
            _added(self.changes, other.changes, Change()),
            _added(self.by_organisation, other.by_organisation, Count()),
            _added(self.by_type, other.by_type, Count()),
            _added(self.by_month, other.by_month, Count()),
            self.missing | other.missing,
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain values, the most frequent change first and all else sorted."""
        frequent = sorted(self.changes.items(), key=lambda pair: (-pair[1].count, pair[0]))
        return {
            **self.total.to_json(),
            "changes": [
                {
                    "from": before.to_json(),
                    "to": after.to_json(),
                    "count": change.count,
                    "examples": [*change.examples],
                }
                for (before, after), change in frequent
            ],
            "by_organisation": [
                {"type": type_, "code": code, **count.to_json()}
                for (type_, code), count in sorted(self.by_organisation.items())
            ],
            "by_type": [
                {"type": type_, **count.to_json()} for type_, count in sorted(self.by_type.items())
            ],
            "by_month": [
                {"month": month, **count.to_json()}
                for month, count in sorted(self.by_month.items())
            ],
            "missing": sorted(self.missing),
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Comparison:
        """Return the comparison that `to_json` gave."""
        return cls(
            _count(plain),
            {
                (Answer.from_json(each["from"]), Answer.from_json(each["to"])): Change(
                    each["count"], tuple(each["examples"])
                )
                for each in plain["changes"]
            },
            {(each["type"], each["code"]): _count(each) for each in plain["by_organisation"]},
            {each["type"]: _count(each) for each in plain["by_type"]},
            {each["month"]: _count(each) for each in plain["by_month"]},
            frozenset(plain["missing"]),
        )


def _count(plain: Mapping[str, Any]) -> Count:
    return Count(plain["rows"], plain["changed"], plain["undecidable"])


Addable = TypeVar("Addable", Count, Change)


def _added(
    some: Mapping[Key, Addable], others: Mapping[Key, Addable], none: Addable
) -> dict[Key, Addable]:
    added = dict(some)
    for key, value in others.items():
        added[key] = added.get(key, none) + value
    return added
