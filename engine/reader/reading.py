"""Single values of an analyst's file, and the list of problems that reading fills.

In: nodes that know their place. Out: plain values, None with a `Problem` for what is of the wrong
kind.
Does not know: mappings (`section`), rules, facts or tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from engine.problems import Place, Problem, Severity
from engine.reader.names import Names
from engine.source.document import ListNode, MapNode, Node, Scalar
from engine.source.scalars import shown

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SNAKE = re.compile(r"[a-z][a-z0-9_]*")


class Problems:
    """All that was found wrong so far, in the order of finding."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def error(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Add a problem that stops the rulebook."""
        self.found.append(Problem(code, place, message, hint))

    def warn(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Add a problem that stops nothing."""
        self.found.append(Problem(code, place, message, hint, Severity.WARNING))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that `name` was most likely meant to be, if one is near."""
    return Names(known).nearest(name)


def did_you_mean(name: str, known: Iterable[str] | Names, *, prefix: str = "") -> str:
    """Return a hint: the nearest known name, or all of them when they are few.

    Whoever may ask thousands of times hands in `Names.in_order`, made once.
    """
    found = known if isinstance(known, Names) else Names.in_order(known)
    close = found.nearest(name)
    if close is not None:
        return f"did you mean `{prefix}{close}`?"
    names = found.names
    if not names:
        return "none is known here"
    listed = ", ".join(f"`{prefix}{each}`" for each in names[:12])
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"use one of {listed}{more}"


def kind_of(node: Node) -> str:
    """Say what stands in the file, in an analyst's words, short values included."""
    if isinstance(node, MapNode):
        return "a mapping"
    if isinstance(node, ListNode):
        return "a list"
    value = node.value
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int):
        return f"the number `{shown(str(value))}`"
    if isinstance(value, date):
        return f"the date `{value.isoformat()}`"
    return f"the text `{shown(value)}`" if value.strip() else "empty text"


def as_text(node: Node, problems: Problems, what: str) -> str | None:
    """Read non-empty text in Unicode NFC."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        if node.value.strip():
            return unicodedata.normalize("NFC", node.value)
        problems.error(
            "empty-text",
            node.place,
            f"expected text for {what}, found empty text",
            "write the text",
        )
        return None
    quotable = isinstance(node, Scalar)
    problems.error(
        "wrong-kind",
        node.place,
        f"expected text for {what}, found {kind_of(node)}",
        "put it in quotation marks" if quotable else "write one text",
    )
    return None


def as_day(node: Node, problems: Problems, what: str) -> date | None:
    """Read a calendar day."""
    if isinstance(node, Scalar) and isinstance(node.value, date):
        return node.value
    quoted = isinstance(node, Scalar) and node.quoted
    problems.error(
        "wrong-kind",
        node.place,
        f"expected a date for {what}, found {kind_of(node)}",
        "remove the quotation marks" if quoted else "write the date as YYYY-MM-DD",
    )
    return None


def as_flag(node: Node, problems: Problems, what: str) -> bool | None:
    """Read `true` or `false`."""
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    problems.error(
        "wrong-kind",
        node.place,
        f"expected `true` or `false` for {what}, found {kind_of(node)}",
        "write `true` or `false` without quotation marks",
    )
    return None


def as_count(node: Node, problems: Problems, what: str) -> int | None:
    """Read a whole number that is not negative."""
    if isinstance(node, Scalar) and isinstance(node.value, int) and not is_flag(node):
        if node.value >= 0:
            return node.value
        problems.error(
            "negative-count",
            node.place,
            f"expected zero or more for {what}, found `{node.value}`",
            "write a number that is not negative",
        )
        return None
    problems.error(
        "wrong-kind",
        node.place,
        f"expected a whole number for {what}, found {kind_of(node)}",
        "write a whole number without quotation marks",
    )
    return None


def is_flag(node: Node) -> bool:
    """Tell whether the node is `true` or `false`, which Python takes for numbers."""
    return isinstance(node, Scalar) and isinstance(node.value, bool)


def as_list(node: Node, problems: Problems, what: str, *, may_be_empty: bool = False) -> ListNode:
    """Read a list; an empty one stands in for anything else."""
    if not isinstance(node, ListNode):
        problems.error(
            "wrong-kind",
            node.place,
            f"expected a list for {what}, found {kind_of(node)}",
            "write a list: `[first, second]`",
        )
        return ListNode((), node.place)
    if not node.entries and not may_be_empty:
        problems.error(
            "empty-list",
            node.place,
            f"expected at least one entry for {what}, found an empty list",
            "add an entry, or leave the key out",
        )
    return node
