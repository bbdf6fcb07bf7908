"""What takes part: an engine that has been given the rules of registration, ready to decide.

In: the facts of one registration. Out: the (rule, code) pairs that it finds broken.
Does not know: how any engine works, or how long it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.hand_written import Found, broken_rules

Facts = Mapping[str, Any]


class DifferentVerdictError(AssertionError):
    """A contestant does not find what hand-written Python finds, so its time says nothing."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """An engine with its rules; only `decide` counts as a decision."""

    name: str
    distribution: str | None
    """The package it comes in; its version goes into the results."""
    decide: Callable[[Any], Any]
    """From facts in its own shape to its own answer."""
    shape: Callable[[Facts], Any] = lambda facts: facts
    """What its users do to the facts of a registration before they ask it."""
    verdict: Callable[[Any], Found] = list
    """Reads the pairs out of its answer, in any order."""
    slow: bool = False
    """Takes milliseconds for a decision, so it is proven on fewer registrations."""


def prove(contestant: Contestant, registrations: Sequence[Facts]) -> None:
    """Raise `DifferentVerdictError` unless it finds the same as hand-written Python everywhere."""
    for number, facts in enumerate(registrations):
        expected = sorted(broken_rules(facts))
        found = sorted(contestant.verdict(contestant.decide(contestant.shape(facts))))
        if found != expected:
            raise DifferentVerdictError(
                f"{contestant.name} found {found} in registration {number}, "
                f"hand-written Python {expected}"
            )
