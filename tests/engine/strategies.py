"""Hypothesis strategies of rulebooks within the language and of facts for them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from engine.facts import Facts
from engine.model import Rulebook, RuleKind
from tests.engine import invented, invented_alike, invented_rules
from tests.engine.invented import Draws


def _draws(draw: st.DrawFn) -> Draws:
    return Draws(lambda number: draw(st.integers(0, number - 1)))


@st.composite
def rulebooks(draw: st.DrawFn, kinds: Sequence[RuleKind] = tuple(RuleKind)) -> Rulebook:
    """Draw a rulebook of one to four rules, grants or notices.

    It shrinks towards rules, few of them, and plain conditions.
    """
    return invented_rules.rulebook(_draws(draw), kinds)


@st.composite
def alike_rulebooks(draw: st.DrawFn) -> Rulebook:
    """Draw a rulebook of up to twelve rules or grants that are much alike."""
    return invented_alike.rulebook(_draws(draw))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Draw facts that the catalogue of every drawn rulebook allows."""
    return invented.facts(_draws(draw))
