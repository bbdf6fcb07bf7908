"""waitress: one process, many threads, no TLS. The server of development and of small houses.

In: a WSGI application and settings. Out: answers, until SIGTERM or Ctrl-C.
Does not know: the application. It reads requests without a thread each, so that a slow one takes
none; but one that drips for ever keeps its connection, and there are 900 of them.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from waitress import create_server

from web.serving.bounds import LARGEST_HEADERS, LARGEST_PAGE_BODY, MOST_CONNECTIONS
from web.serving.lasting import hold_what_is_there
from web.serving.waitress_parser import read_strictly
from web.settings import Settings


def serve(application: Any, settings: Settings, ready: Callable[[int], None]) -> None:
    """Serve until stopped; `ready` is told the port. Raises `OSError` when it cannot be taken."""
    server = listening(application, settings)
    # SIGTERM stops a service as Ctrl-C does: waitress finishes the requests at hand
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    hold_what_is_there()
    with suppress(KeyboardInterrupt):
        ready(server.effective_port)
        server.run()


def listening(application: Any, settings: Settings) -> Any:
    """Return a server that has its port and waits for `run`; raises as `serve`."""
    server = create_server(
        application,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident="samtale",
        max_request_header_size=LARGEST_HEADERS,
        # waitress refuses a body that reaches it
        max_request_body_size=max(settings.body_limit, LARGEST_PAGE_BODY) + 1,
        channel_timeout=settings.read_seconds,
        cleanup_interval=max(1, settings.read_seconds // 2),
        connection_limit=MOST_CONNECTIONS,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=True,
    )
    read_strictly(server)
    return server
