"""The identifier of a rulebook, from what its files say.

In: for every file the SHA-256 of its canonical content. Out: `sha256:` and 64 digits.
Does not know: how the content of a file is made canonical (see `source.tree`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def rulebook_id(content: Mapping[str, str]) -> str:
    """Return the identifier for the digests by file name, in whatever order they stand."""
    lines = "".join(f"{name}\0{content[name]}\n" for name in sorted(content))
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()
