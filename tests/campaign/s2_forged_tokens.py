"""No forged token and no other scope gets in, at any operation over HTTP.

Expired, for another audience, `alg: none`, a public key as a secret and all other attacks of
`tests/web/test_tokens.py`; then each scope alone, which opens its own operations and no other.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

from tests.campaign.databases import temporary_folder
from tests.campaign.row import Row, Scale
from tests.campaign.s2_who_may import NOWHERE
from tests.web.door import CITIZEN, Door, invented_number, settings_in
from tests.web.test_tokens import ATTACKS, ED25519, P256, RSA
from web.api.contract import OPERATIONS
from web.api.contract_types import Operation
from web.api.scopes import Scope, scopes_that_suit
from web.app import close, create_app


def run(_scale: Scale) -> Iterator[Row]:
    yield _tokens()


def _tokens() -> Row:
    broken: list[str] = []
    requests = count()
    with temporary_folder() as folder:
        settings = settings_in(folder)
        keys = [key.as_dict(private=False) for key in (ED25519, P256, RSA)]
        (folder / "jwks.json").write_text(json.dumps({"keys": keys}), encoding="utf-8")
        settings = type(settings).from_environment(
            {},
            {
                "database_url": settings.database_url,
                "rules": settings.rules,
                "config": settings.config,
                "key_file": settings.key_file,
                "jwks_file": folder / "jwks.json",
            },
        )
        now = datetime(2024, 6, 3, 10, tzinfo=UTC)
        app = create_app(settings, clock=lambda: now, log_to=io.StringIO())
        door = Door(app, settings, io.StringIO(), ("agency", "star"))

        def status(operation: Operation, authorisation: str | None) -> int:
            next(requests)
            headers = {CITIZEN: invented_number(), "If-Match": '"v1"'}
            if authorisation is not None:
                headers["Authorization"] = authorisation
            path = re.sub(r"\{\w+\}", NOWHERE, operation.path)
            return (
                app.test_client().open(path, method=operation.method, headers=headers).status_code
            )

        guarded = [each for each in OPERATIONS if each.scope is not None]
        expired = door.token(now=now - timedelta(days=30))
        forged: dict[str, Callable[[], str | None]] = {
            "no token": lambda: None,
            "basic": lambda: "Basic YTpi",
            "expired": lambda: f"Bearer {expired}",
            **{name: _bearer(make) for name, make in ATTACKS.items() if name != "not ASCII"},
        }
        for operation in guarded:
            for name, make in forged.items():
                if (found := status(operation, make())) != 401:
                    broken.append(f"{operation.id}, {name}: {found}")
            for scope in Scope:
                if scope.value not in scopes_that_suit("agency"):
                    continue
                token = door.token(scopes=[scope.value])
                admitted = status(operation, f"Bearer {token}") not in {401, 403}
                if admitted is not (scope is operation.scope):
                    broken.append(f"{operation.id} with scope {scope.value}: {admitted}")
        close(app)
    return Row(
        *("S2", "SQLite"),
        load=f"{next(requests):,} requests, {len(guarded)} operations",
        faults=f"{len(forged)} forged tokens, {len(Scope) - 1} other scopes",
        broken=tuple(broken[:20]),
    )


def _bearer(make: Callable[[], str]) -> Callable[[], str]:
    return lambda: f"Bearer {make()}"
