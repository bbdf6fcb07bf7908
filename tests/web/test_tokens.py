"""Tokens: what is accepted, and every attack that is not."""

from __future__ import annotations

import base64
import hmac
import json
import stat
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.web.door import NOW, Door
from web.api.scopes import ORGANISATION_TYPES
from web.api.token_keys import development_key, read_jwks
from web.api.tokens import TokenReader, TokenRefused, sign_development_token, token_reader
from web.settings import Settings, SettingsError

ED25519 = OKPKey.generate_key("Ed25519", {"kid": "ed"})
P256 = ECKey.generate_key("P-256", {"kid": "ec"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})

CLAIMS: Mapping[str, Any] = {
    "iss": "samtale",
    "aud": "samtale",
    "sub": "user-1",
    "org_type": "job_centre",
    "org_code": "101",
    "scope": "interviews:read rules",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
}


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    path = tmp_path / "jwks.json"
    keys = [each.as_dict(private=False) for each in (ED25519, P256, RSA)]
    path.write_text(json.dumps({"keys": keys}), encoding="utf-8")
    return path


@pytest.fixture
def reader(jwks: Path) -> TokenReader:
    return token_reader(Settings(mode="production", jwks_file=jwks))


def signed(
    key: Any = ED25519,
    algorithm: str = "Ed25519",
    header: Mapping[str, Any] | None = None,
    **changes: Any,
) -> str:
    claims = {name: each for name, each in {**CLAIMS, **changes}.items() if each is not ...}
    protected = {"alg": algorithm, "kid": key.kid, **(header or {})}
    return jwt.encode(protected, claims, key, algorithms=[algorithm])


