"""Where a rule or a legal number comes from: the `basis` of an entry.

In: the mapping that holds a `basis`. Out: a `Basis`, or problems.
Does not know: what the basis is for.
"""

from __future__ import annotations

import re

from engine.model import Basis, Confidence
from engine.reader.section import Section
from engine.source.scalars import shown

CONFIDENCES = {each.value: each for each in Confidence}
"""The closed list of `confidence` words."""

_HTTPS = re.compile(r"https://[^\s/?#]+\.[^\s/?#]+[^\s]*")


def read_basis(owner: Section) -> Basis | None:
    """Read the required key `basis` of `owner`: `text`, `confidence` and perhaps `url`."""
    section = owner.section("basis")
    if section is None:
        return None
    text = section.text("text")
    confidence = section.choice("confidence", CONFIDENCES, None)
    url = section.optional_text("url")
    section.close()
    if url is not None and _HTTPS.fullmatch(url) is None:
        section.problems.error(
            "bad-url",
            section.value_place("url"),
            f"expected an address that begins with `https://`, found `{shown(url)}`",
            "write the whole address, beginning with `https://`",
        )
        return None
    if text is None or confidence is None:
        return None
    return Basis(text, confidence, url)
