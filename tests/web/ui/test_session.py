"""Logging in and out, and what a request that is not ours cannot do."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from tests.web.ui.bench import NOW, Bench, bench
from web.app import close, create_app
from web.ui.preferences import safe_path
from web.ui.session import LONGEST_SESSION_TOKEN


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("session")) as made:
        yield made


def test_the_cookie_is_kept_from_scripts_and_from_other_sites_and_ends_with_the_token(
    place: Bench,
) -> None:
    client = place.app.test_client()
    proof = re.search(r'form_proof" value="(\w+)"', client.get("/log-ind").text)
    assert proof is not None
    token = place.token(life=timedelta(minutes=30))
    answer = client.post("/log-ind", data={"form_proof": proof[1], "token": token})
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("samtale-session=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=1800"} <= set(cookie.split("; "))


def test_an_expired_token_is_no_session(place: Bench) -> None:
    token = place.token(life=timedelta(hours=-1))
    client = place.app.test_client()
    client.set_cookie("samtale-session", token)
    assert "/log-ind?back=%2Fregler" == client.get("/regler").headers["Location"]


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", "x" * (LONGEST_SESSION_TOKEN + 1)])
def test_a_token_that_proves_nothing_is_refused_and_not_repeated(place: Bench, token: str) -> None:
    client = place.app.test_client()
    proof = re.search(r'form_proof" value="(\w+)"', client.get("/log-ind").text)
    assert proof is not None
    answer = client.post("/log-ind", data={"form_proof": proof[1], "token": token})
    assert 400 == answer.status_code
    assert 'role="alert"' in answer.text
    assert len(token) < 2 or token not in answer.text
    assert not any("session" in each for each in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("sent", [{}, {"form_proof": ""}, {"form_proof": "0" * 64}])
def test_a_form_that_is_not_ours_does_nothing(place: Bench, sent: dict[str, str]) -> None:
    client = place.app.test_client()
    client.get("/log-ind")
    answer = client.post("/log-ind", data={**sent, "invented": "1"})
    assert 400 == answer.status_code
    assert [] == answer.headers.getlist("Set-Cookie")


def test_the_proof_of_one_session_is_none_in_another(place: Bench) -> None:
    one, other = place.visitor(), place.visitor(place.token(user="another"))
    answer = one.client.post("/log-ud", data={"form_proof": other.proof("/")})
    assert 400 == answer.status_code


def test_a_form_that_another_site_sends_does_nothing_whatever_it_knows(place: Bench) -> None:
    visitor = place.visitor()
    sent = {"form_proof": visitor.proof("/")}
    answer = visitor.client.post("/log-ud", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert 400 == answer.status_code
    assert 303 == visitor.client.post("/log-ud", data=sent).status_code


def test_who_logs_out_is_out(place: Bench) -> None:
    visitor = place.visitor()
    assert 200 == visitor.get("/regler").status_code
    assert 303 == visitor.post("/log-ud", seen_on="/").status_code
    assert 303 == visitor.get("/regler").status_code


def test_a_script_that_has_no_session_is_sent_to_the_form(place: Bench) -> None:
    answer = place.app.test_client().get("/regler", headers={"HX-Request": "true"})
    assert 401 == answer.status_code
    assert "/log-ind?back=%2Fregler" == answer.headers["HX-Redirect"]


@pytest.mark.parametrize(
    "stated",
    ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "regler", "/a\nb"],
)
def test_nobody_is_sent_to_another_site(place: Bench, stated: str) -> None:
    assert "/" == safe_path(stated)
    answer = place.app.test_client().get("/visning", query_string={"back": stated})
    assert "/" == answer.headers["Location"]


def test_in_production_nobody_is_an_invented_analyst_and_cookies_are_for_this_host_alone(
    place: Bench, tmp_path: Path
) -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "issuer"})
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}), encoding="ascii")
    settings = replace(
        place.settings,
        mode="production",
        jwks_file=keys,
        receivers=None,
        database_url=f"sqlite:///{tmp_path}/production.db",
    )
    app = create_app(settings, clock=lambda: NOW, log_to=io.StringIO())
    try:
        client = app.test_client()
        # behind a proxy that speaks https; the service itself asks for a token in any case
        form = client.get("/log-ind", base_url="https://samtale.example")
        assert 200 == form.status_code, form.text
        assert "invented" not in form.text
        (cookie,) = form.headers.getlist("Set-Cookie")
        assert cookie.startswith("__Host-samtale-form=")
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        proof = re.search(r'form_proof" value="(\w+)"', form.text)
        assert proof is not None
        answer = client.post(
            "/log-ind",
            data={"form_proof": proof[1], "invented": "1"},
            base_url="https://samtale.example",
        )
        assert 404 == answer.status_code
    finally:
        close(app)
