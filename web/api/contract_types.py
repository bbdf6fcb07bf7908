"""What is said about an operation of the HTTP interface.

In: nothing. Out: the dataclasses of which `contract` makes its table.
Does not know: any operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.facts import Text
from web.api.scopes import Scope


class CitizenHeader(StrEnum):
    """Whether the citizen's number stands in the header of a request."""

    NONE = "none"
    REQUIRED = "required"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query parameter; `schema` is its JSON Schema."""

    name: str
    schema: Mapping[str, object]
    description: str
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx or 3xx answer; `schema` None has no JSON body."""

    description: str
    schema: str | None = None
    headers: tuple[str, ...] = ()
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. `path` names its parameters in braces, as OpenAPI does."""

    id: str
    method: str
    path: str
    summary: Text
    answers: Mapping[int, Answer]
    scope: Scope | None = None
    """None: no token is asked for."""
    organisation_types: frozenset[str] | None = None
    """None: every type."""
    citizen: CitizenHeader = CitizenHeader.NONE
    body: str | None = None
    body_optional: bool = False
    query: tuple[Parameter, ...] = ()
    if_match: bool = False
    if_match_optional: bool = False
    if_none_match: bool = False
    once: bool = False
    """Whether a call with an `Idempotency-Key` is done once, and answered alike when made again."""
    problems: tuple[int, ...] = field(default=())
    """Statuses beyond those that follow from the rest, as `openapi.statuses_of_problems` does."""

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")
