"""What a server lets in at most, whatever the application behind it.

In: nothing. Out: numbers; `docs/operations.md` lists them.
Does not know: the servers. What an operator may choose stands in `web.settings`.
"""

from __future__ import annotations

LARGEST_HEADERS = 16_384
"""Bytes of the request line and all headers together."""
LARGEST_HEADER = 9_216
"""Bytes of one header; the longest token, and the words around it, must fit."""
LONGEST_LINE = 4_094
"""Bytes of the request line."""
MOST_HEADERS = 64
LARGEST_PAGE_BODY = 4_194_304
"""Bytes of a body that the workbench may let in; the application bounds what others send."""
SEND_SECONDS = 30
"""A client must have taken an answer by then."""
IDLE_SECONDS = 5
"""A connection on which nothing is said is closed then."""
STOP_SECONDS = 40
"""Requests at hand are finished by then; a statement of PostgreSQL ends before."""
MOST_CONNECTIONS = 900
"""Connections of one process, with room for files below the usual 1,024; more wait outside."""
LINGER_SECONDS = 2
"""A client that was answered closes its side by then."""
DRAIN_SECONDS = 0.2
"""What is left of a body that was not read arrives by then, or the connection is closed."""
