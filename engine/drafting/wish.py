"""What an analyst says of the rule that is to be, and why it cannot be drafted.

In: nothing. Out: `Wish`, `Refusal`.
Does not know: files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.facts import Scalar, Text
from engine.problems import EngineError


@dataclass(frozen=True, slots=True)
class Wish:
    """A rule to draft; `fact` None lets a fitting one be chosen."""

    rule: str
    operations: tuple[str, ...]
    code: str
    title: Text
    valid_from: date
    field: str = ""
    """JSON pointer; empty is the whole request."""
    fact: str | None = None
    values: tuple[Scalar, ...] = ()
    """What the fact may be; empty: what it is in the case that the draft starts from."""


class Refusal(EngineError):
    """The rule cannot be drafted; `reason` in both languages says why and what to do."""

    def __init__(self, da: str, en: str) -> None:
        self.reason = Text(da, en)
        super().__init__(en)
