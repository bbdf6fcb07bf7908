"""Deciders by rulebook, each made once and kept as long as it is used.

In: what makes one. Out: deciders; safe to share between threads.
Does not know: which rulebook is active, or where content is stored.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock

from engine.decide import Decider

MOST = 8
"""Rulebooks that are kept ready; the least lately used one makes way."""


class DeciderShelf:
    """`make` takes the identifier of a rulebook; what it raises goes to everyone who waits for it.

    Nobody waits but for the one rulebook they want.
    """

    def __init__(self, make: Callable[[str], Decider], most: int = MOST) -> None:
        self._make = make
        self._most = most
        self._ready: OrderedDict[str, Decider] = OrderedDict()
        self._being_made: dict[str, Future[Decider]] = {}
        self._lock = Lock()

    def find(self, rulebook: str) -> Decider | None:
        """Return the decider when it is there; never waits for one being made."""
        with self._lock:
            return self._found(rulebook)

    def get(self, rulebook: str) -> Decider:
        """Return the decider, making it when need be."""
        with self._lock:
            found = self._found(rulebook)
            if found is not None:
                return found
            others = self._being_made.get(rulebook)
            if others is None:
                ours = self._being_made[rulebook] = Future()
        if others is not None:
            return others.result()
        return self._made(rulebook, ours)

    def put(self, decider: Decider) -> None:
        """Keep a decider that somebody else has made."""
        with self._lock:
            self._keep(decider)

    def _made(self, rulebook: str, promise: Future[Decider]) -> Decider:
        try:
            decider = self._make(rulebook)
        except BaseException as error:
            with self._lock:
                del self._being_made[rulebook]
            promise.set_exception(error)
            raise
        with self._lock:
            self._keep(decider)
            del self._being_made[rulebook]
        promise.set_result(decider)
        return decider

    def _found(self, rulebook: str) -> Decider | None:
        found = self._ready.get(rulebook)
        if found is not None:
            self._ready.move_to_end(rulebook)
        return found

    def _keep(self, decider: Decider) -> None:
        self._ready[decider.rulebook.id] = decider
        self._ready.move_to_end(decider.rulebook.id)
        while len(self._ready) > self._most:
            self._ready.popitem(last=False)
