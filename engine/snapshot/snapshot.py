"""A rulebook and its warnings → bytes → the same rulebook and warnings.

In: what reading gave. Out: bytes that hold data only, and what they stand for.
Does not know: files, or where the bytes are kept.

Whoever keeps the bytes asks for them by `key_of`: the same files, read by the same program. Bytes
that were damaged, belong to another key or were made up are refused with `NotASnapshot`; nothing
that stands in them is ever run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from engine.identity import rulebook_id
from engine.model import Rulebook
from engine.problems import EngineError, Problem, Severity
from engine.snapshot.graph import built, flat
from engine.snapshot.kinds import Unreadable

_MARK = b"samtale rulebook 1\n"
_DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Read:
    """What reading the files of a sound rulebook gave."""

    rulebook: Rulebook
    warnings: tuple[Problem, ...]


class NotASnapshot(EngineError):
    """The bytes are not what was asked for, or not whole."""


def key_of(files: Mapping[str, bytes], program: str) -> str:
    """Return what a snapshot of these files is found by.

    `program` names everything else that the outcome of reading depends on.
    """
    digest = hashlib.sha256(_counted(program.encode()))
    for name in sorted(files):
        digest.update(_counted(name.encode("utf-8", "surrogatepass")))
        digest.update(_counted(files[name]))
    return digest.hexdigest()


def snapshot_of(read: Read, key: str) -> bytes:
    """Return the bytes; raises `ValueError` for what cannot be kept, such as half a character."""
    try:
        body = orjson.dumps(flat(read))
    except TypeError as error:  # what orjson raises for text that is not Unicode
        raise ValueError("the rulebook holds what JSON cannot") from error
    return _MARK + _checksum(key, body) + body


def read_snapshot(raw: bytes, key: str) -> Read:
    """Return what the bytes hold; raises `NotASnapshot` unless they are whole and of this key."""
    head = len(_MARK) + _DIGEST
    checksum, body = raw[len(_MARK) : head], raw[head:]
    if not raw.startswith(_MARK) or checksum != _checksum(key, body):
        raise NotASnapshot("the bytes are damaged, or belong to another key")
    try:
        read = built(orjson.loads(body), Read)
    except (Unreadable, orjson.JSONDecodeError) as error:
        raise NotASnapshot("the bytes do not hold a rulebook") from error
    if not _consistent(read):
        raise NotASnapshot("the bytes contradict themselves")
    return read


def _consistent(read: Read) -> bool:
    """Tell whether the rulebook has the identifier of its files, and nothing that refuses it."""
    sound = all(each.severity is Severity.WARNING for each in read.warnings)
    return sound and read.rulebook.id == rulebook_id(read.rulebook.content)


def _checksum(key: str, body: bytes) -> bytes:
    return hashlib.sha256(_counted(key.encode()) + body).digest()


def _counted(content: bytes) -> bytes:
    """Put the length in front, so that two different lists of contents never read alike."""
    return len(content).to_bytes(8, "big") + content
