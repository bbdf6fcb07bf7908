"""What libraries log, as the same JSON lines as requests.

In: a stream. Out: the standard library's logging, and warnings, written to it.
Does not know: which libraries there are. They know nothing of personal data: a web server logs the
path of a request that broke, a database driver the values of a statement. So messages go through
the redaction, and of an exception only its kind and place are kept.
"""

from __future__ import annotations

import logging
from typing import TextIO

import structlog

from web.api.request_log import lines


def library_log(stream: TextIO) -> logging.Handler:
    """Return what writes the records of a logger to `stream`, one JSON object per line."""
    written = logging.StreamHandler(stream)
    written.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *lines()[1:]],
        )
    )
    return written


def write_library_logs(stream: TextIO) -> None:
    """Write whatever any library of this process logs or warns of to `stream`; call it once."""
    logging.basicConfig(handlers=[library_log(stream)], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    # a log call with wrong arguments would be shown on standard error with those arguments
    logging.raiseExceptions = False
