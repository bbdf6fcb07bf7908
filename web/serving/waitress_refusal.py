"""What waitress answers by itself: a request that never reaches the application.

In: a request that cannot be read, or is too large. Out: problem+json, after which the connection is
closed; the other server answers alike.
Does not know: how such requests are found.
"""

from __future__ import annotations

from waitress.task import ErrorTask

from web.api import problem_kinds as kinds
from web.api.problems import bare_problem

HEADERS = (
    ("Content-Type", "application/problem+json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
)


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Answers with a problem; nothing of the request is repeated."""

    def execute(self) -> None:
        error = self.request.error
        body = bare_problem(kinds.OF_STATUS.get(error.code) or kinds.unnamed(error.code))
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(HEADERS)
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
