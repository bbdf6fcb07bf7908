"""The keys that tokens are signed with.

In: a JWKS file, or the place of the local development key. Out: `TokenKey`s.
Does not know: what a token says. Every key has the algorithms of its own type and no other, so that
a public key can never be taken for a shared secret.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from web.settings import SettingsError

ALGORITHMS: Mapping[tuple[str, str | None], tuple[str, ...]] = {
    ("OKP", "Ed25519"): ("Ed25519", "EdDSA"),
    ("EC", "P-256"): ("ES256",),
    ("RSA", None): ("RS256",),
}
"""Key type and curve to the algorithms accepted with it. No shared secrets, never `none`."""

SHORTEST_RSA_KEY = 2048
DEVELOPMENT_KEY_ID = "development"
LARGEST_FILE = 1_048_576

_READERS: Mapping[str, type[OKPKey] | type[ECKey] | type[RSAKey]] = {
    "OKP": OKPKey,
    "EC": ECKey,
    "RSA": RSAKey,
}


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key, its identifier, and the algorithms it may be used with."""

    key_id: str | None
    algorithms: tuple[str, ...]
    key: Key


def read_jwks(path: Path, *, production: bool) -> tuple[TokenKey, ...]:
    """Read the public keys of those who issue tokens; raises `SettingsError`."""
    try:
        parsed = json.loads(path.read_bytes()[:LARGEST_FILE])
    except (OSError, ValueError, RecursionError):
        raise SettingsError((f"`SAMTALE_JWKS_FILE`: cannot read `{path.name}` as JSON",)) from None
    listed = parsed.get("keys") if isinstance(parsed, dict) else None
    if not isinstance(listed, list) or not listed:
        raise SettingsError((f"`SAMTALE_JWKS_FILE`: `{path.name}` holds no `keys`",))
    keys: list[TokenKey] = []
    faults: list[str] = []
    for position, entry in enumerate(listed):
        try:
            key = _read_key(entry)
            if production and key.key_id == DEVELOPMENT_KEY_ID:
                raise ValueError("is the development key")
            keys.append(key)
        except (ValueError, TypeError, JoseError) as fault:
            words = str(fault) if type(fault) is ValueError else "is not a usable key"
            faults.append(f"`SAMTALE_JWKS_FILE`: key {position + 1} {words}")
    if faults:
        raise SettingsError(tuple(faults))
    return tuple(keys)


def _read_key(entry: object) -> TokenKey:
    if not isinstance(entry, dict):
        raise ValueError("is not an object")  # one kind of fault for the caller
    kind, curve = entry.get("kty"), entry.get("crv")
    if not isinstance(kind, str) or not isinstance(curve, str | None):
        raise ValueError("has no type")
    algorithms = ALGORITHMS.get((kind, curve))
    if algorithms is None:
        raise ValueError("has a type that is not accepted; expected Ed25519, P-256 or RSA")
    if entry.get("use", "sig") != "sig":
        raise ValueError("is not meant for signatures")
    key = _READERS[kind].import_key(entry)
    if isinstance(key, RSAKey) and key.raw_value.key_size < SHORTEST_RSA_KEY:
        raise ValueError(f"is shorter than {SHORTEST_RSA_KEY} bits")
    named = entry.get("alg")
    if named is not None:
        if named not in algorithms:
            raise ValueError("names an algorithm that is not accepted with its type")
        algorithms = (named,)
    return TokenKey(key.kid, algorithms, key)


def development_key(path: Path) -> TokenKey:
    """Return the local development key; the first call makes it, readable by its owner alone.

    Raises `SettingsError` when the file cannot be made or read, or others may read it.
    """
    try:
        if not path.exists():
            _make_development_key(path)
        if path.stat().st_mode & 0o077:
            raise SettingsError((f"`SAMTALE_KEY_FILE`: others may read `{path.name}`",))
        read = _read_key(json.loads(path.read_bytes()))
    except SettingsError:
        raise
    except (OSError, ValueError, TypeError, JoseError):
        raise SettingsError((f"`SAMTALE_KEY_FILE`: cannot make or read `{path.name}`",)) from None
    if not isinstance(read.key, OKPKey) or not read.key.is_private:
        raise SettingsError((f"`SAMTALE_KEY_FILE`: `{path.name}` holds no private Ed25519 key",))
    return TokenKey(DEVELOPMENT_KEY_ID, ("Ed25519",), read.key)


def _make_development_key(path: Path) -> None:
    """Write a new key whole or not at all; when two do so at once, the first one stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = OKPKey.generate_key("Ed25519", {"kid": DEVELOPMENT_KEY_ID})
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent)  # made with mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            json.dump(made.as_dict(private=True), file)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
    finally:
        Path(unfinished).unlink()
