"""Headers that keep browsers and caches from doing what nobody meant.

In: a response. Out: the same with what it does not say itself.
Does not know: pages. A page that needs styles or forms sets its own `Content-Security-Policy` (and
`Cache-Control`, for what is not personal) before it comes here; what is set stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response

ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
ENCRYPTED_ONLY = "max-age=31536000; includeSubDomains"
"""Browsers heed it over TLS alone, and then never come back without TLS for a year."""
_WANTED = {
    False: ALWAYS,
    True: {**ALWAYS, "Strict-Transport-Security": ENCRYPTED_ONLY},
}


def secure(response: Response, *, encrypted_only: bool) -> None:
    """Set every header that the response has not; `encrypted_only` in production and with TLS."""
    headers = response.headers
    present = {name.lower() for name in headers.keys()}  # noqa: SIM118  # iterating gives pairs
    for name, value in _WANTED[encrypted_only].items():
        if name.lower() not in present:
            headers.add(name, value)
