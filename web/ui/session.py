"""The session and the proof that a form is ours, both in cookies.

In: a token that was pasted, cookies of the request. Out: the viewer, cookies of the response.
Does not know: who issues tokens.

The session cookie IS the token: signed by its issuer, read anew with every request, over when it
expires. So no process keeps sessions, several workers need no shared secret, and a cookie can do
nothing that its holder could not do before. See docs/decisions/0063-workbench.md.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256

from flask import Response, g, request

from web.ui.parts import parts
from web.ui.viewer import NotProven, Viewer

LONGEST_SESSION_TOKEN = 3_800
"""Browsers keep cookies of at most 4096 bytes, name and attributes included."""
FORM_FIELD = "form_proof"
FORM_HEADER = "X-Form-Proof"
_FORM_LIFE = timedelta(hours=12)


def read_viewer() -> Viewer | None:
    """Return whom the session cookie proves; None without one, and when it no longer holds."""
    token = request.cookies.get(_session_name(), "")
    if not token:
        return None
    try:
        return parts().prove(token, parts().clock())
    except NotProven as reason:
        g.refused_because = f"session: {reason}"
        return None


def begin(response: Response, token: str, viewer: Viewer) -> None:
    """Log in: the cookie ends with the token."""
    left = viewer.until - parts().clock()
    _set(response, _session_name(), token, left)


def end(response: Response) -> None:
    """Log out."""
    for name in (_session_name(), _form_name()):
        response.delete_cookie(
            name, path="/", secure=parts().secure, httponly=True, samesite="Strict"
        )


def form_proof() -> str:
    """Return what a form of this page must send along; others cannot know it.

    It hangs on the session, or for somebody not logged in on a cookie made for the purpose, which
    `finish` sets.
    """
    secret = request.cookies.get(_session_name()) if g.get("viewer") is not None else None
    if secret is None:
        secret = g.get("form_secret") or request.cookies.get(_form_name())
        if not secret:
            secret = g.form_secret = secrets.token_urlsafe(32)
            g.new_form_secret = True
    return _proof(secret)


def is_ours() -> bool:
    """Tell whether the form or script request that was sent came from a page of ours."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    signed_in = g.get("viewer") is not None
    secret = request.cookies.get(_session_name() if signed_in else _form_name(), "")
    sent = request.headers.get(FORM_HEADER) or request.form.get(FORM_FIELD, "")
    return bool(secret) and hmac.compare_digest(_proof(secret).encode(), sent.encode())


def finish(response: Response) -> None:
    """Set the cookie that a form of somebody not logged in hangs on, when one was made."""
    if g.get("new_form_secret"):
        _set(response, _form_name(), g.form_secret, _FORM_LIFE)


def _proof(secret: str) -> str:
    return hmac.new(secret.encode(), b"samtale form", sha256).hexdigest()


def _session_name() -> str:
    return _named("samtale-session")


def _form_name() -> str:
    return _named("samtale-form")


def _named(name: str) -> str:
    # a cookie of this name is taken by browsers from an encrypted answer of this host alone
    return f"__Host-{name}" if parts().secure else name


def _set(response: Response, name: str, value: str, life: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max(0, int(life.total_seconds())),
        path="/",
        secure=parts().secure,
        httponly=True,
        samesite="Strict",
    )
