"""Files that never change under their address: styles, scripts, pictures.

In: the folder `static/`. Out: `address(name)`, and the file with an age of a year.
Does not know: pages. The address holds a hash of the content, so a new version has a new address.
"""

from __future__ import annotations

import functools
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Response, abort, request

FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_TEXT = {".css", ".js", ".svg"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its content, what it is and the hash that stands in its address."""

    content: bytes
    packed: bytes | None
    mimetype: str
    digest: str


@functools.cache
def assets() -> Mapping[str, Asset]:
    """Return every file that browsers may ask for, by its path inside `static/`."""
    found: dict[str, Asset] = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            found[path.relative_to(FOLDER).as_posix()] = Asset(
                content,
                gzip.compress(content, 9, mtime=0) if path.suffix in _TEXT else None,
                _TYPES[path.suffix],
                sha256(content).hexdigest()[:16],
            )
    return found


def address(name: str) -> str:
    """Return where a file is found; raises `KeyError` for one that is not there."""
    return f"/static/{assets()[name].digest}/{name}"


def read(digest: str, name: str) -> Response:
    """Return the file of this name and hash; an old hash is not found, lest it be kept for new."""
    asset = assets().get(name)
    if asset is None or asset.digest != digest:
        abort(404)
    packs = asset.packed is not None and request.accept_encodings.quality("gzip") > 0
    response = Response(
        asset.packed if packs and asset.packed is not None else asset.content,
        mimetype=asset.mimetype,
    )
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.vary.add("Accept-Encoding")
    return response
