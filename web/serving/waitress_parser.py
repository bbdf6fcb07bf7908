"""Requests as waitress reads them, without those that two servers could understand differently.

In: the head of a request. Out: the request, or 400 and the end of the connection.
Does not know: what is asked. waitress takes a request that announces both a length and chunks by
its chunks and goes on listening; a proxy in front that went by the length would take what follows
for a part of it, and let through what it should have looked at (request smuggling, RFC 9112 6.1).
"""

from __future__ import annotations

from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

from web.serving.waitress_refusal import Refusal


class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """Refuses a length beside chunks."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length beside Transfer-Encoding")


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are read so, and refused by a problem."""

    parser_class = Parser
    error_task_class = Refusal


def read_strictly(server: Any) -> None:
    """Let a server of waitress, which may have several sockets, read all requests so."""
    for listening in (server, *getattr(server, "map", {}).values()):
        if hasattr(listening, "channel_class"):
            listening.channel_class = Channel
