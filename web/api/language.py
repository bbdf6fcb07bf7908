"""Which language the caller wants to read.

In: the header `Accept-Language`. Out: `da` or `en`.
Does not know: what will be said.
"""

from __future__ import annotations

from flask import request

LANGUAGES = ("da", "en")


def language() -> str:
    """Return the caller's language; Danish when it asks for neither."""
    return request.accept_languages.best_match(LANGUAGES, default="da") or "da"
