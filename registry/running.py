"""What is running in this process, by name, each at most once.

In: names. Out: whether the name was free.
Does not know: what runs, nor other processes. Nobody waits here: the second one is turned away.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Running:
    """Names that are taken; safe to share between threads."""

    def __init__(self) -> None:
        self._inner = Lock()
        self._names: set[str] = set()

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """Hold a name inside the block; False when another holds it, who goes on holding it."""
        with self._inner:
            free = name not in self._names
            self._names.add(name)
        try:
            yield free
        finally:
            if free:
                with self._inner:
                    self._names.discard(name)
