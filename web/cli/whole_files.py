"""Several files are written, or none.

In: the new content of files by path. Out: the files; after a failure they are as they were.
Does not know: what stands in them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write all files; each is replaced at once, so that nobody ever reads half a file.

    Raises `OSError` when one cannot be written; those that were written are put back as they were,
    and new ones removed.
    """
    before = {path: path.read_bytes() if path.exists() else None for path in contents}
    done: list[Path] = []
    try:
        for path, content in contents.items():
            _replace(path, content)
            done.append(path)
    except OSError:
        for path in done:
            old = before[path]
            with suppress(OSError):
                if old is None:
                    path.unlink()
                else:
                    _replace(path, old)
        raise


def _replace(path: Path, content: bytes) -> None:
    path = path.resolve()  # a link stays a link
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
