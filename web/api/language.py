"""Which language the caller wants to read.

In: the header `Accept-Language`. Out: `da` or `en`.
Does not know: what will be said.
"""

from __future__ import annotations

from functools import lru_cache

from flask import request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

LANGUAGES = ("da", "en")
LONGEST = 200
"""Longer headers are read each time: whoever sends them shall not fill the memory."""


def language() -> str:
    """Return the caller's language; Danish when it asks for neither."""
    stated = request.headers.get("Accept-Language", "")
    return _wanted(stated) if len(stated) <= LONGEST else _wanted.__wrapped__(stated)


@lru_cache(maxsize=256)
def _wanted(stated: str) -> str:
    return parse_accept_header(stated, LanguageAccept).best_match(LANGUAGES, default="da") or "da"
