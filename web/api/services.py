"""What the routes work with.

In: the parts that `web.app` puts together. Out: `services()`, the parts of the current application.
Does not know: how the parts are made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import current_app, g

from registry.commands import Caller
from registry.releases import Releases
from registry.service import Registry
from registry.subscribers import Subscribers
from web.api.certificates import ClientCertificates
from web.api.metrics import Metrics
from web.api.rates import Rates
from web.api.tokens import TokenReader
from web.delivery.receivers import Receivers

KEY = "samtale"


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What the operator has settled about messages and where they may go."""

    receivers: Receivers
    public_keys: tuple[str, ...]
    """By which receivers check webhooks (`whpk_…`)."""
    source: str
    """Name of this registry in every message."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one application; all of them are shared between threads."""

    registry: Registry
    subscribers: Subscribers
    webhooks: Webhooks
    releases: Releases
    tokens: TokenReader
    clock: Callable[[], datetime]
    """The present as an aware instant."""
    ready: Callable[[], None]
    """Returns when a registration can be served; raises `RegistryError` when not."""
    close: Callable[[], None]
    """Gives back what the parts hold, when no more requests will come."""
    metrics: Metrics
    log: Any
    """A structlog logger."""
    certificates: ClientCertificates = field(default_factory=ClientCertificates)
    rates: Rates = field(default_factory=Rates)
    encrypted_only: bool = False
    """Whether browsers are told never to come without TLS."""


def services() -> Services:
    """Return the parts of the application that serves the current request."""
    return cast(Services, current_app.extensions[KEY])


def caller() -> Caller:
    """Return who is calling; `admission` has found it out before any route runs."""
    return cast(Caller, g.caller)
