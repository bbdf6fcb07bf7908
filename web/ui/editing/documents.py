"""The trees of files that somebody is working on: who types in one file, changes no other.

In: the bytes of a file, and its name. Out: what `read_yaml` gives, from memory when it can.
Does not know: rules. Trees are large, so that of much text only some are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from threading import Lock

from engine.source.document import Document, read_yaml

MOST_BYTES = 4_194_304
"""How much text the trees may have together; a tree takes some twenty times as much memory."""


class Documents:
    """Safe to share between threads; trees are never changed."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[str, bytes], tuple[Document, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def read(self, raw: bytes, shown_as: str) -> Document:
        """Read one file as `read_yaml` does."""
        key = (shown_as, sha256(raw).digest())
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found[0]
        document = read_yaml(raw, shown_as)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = document, len(raw)
                self._bytes += len(raw)
            while self._bytes > self._most_bytes:
                _, (_, length) = self._kept.popitem(last=False)
                self._bytes -= length
        return document
