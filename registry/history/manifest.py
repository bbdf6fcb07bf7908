"""The file `history.json` of a history folder: what lies there, and nothing about anybody.

In: counts and moments. Out: JSON in format 1, and the same read again.
Does not know: Parquet. Whoever reads files trusts the files; the manifest is for people and
for the check that a folder is one of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from registry.errors import HistoryUnusable

FORMAT = 1
NAME = "history.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a history folder holds."""

    source: str
    """`database`, or `synthesized`."""
    rows: Mapping[str, int]
    """How many decisions of each operation."""
    first: datetime | None
    last: datetime | None
    """The moments of the first and the last decision."""
    rulebook: str
    """The rulebook whose catalogue names the columns."""
    made_at: datetime | None = None
    seed: int | None = None
    undecidable: Mapping[str, int] = field(default_factory=dict)
    """Decisions that could not be brought along, by the reason."""

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `history.json`; the last thing that is written of a folder."""
    document = {
        "format": FORMAT,
        "source": manifest.source,
        "rulebook": manifest.rulebook,
        "operations": dict(sorted(manifest.rows.items())),
        "decisions": manifest.total,
        "first": manifest.first,
        "last": manifest.last,
        "madeAt": manifest.made_at,
        "seed": manifest.seed,
        "undecidable": dict(sorted(manifest.undecidable.items())),
    }
    (folder / NAME).write_bytes(
        orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n"
    )


def read_manifest(folder: Path) -> Manifest:
    """Read `history.json`; raises `HistoryUnusable` for anything else than a folder of ours."""
    try:
        document = orjson.loads((folder / NAME).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise HistoryUnusable(
            f"expected a history folder with `{NAME}`, found none in `{folder}`; "
            "`samtale synthesize` makes one"
        ) from None
    except orjson.JSONDecodeError:
        raise HistoryUnusable(f"`{folder / NAME}` is no JSON; make the folder anew") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise HistoryUnusable(
            f"expected `{folder / NAME}` in format {FORMAT}, found another one; make it anew"
        )
    try:
        return _manifest(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise HistoryUnusable(f"`{folder / NAME}` lacks what format {FORMAT} has") from None


def _manifest(document: Mapping[str, Any]) -> Manifest:
    return Manifest(
        source=str(document["source"]),
        rows={str(name): int(many) for name, many in document["operations"].items()},
        first=_moment(document["first"]),
        last=_moment(document["last"]),
        rulebook=str(document["rulebook"]),
        made_at=_moment(document["madeAt"]),
        seed=None if document["seed"] is None else int(document["seed"]),
        undecidable={str(why): int(many) for why, many in document["undecidable"].items()},
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
