"""What gunicorn hands to the application, made fit for it.

In: a WSGI application. Out: the same, given bodies that end and the certificate of the client.
Does not know: operations, or who is let in.
"""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.http import errors
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from web.api.admission import CLIENT_CERTIFICATE


class ChunkedBody(io.RawIOBase):
    """A body of unknown length, read whole with the first read.

    Werkzeug stops at the limit and hands out what came before it, as if it were all; here a body
    over the limit is refused, and one whose chunks make no sense is the client's fault.
    """

    def __init__(self, stream: Any, limit: int) -> None:
        super().__init__()
        self._stream = stream
        self._limit = limit
        self._whole: io.BytesIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Raise 413 and 400 as Werkzeug's exceptions; the application makes problems of them."""
        if self._whole is None:
            self._whole = io.BytesIO(self._read())
        return self._whole.readinto(buffer)

    def _read(self) -> bytes:
        try:
            raw: bytes = self._stream.read(self._limit + 1)
        except errors.ParseException:
            raise BadRequest from None
        if len(raw) > self._limit:
            raise RequestEntityTooLarge
        return raw


def as_the_application_expects(
    application: Callable[..., Iterable[bytes]], body_limit: int
) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Return the application behind what only gunicorn needs."""

    def called(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if "CONTENT_LENGTH" not in environ:
            environ["wsgi.input"] = ChunkedBody(environ["wsgi.input"], body_limit)
        connection = environ["gunicorn.socket"]
        if isinstance(connection, ssl.SSLSocket):
            certificate = connection.getpeercert(binary_form=True)
            if certificate is not None:
                environ[CLIENT_CERTIFICATE] = certificate
        return application(environ, start)

    return called
