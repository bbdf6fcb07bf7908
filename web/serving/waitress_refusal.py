"""What waitress answers to a request that never reaches the application: a problem.

In: the error that waitress has found. Out: an answer, after which the connection is closed.
Does not know: how requests are read. Nothing of the request is repeated.
"""

from __future__ import annotations

from waitress.task import ErrorTask

from web.api.problems import bare_problem


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """Answers by problem+json as the application does, where waitress writes plain text."""

    def execute(self) -> None:
        error = self.request.error
        body = bare_problem(error.code)
        self.status = f"{error.code} {error.reason}"
        self.response_headers.extend(
            (
                ("Content-Type", "application/problem+json"),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            )
        )
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
