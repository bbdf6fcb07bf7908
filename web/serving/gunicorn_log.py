"""What gunicorn says of itself, as the same JSON lines as everything else.

In: gunicorn's log calls. Out: lines on standard error.
Does not know: requests. The application writes a line for each; gunicorn's own would hold its path.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from gunicorn.glogging import Logger

from web.api.library_log import library_log


class Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Writes lines through the redaction; never a request."""

    def setup(self, cfg: Any) -> None:
        self.cfg = cfg
        self.error_log.setLevel(logging.INFO)
        self.error_log.propagate = False
        self.error_log.handlers = [library_log(sys.stderr)]
        self.access_log.propagate = False
        self.access_log.handlers = []

    def access(self, *_: Any) -> None:
        """Write nothing."""
