"""Signatures: what is made here holds for an independent reader, and for nothing else."""

from __future__ import annotations

import base64
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from web.delivery.signature_check import is_signed
from web.delivery.signing import (
    SigningKeyRefused,
    make_signing_key,
    read_signing_key,
    signature_headers,
)

NOW = datetime(2024, 6, 3, 10, 0, 0, 999_999, tzinfo=UTC)
ID = "0190a6f2-3b1c-7def-8000-000000000001"
BODY = '{"å": 1}'.encode()
KEY = read_signing_key("whsk_" + base64.b64encode(bytes(range(32))).decode())


def headers(*keys) -> dict[str, str]:
    return signature_headers(ID, NOW, BODY, keys or (KEY,))


def test_the_headers_are_those_of_standard_webhooks() -> None:
    made = headers()
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} == made.keys()
    assert (ID, "1717408800") == (made["webhook-id"], made["webhook-timestamp"])
    version, _, encoded = made["webhook-signature"].partition(",")
    assert ("v1a", 64) == (version, len(base64.b64decode(encoded, validate=True)))


def test_another_library_finds_the_signature_to_hold() -> None:
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(KEY.public[len("whpk_") :]))
    as_jwk = OKPKey.import_key(
        public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    signature = base64.b64decode(headers()["webhook-signature"][len("v1a,") :])
    algorithm = JWSRegistry.algorithms["Ed25519"]
    signed = ID.encode() + b".1717408800." + BODY
    assert algorithm.verify(signed, signature, as_jwk)
    assert not algorithm.verify(signed + b" ", signature, as_jwk)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")
def test_another_program_finds_the_signature_to_hold(tmp_path: Path) -> None:
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(KEY.public[len("whpk_") :]))
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for name, raw in (
        ("key.pem", pem),
        ("signature", base64.b64decode(headers()["webhook-signature"][len("v1a,") :])),
        ("signed", ID.encode() + b".1717408800." + BODY),
    ):
        (tmp_path / name).write_bytes(raw)
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile signature"
    run = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
    assert 0 == run.returncode, run.stderr


def test_the_same_seed_gives_the_example_of_rfc_8032() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    key = read_signing_key("whsk_" + base64.b64encode(seed).decode())
    assert "whpk_" + base64.b64encode(bytes.fromhex(public)).decode() == key.public
    assert "whsk_" + base64.b64encode(seed + bytes.fromhex(public)).decode() == key.secret()


def test_a_receiver_believes_what_was_signed() -> None:
    assert is_signed(headers(), BODY, [KEY.public], NOW)
    shouted = {name.upper(): value for name, value in headers().items()}
    assert is_signed(shouted, BODY, [KEY.public], NOW)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", ID[:-1] + "2"),
        ("webhook-id", ID + ".1717408800"),
        ("webhook-timestamp", "1717408801"),
        ("webhook-timestamp", "1717408800.0"),
        ("webhook-timestamp", "-1"),
        ("webhook-timestamp", "9" * 5_000),
        ("webhook-timestamp", "١٧"),
        ("webhook-timestamp", ""),
        ("webhook-signature", ""),
        ("webhook-signature", "v1a,"),
        ("webhook-signature", "v1a,å"),
        ("webhook-signature", "v1a,!!!!"),
        ("webhook-signature", "v1a," + base64.b64encode(bytes(64)).decode()),
    ],
)
def test_a_receiver_believes_nothing_else(name: str, value: str) -> None:
    assert not is_signed({**headers(), name: value}, BODY, [KEY.public], NOW)


def test_a_receiver_believes_no_other_body_key_version_or_missing_header() -> None:
    made = headers()
    assert not is_signed(made, BODY + b" ", [KEY.public], NOW)
    assert not is_signed(made, BODY, [make_signing_key().public], NOW)
    assert not is_signed(made, BODY, [], NOW)
    symmetric = made["webhook-signature"].replace("v1a,", "v1,")
    assert not is_signed({**made, "webhook-signature": symmetric}, BODY, [KEY.public], NOW)
    assert not is_signed({}, BODY, [KEY.public], NOW)


def test_a_message_that_is_played_back_later_is_not_believed() -> None:
    made = headers()
    for apart in (timedelta(minutes=4), timedelta(minutes=-4)):
        assert is_signed(made, BODY, [KEY.public], NOW + apart)
    for apart in (timedelta(minutes=6), timedelta(minutes=-6)):
        assert not is_signed(made, BODY, [KEY.public], NOW + apart)


def test_while_a_key_is_replaced_both_hold() -> None:
    old, new = make_signing_key(), make_signing_key()
    made = headers(new, old)
    assert 2 == len(made["webhook-signature"].split(" "))
    assert is_signed(made, BODY, [old.public], NOW)
    assert is_signed(made, BODY, [new.public], NOW)
    assert is_signed(made, BODY, [KEY.public, new.public], NOW)


@pytest.mark.parametrize("message_id", ["", "a.b", "a b", "å", "a\r\nb", "-"])
def test_an_id_that_could_move_the_border_is_not_signed(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        signature_headers(message_id, NOW, BODY, [KEY])


def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="signing key"):
        signature_headers(ID, NOW, BODY, [])


def test_a_key_survives_being_written() -> None:
    again = read_signing_key(KEY.secret())
    assert (KEY.public, KEY.secret()) == (again.public, again.secret())
    assert KEY.secret() not in repr(KEY) and KEY.secret()[5:20] not in repr(KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        KEY.public,
        "whsk_!",
        "whsk_å",
        "whsk_" + base64.b64encode(bytes(31)).decode(),
        "whsk_" + base64.b64encode(bytes(64)).decode(),
    ],
)
def test_what_is_no_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(SigningKeyRefused) as refused:
        read_signing_key(text)
    assert not text[5:] or text[5:] not in str(refused.value)
