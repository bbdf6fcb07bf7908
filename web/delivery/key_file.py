"""Writes the file with the keys that messages are signed with: one on each line, the newest first.

In: a path, keys. Out: a file that its owner alone can read.
Does not know: which of the keys receivers know. All of them sign: while a key is being replaced, a
receiver finds a signature by the one it knows.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from web.delivery.signing import SigningKey


def write_signing_keys(path: Path, keys: Sequence[SigningKey]) -> None:
    """Replace the file, all or nothing; raises `OSError`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)  # made with mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{key.secret()}\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink()
        raise
