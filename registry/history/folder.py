"""A history folder: `OPERATION/NAME.parquet`, and `history.json` beside the operations.

In: a path. Out: its Parquet files by operation, in the order of their names; room for a new one.
Does not know: what stands in a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.errors import HistoryUnusable
from registry.history.manifest import NAME, Manifest, read_manifest

PRIVATE = 0o700
"""Nobody but the user of the program looks into a folder that holds facts of citizens."""


@dataclass(frozen=True, slots=True)
class HistoryFolder:
    """A history that lies in files."""

    path: Path
    manifest: Manifest
    files: Mapping[str, tuple[Path, ...]]
    """Operation to its files; an operation without any is not there."""


def read_history(path: Path) -> HistoryFolder:
    """Return what lies in a folder; raises `HistoryUnusable` when it is no history."""
    manifest = read_manifest(path)
    files = {name: tuple(sorted((path / name).glob("*.parquet"))) for name in manifest.rows}
    lacking = [name for name, many in manifest.rows.items() if many and not files[name]]
    if lacking:
        raise HistoryUnusable(
            f"`{path / NAME}` names the operation `{lacking[0]}`, found no file of it"
        )
    return HistoryFolder(path, manifest, {name: found for name, found in files.items() if found})


def empty_folder(path: Path) -> Path:
    """Make a folder that nobody else may look into; raises `HistoryUnusable` for one in use."""
    path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    if any(path.iterdir()):
        raise HistoryUnusable(f"expected an empty or a new folder, found files in `{path}`")
    return path