def by_hand(header: object, claims: object = CLAIMS, signature: bytes = b"") -> str:
    def encoded(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    return ".".join(
        (
            encoded(json.dumps(header).encode()),
            encoded(json.dumps(claims).encode()),
            encoded(signature),
        )
    )


@pytest.mark.parametrize(
    ("key", "algorithm"), [(ED25519, "Ed25519"), (P256, "ES256"), (RSA, "RS256")]
)
def test_tokens_of_the_issuers_keys_are_read(reader: TokenReader, key: Any, algorithm: str) -> None:
    grant = reader.read(signed(key, algorithm), NOW)
    assert ("job_centre", "101", "user-1") == (
        grant.organisation_type,
        grant.organisation,
        grant.user,
    )
    assert {"interviews:read", "rules"} == grant.scopes


def test_the_older_name_of_ed25519_is_accepted(reader: TokenReader) -> None:
    with pytest.warns(SecurityWarning, match="EdDSA"):
        assert "101" == reader.read(signed(ED25519, "EdDSA"), NOW).organisation


def test_an_audience_may_be_one_of_several(reader: TokenReader) -> None:
    assert reader.read(signed(aud=["other", "samtale"]), NOW)


def hs256(secret: bytes, key_id: str) -> str:
    """A token whose secret is something public: key confusion."""
    unsigned = by_hand({"alg": "HS256", "kid": key_id}).rpartition(".")[0]
    digest = hmac.digest(secret, unsigned.encode(), "sha256")
    return f"{unsigned}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def changed_claim(token: str) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{by_hand({}, {**CLAIMS, 'org_code': '102'}).split('.')[1]}.{signature}"


ATTACKS: dict[str, Callable[[], str]] = {
    "algorithm none": lambda: by_hand({"alg": "none"}),
    "algorithm None, with a key": lambda: by_hand({"alg": "nOnE", "kid": "ed"}),
    "no signature": lambda: signed().rpartition(".")[0] + ".",
    "a changed claim": lambda: changed_claim(signed()),
    "HS256 with the public RSA key": lambda: hs256(RSA.as_pem(private=False), "rsa"),
    "HS256 with the public P-256 key": lambda: hs256(P256.as_pem(private=False), "ec"),
    "HS256 with the public Ed25519 coordinate": lambda: hs256(
        base64.urlsafe_b64decode(ED25519.as_dict(private=False)["x"] + "="), "ed"
    ),
    "HS256 with an empty secret": lambda: hs256(b"", "ed"),
    "a key nobody knows": lambda: signed(OKPKey.generate_key("Ed25519", {"kid": "ed"})),
    "a key id nobody knows": lambda: signed(header={"kid": "other"}),
    "the key of another algorithm": lambda: signed(RSA, "RS256", {"kid": "ec"}),
    "an algorithm that is not on the list": lambda: signed(RSA, "PS256"),
    "a key in the header": lambda: signed(header={"jwk": ED25519.as_dict(private=False)}),
    "an address of keys in the header": lambda: signed(header={"jku": "https://example.org/"}),
    "a critical extension": lambda: by_hand(
        {"alg": "Ed25519", "kid": "ed", "crit": ["b64"], "b64": False}
    ),
    "expired": lambda: signed(exp=int(NOW.timestamp()) - 31),
    "not yet issued": lambda: signed(iat=int(NOW.timestamp()) + 31),
    "not yet valid": lambda: signed(nbf=int(NOW.timestamp()) + 31),
    "without an end": lambda: signed(exp=...),
    "without a beginning": lambda: signed(iat=...),
    "an end that is text": lambda: signed(exp="2999999999"),
    "an end that is true": lambda: signed(exp=True),
    "an end that is NaN": lambda: signed(exp=float("nan")),
    "an end that never comes": lambda: signed(exp=float("inf")),
    "another audience": lambda: signed(aud="other"),
    "no audience": lambda: signed(aud=...),
    "another issuer": lambda: signed(iss="other"),
    "an unknown organisation type": lambda: signed(org_type="club"),
    "no organisation": lambda: signed(org_code=...),
    "an organisation that is a number": lambda: signed(org_code=101),
    "an empty user": lambda: signed(sub=""),
    "a user with a line break": lambda: signed(sub="a\nb"),
    "a user of great length": lambda: signed(sub="a" * 201),
    "no scope": lambda: signed(scope=...),
    "claims that are a list": lambda: by_hand({"alg": "Ed25519"}, [1]),
    "nothing": lambda: "",
    "one part": lambda: "abc",
    "five parts, encrypted": lambda: by_hand({"alg": "RSA-OAEP", "enc": "A128GCM"}) + ".a.b",
    "a header that is a list": lambda: by_hand(["Ed25519"]),
    "a header of brackets": lambda: base64.urlsafe_b64encode(b"[" * 5000).decode() + ".e30.",
    "an algorithm that is a list": lambda: by_hand({"alg": ["Ed25519"]}),
    "no algorithm": lambda: by_hand({"kid": "ed"}),
    "very long": lambda: signed(extra="x" * 10_000),
    "not ASCII": lambda: "é.é.é",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_refused(reader: TokenReader, attack: str) -> None:
    with pytest.raises(TokenRefused):
        reader.read(ATTACKS[attack](), NOW)


def test_a_clock_may_be_half_a_minute_off(reader: TokenReader) -> None:
    assert reader.read(signed(exp=int(NOW.timestamp()) - 29), NOW)
    assert reader.read(signed(iat=int(NOW.timestamp()) + 29), NOW)


def test_the_local_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key.json"
    with ThreadPoolExecutor(8) as threads:
        made = {
            each.key.as_dict(private=True)["d"]
            for each in threads.map(development_key, [path] * 32)
        }
    assert 1 == len(made)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert ["key.json"] == [each.name for each in path.parent.iterdir()]


def test_a_local_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    development_key(path)
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="others may read"):
        development_key(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kty": "OKP"}', '{"kty": "oct", "k": "aa"}'])
def test_a_broken_local_key_is_a_fault_of_the_settings(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(content, encoding="ascii")
    path.chmod(0o600)
    with pytest.raises(SettingsError):
        development_key(path)


@pytest.mark.parametrize("organisation_type", ORGANISATION_TYPES)
def test_a_local_token_has_the_scopes_that_suit_the_organisation(
    door: Door, organisation_type: str
) -> None:
    token = door.of(organisation_type, "1").token()
    scopes = token_reader(door.settings).read(token, NOW).scopes
    everyone = {"interviews:read", "interviews:write", "decisions", "rules"}
    owners = {"citizens:write", "analyst"} if organisation_type in {"agency", "system"} else set()
    subscribers = {"messages:read"} if organisation_type != "system" else set()
    assert everyone | owners | subscribers == scopes


def test_a_local_token_ends(door: Door) -> None:
    token = door.token(life=timedelta(hours=1))
    reader = token_reader(door.settings)
    assert reader.read(token, NOW + timedelta(minutes=59))
    with pytest.raises(TokenRefused, match="expired"):
        reader.read(token, NOW + timedelta(minutes=61))


@pytest.mark.parametrize(
    "stated",
    [
        {"organisation_type": "club"},
        {"organisation": ""},
        {"user": "a\nb"},
        {"scopes": ["everything"]},
        {"scopes": []},
    ],
)
def test_a_local_token_that_would_be_refused_is_not_signed(
    door: Door, stated: dict[str, Any]
) -> None:
    with pytest.raises(SettingsError):
        door.token(**stated)


def test_production_signs_nothing_and_refuses_local_tokens(door: Door, jwks: Path) -> None:
    production = Settings(mode="production", jwks_file=jwks, key_file=door.settings.key_file)
    with pytest.raises(SettingsError, match="production"):
        sign_development_token(production, organisation_type="agency", organisation="star", now=NOW)
    with pytest.raises(TokenRefused):
        token_reader(production).read(door.token(), NOW)


def test_development_accepts_both_kinds_of_key(door: Door, jwks: Path) -> None:
    both = token_reader(Settings(jwks_file=jwks, key_file=door.settings.key_file))
    assert both.read(door.token(), NOW)
    assert both.read(signed(), NOW)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        None,
        "x",
        ["x"],
        [{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"}],
        [{"kty": "OKP"}],
        [{"kty": ["OKP"]}],
        [ECKey.generate_key("P-384").as_dict(private=False)],
        [{**ED25519.as_dict(private=False), "use": "enc"}],
        [{**ED25519.as_dict(private=False), "alg": "HS256"}],
        [{**ED25519.as_dict(private=False), "x": "short"}],
        [{**ED25519.as_dict(private=False), "kid": "development"}],
        [ED25519.as_dict(private=False), {"kty": "RSA", "n": "AQAB", "e": "AQAB"}],
    ],
)
def test_production_refuses_to_start_on_keys_that_are_none(tmp_path: Path, keys: object) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": keys}), encoding="utf-8")
    with pytest.raises(SettingsError):
        read_jwks(path, production=True)


def test_production_refuses_to_start_without_a_file_of_keys(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        token_reader(Settings(mode="production"))
    with pytest.raises(SettingsError):
        token_reader(Settings(mode="production", jwks_file=tmp_path / "missing.json"))
