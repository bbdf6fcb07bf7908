"""What takes long to make is made once and kept, while it is among the last that were asked for.

In: a key that says all it depends on, and what makes it. Out: the same for the same key.
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


class Kept(Generic[Made]):
    """Safe to share between threads; two that ask at once may both make it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Made] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Made]) -> Made:
        """Return what was made for this key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return made


class KeptByRulebook(Generic[Made]):
    """What is made of a rulebook alone, which never changes."""

    def __init__(self, make: Callable[[Rulebook], Made]) -> None:
        self._make = make
        self._kept: Kept[Made] = Kept()

    def of(self, rulebook: Rulebook) -> Made:
        """Return what was made of this rulebook."""
        return self._kept.get(rulebook.id, lambda: self._make(rulebook))
