"""Bearer tokens (JWT): who is calling, and what for.

In: a token, the keys, the time. Out: a `Grant`, or `TokenRefused`.
Does not know: HTTP, or what the grant will be used for. The time is an argument, in UTC.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
from joserfc import jwt
from joserfc.errors import JoseError

from web.api.proved_tokens import Claims, ProvedTokens
from web.api.scopes import ORGANISATION_TYPES, Scope, scopes_that_suit
from web.api.token_keys import TokenKey, development_key, read_jwks
from web.settings import Settings, SettingsError

LONGEST_TOKEN = 8_192
LONGEST_CLAIM = 200
CLOCK_SKEW = timedelta(seconds=30)
LIFE_OF_DEVELOPMENT_TOKEN = timedelta(hours=12)


class TokenRefused(ValueError):
    """The token proves nothing; the reason is for the log, not for the caller."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token proves."""

    organisation_type: str
    organisation: str
    user: str
    scopes: frozenset[str]
    system: str | None = None
    expires_at: datetime | None = None
    """When the token ends; a session of the workbench ends with it."""


@dataclass(frozen=True, slots=True)
class TokenReader:
    """Reads tokens that one of `keys` has signed for `audience`, in the name of `issuer`."""

    keys: tuple[TokenKey, ...]
    audience: str
    issuer: str
    # INVARIANT: not an argument, so that a reader of other keys never begins with what these proved
    _proved: ProvedTokens = field(
        default_factory=ProvedTokens, init=False, repr=False, compare=False
    )

    def read(self, token: str, now: datetime) -> Grant:
        """Return what the token proves at `now`; raises `TokenRefused`."""
        claims = self._proved.claims(token, now)
        if claims is None:
            claims = self._signed_claims(token)
            self._proved.keep(token, claims, now)
        # INVARIANT: asked every time, of a token that was proved before as well
        return self._grant(claims, now)

    def _signed_claims(self, token: str) -> Claims:
        header = _read_header(token)
        fitting = [
            each
            for each in self.keys
            if header["alg"] in each.algorithms and header.get("kid", each.key_id) == each.key_id
        ]
        for each in fitting:
            try:
                return jwt.decode(token, each.key, algorithms=[header["alg"]]).claims
            except (JoseError, ValueError, RecursionError):
                continue
        raise TokenRefused("no key fits" if not fitting else "the signature does not hold")

    def _grant(self, claims: Claims, now: datetime) -> Grant:
        if claims.get("iss") != self.issuer:
            raise TokenRefused("another issuer")
        audience = claims.get("aud")
        if self.audience not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefused("another audience")
        skew = CLOCK_SKEW.total_seconds()
        if _seconds(claims, "exp") + skew <= now.timestamp():
            raise TokenRefused("expired")
        issued = _seconds(claims, "iat")
        begins = _seconds(claims, "nbf") if "nbf" in claims else issued
        if max(issued, begins) - skew > now.timestamp():
            raise TokenRefused("not valid yet")
        organisation_type = _text(claims, "org_type")
        if organisation_type not in ORGANISATION_TYPES:
            raise TokenRefused("unknown organisation type")
        return Grant(
            organisation_type=organisation_type,
            organisation=_text(claims, "org_code"),
            user=_text(claims, "sub"),
            scopes=frozenset(_text(claims, "scope").split(" ")),
            system=_text(claims, "client_id") if "client_id" in claims else None,
            expires_at=datetime.fromtimestamp(_seconds(claims, "exp"), UTC),
        )


def token_reader(settings: Settings) -> TokenReader:
    """Return the reader for these settings; raises `SettingsError` when keys are missing.

    In production only the keys of the JWKS file count; the development key is not even looked at.
    """
    keys: tuple[TokenKey, ...] = ()
    if settings.jwks_file is not None:
        keys = read_jwks(settings.jwks_file, production=settings.in_production)
    if not settings.in_production:
        keys = (*keys, development_key(settings.key_file))
    if not keys:
        raise SettingsError(("`SAMTALE_JWKS_FILE`: production mode needs keys, found none",))
    return TokenReader(keys, settings.audience, settings.issuer)


def sign_development_token(
    settings: Settings,
    *,
    organisation_type: str,
    organisation: str,
    now: datetime,
    user: str = "developer",
    scopes: Sequence[str] | None = None,
    life: timedelta = LIFE_OF_DEVELOPMENT_TOKEN,
) -> str:
    """Return a token signed with the local development key, which the first call makes.

    Without `scopes` it has all that suit the organisation type. Raises `SettingsError` in
    production mode and for anything that the service itself would not accept in a token.
    """
    if settings.in_production:
        raise SettingsError(("`SAMTALE_MODE`: production mode signs no tokens",))
    if organisation_type not in ORGANISATION_TYPES:
        raise SettingsError((f"there is no organisation type `{organisation_type}`",))
    chosen = scopes_that_suit(organisation_type) if scopes is None else scopes
    unknown = [each for each in chosen if each not in set(Scope)]
    if unknown or not chosen:
        raise SettingsError((f"expected scopes among {', '.join(f'`{each}`' for each in Scope)}",))
    for name, text in (("organisation", organisation), ("user", user)):
        if not _is_claim(text):
            raise SettingsError(
                (f"the {name} must be printable text, at most {LONGEST_CLAIM} long",)
            )
    key = development_key(settings.key_file)
    return jwt.encode(
        {"alg": key.algorithms[0], "kid": key.key_id, "typ": "JWT"},
        {
            "iss": settings.issuer,
            "aud": settings.audience,
            "sub": user,
            "org_type": organisation_type,
            "org_code": organisation,
            "scope": " ".join(chosen),
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
        },
        key.key,
        algorithms=list(key.algorithms),
    )


def _read_header(token: str) -> dict[str, str]:
    """Read the header before anything trusts it: small, flat, and with nothing we do not know."""
    encoded = token.partition(".")[0]
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise TokenRefused("too long, or not ASCII")
    try:
        header = orjson.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except (binascii.Error, ValueError):
        raise TokenRefused("the header cannot be read") from None
    if not isinstance(header, dict) or not header.keys() <= {"alg", "kid", "typ"}:
        raise TokenRefused("the header has a field that is not accepted")
    if "alg" not in header or not all(isinstance(value, str) for value in header.values()):
        raise TokenRefused("the header names no algorithm")
    return header


def _seconds(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        raise TokenRefused(f"claim `{name}` is not a time")
    return float(value)


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not _is_claim(value):
        raise TokenRefused(f"claim `{name}` is missing or no text")
    return value


def _is_claim(text: str) -> bool:
    return 0 < len(text) <= LONGEST_CLAIM and text.isprintable()
