"""Why the registry did not answer: its exceptions.

In: nothing. Out: `RegistryError` and what derives from it.
Does not know: HTTP. A refusal is not among them: it is a value, `outcome.Refused`. No message
carries a civil registration number, a name or free text.
"""

from __future__ import annotations

from typing import final


class RegistryError(Exception):
    """Root of everything the registry raises."""


@final
class NotFound(RegistryError):
    """Unknown, or about a citizen whom the caller may not see; the two are never told apart."""

    def __init__(self) -> None:
        super().__init__("there is no such citizen, interview or participant")


@final
class Conflict(RegistryError):
    """Someone changed the interview meanwhile; `current` is the version it has now."""

    def __init__(self, expected: int, current: int) -> None:
        self.expected = expected
        self.current = current
        super().__init__(f"expected version {expected}, found version {current}")


@final
class NotAuthorised(RegistryError):
    """Organisations of this type may not do this to any citizen; `code` is the published one."""

    code = "4575"

    def __init__(self, organisation_type: str, operation: str) -> None:
        self.organisation_type = organisation_type
        self.operation = operation
        super().__init__(
            f"an organisation of type `{organisation_type}` may not call `{operation}`"
        )


@final
class Unavailable(RegistryError):
    """The database cannot do it now: `cause` is busy, full, disk, connection or interrupted.

    Nothing was stored; the same call may be made again.
    """

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(f"the database is not available: {cause}")


@final
class DatabaseFault(RegistryError):
    """The database refused a statement that should have worked: a fault of this program."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"the database refused a statement: {kind}")


@final
class FactsNotSupplied(RegistryError):
    """The fact catalogue names facts that the registry cannot give; `names` holds each."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        listed = ", ".join(f"`{name}`" for name in names)
        super().__init__(f"the fact catalogue names what the registry cannot give: {listed}")
