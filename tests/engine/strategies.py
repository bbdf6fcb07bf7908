"""Hypothesis strategies of rulebooks within the language and of facts for them."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.facts import Facts
from engine.model import Rulebook
from tests.engine import invented, invented_rules
from tests.engine.invented import Draws


def _draws(draw: st.DrawFn) -> Draws:
    return Draws(lambda number: draw(st.integers(0, number - 1)))


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Draw a rulebook of one to four rules; it shrinks towards few and plain conditions."""
    return invented_rules.rulebook(_draws(draw))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Draw facts that the catalogue of every drawn rulebook allows."""
    return invented.facts(_draws(draw))
