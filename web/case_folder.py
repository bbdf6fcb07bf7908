"""The case files of a folder.

In: a folder. Out: the bytes of its case files by name.
Does not know: what stands in them.
"""

from __future__ import annotations

from pathlib import Path


def read_case_folder(folder: Path, shown_as: str) -> dict[str, bytes]:
    """Return every case file in `folder` and below, by its path beginning with `shown_as`.

    Files that begin with a dot and Markdown pages are left out; any other file counts, so that a
    wrongly named one is reported and not silently ignored. Raises `OSError` when there is no such
    folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no folder `{folder}`")
    return {
        f"{shown_as}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".md"
    }
