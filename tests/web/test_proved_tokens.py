"""A token whose signature held a moment ago: what is remembered of it, and never of its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from tests.web.door import NOW
from web.api.proved_tokens import KEPT_FOR, ProvedTokens
from web.api.token_keys import TokenKey
from web.api.tokens import TokenReader, TokenRefused, sign_development_token, token_reader
from web.settings import Settings

SECOND = timedelta(seconds=1)
CLAIMS = {"sub": "user-1"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(key_file=tmp_path / "key.json")


def token(settings: Settings, life: timedelta = timedelta(hours=1)) -> str:
    return sign_development_token(
        settings, organisation_type="job_centre", organisation="101", now=NOW, life=life
    )


# --- the time of a token is asked every time ------------------------------------------------------


def test_a_token_that_was_proved_ends_when_it_says(settings: Settings) -> None:
    reader = token_reader(settings)
    short = token(settings, life=10 * SECOND)
    assert "101" == reader.read(short, NOW).organisation
    # the clock may go wrong by thirty seconds; that is long before a proof is forgotten
    assert "101" == reader.read(short, NOW + 39 * SECOND).organisation
    with pytest.raises(TokenRefused, match="expired"):
        reader.read(short, NOW + 40 * SECOND)


def test_a_token_that_was_proved_has_not_begun_when_the_clock_is_set_back(
    settings: Settings,
) -> None:
    reader = token_reader(settings)
    stated = token(settings)
    reader.read(stated, NOW)
    with pytest.raises(TokenRefused, match="not valid yet"):
        reader.read(stated, NOW - 31 * SECOND)


def test_every_second_of_a_short_life_is_answered_alike_with_and_without_a_proof(
    settings: Settings,
) -> None:
    short = token(settings, life=20 * SECOND)
    kept = token_reader(settings)
    moments = [NOW + second * SECOND for second in range(-40, 120)]
    anew = [is_read(token_reader(settings), short, moment) for moment in moments]
    assert anew == [is_read(kept, short, moment) for moment in moments]
    assert anew == [is_read(kept, short, moment) for moment in moments]
    assert {False, True} == set(anew)


def is_read(reader: TokenReader, stated: str, moment: object) -> bool:
    try:
        reader.read(stated, moment)  # type: ignore[arg-type]
    except TokenRefused:
        return False
    return True


# --- the keys -------------------------------------------------------------------------------------


def test_a_key_that_is_withdrawn_proves_nothing_any_more(settings: Settings) -> None:
    reader = token_reader(settings)
    stated = token(settings)
    reader.read(stated, NOW)
    other = TokenKey("other", ("Ed25519",), OKPKey.generate_key("Ed25519"))
    with pytest.raises(TokenRefused, match="no key fits"):
        replace(reader, keys=(other,)).read(stated, NOW)


def test_a_changed_token_is_not_taken_for_the_one_that_was_proved(settings: Settings) -> None:
    reader = token_reader(settings)
    stated = token(settings)
    reader.read(stated, NOW)
    header, _, signature = stated.split(".")
    foreign = OKPKey.generate_key("Ed25519")
    claims = {**jwt.decode(stated, reader.keys[0].key, algorithms=["Ed25519"]).claims}
    other = jwt.encode(
        {"alg": "Ed25519"}, {**claims, "org_code": "102"}, foreign, algorithms=["Ed25519"]
    )
    forged = ".".join((header, other.split(".")[1], signature))
    with pytest.raises(TokenRefused, match="signature"):
        reader.read(forged, NOW)


# --- what is remembered ---------------------------------------------------------------------------


def test_a_proof_is_forgotten_after_a_minute() -> None:
    proved = ProvedTokens()
    proved.keep("a", CLAIMS, NOW)
    assert CLAIMS == proved.claims("a", NOW + KEPT_FOR - timedelta(microseconds=1))
    assert proved.claims("a", NOW + KEPT_FOR) is None


def test_a_proof_of_the_future_proves_nothing() -> None:
    proved = ProvedTokens()
    proved.keep("a", CLAIMS, NOW)
    assert proved.claims("a", NOW - SECOND) is None


def test_of_too_many_tokens_the_one_that_was_proved_first_is_forgotten() -> None:
    proved = ProvedTokens(most=2)
    for name in ("a", "b", "a", "c"):
        proved.keep(name, CLAIMS, NOW)
    assert [CLAIMS, None, CLAIMS] == [proved.claims(name, NOW) for name in ("a", "b", "c")]


def test_no_token_is_kept(settings: Settings) -> None:
    reader = token_reader(settings)
    stated = token(settings)
    reader.read(stated, NOW)
    assert {32} == {len(name) for name in reader._proved._proved}
    assert stated.encode() not in reader._proved._proved
