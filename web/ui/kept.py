"""What is made of a rulebook once and kept, because a rulebook never changes.

In: what makes it. Out: the same for the same identifier; the last few are kept.
Does not know: what is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from engine.model import Rulebook

Made = TypeVar("Made")
MOST = 4


class KeptByRulebook(Generic[Made]):
    """Safe to share between threads; two that ask at once may both make it."""

    def __init__(self, make: Callable[[Rulebook], Made]) -> None:
        self._make = make
        self._kept: OrderedDict[str, Made] = OrderedDict()
        self._lock = Lock()

    def of(self, rulebook: Rulebook) -> Made:
        """Return what was made of this rulebook."""
        with self._lock:
            if rulebook.id in self._kept:
                self._kept.move_to_end(rulebook.id)
                return self._kept[rulebook.id]
        made = self._make(rulebook)
        with self._lock:
            self._kept[rulebook.id] = made
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return made
