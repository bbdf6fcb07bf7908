"""Limits of requests: for an organisation, for an address, over several processes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.door import NOW, Door, settings_in
from tests.web.serving.process import serving
from tests.web.test_metrics import figure
from web.api.rates import Limit, Rates, network_of
from web.app import close, create_app

ALLOWED = 5


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Door]:
    settings = replace(settings_in(tmp_path), rate_limit=ALLOWED, address_rate_limit=ALLOWED)
    log = io.StringIO()
    app = create_app(settings, clock=lambda: NOW, log_to=log)
    yield Door(app, settings, log)
    close(app)


def statuses(door: Door, path: str, count: int, **headers: str) -> list[int]:
    return [door.call("GET", path, headers=headers).status_code for _ in range(count)]


def test_an_organisation_that_sends_too_much_is_told_when_to_come_back(limited: Door) -> None:
    assert [200] * ALLOWED + [429] == statuses(limited, "/v1/rules", ALLOWED + 1)
    answer = limited.call("GET", "/v1/rules")
    assert (429, "/problems/too-many-requests") == (answer.status_code, answer.json["type"])
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert f'"organisation";q={ALLOWED};w=60' == answer.headers["RateLimit-Policy"]
    assert answer.headers["RateLimit"].startswith('"organisation";r=0;t=')


def test_another_organisation_is_not_touched_by_it(limited: Door) -> None:
    statuses(limited, "/v1/rules", ALLOWED + 1)
    other = limited.of("job_centre", "102")
    assert [200] == statuses(other, "/v1/rules", 1)


def test_every_counted_answer_says_how_many_are_left(limited: Door) -> None:
    left = [limited.call("GET", "/v1/rules").headers["RateLimit"].split(";")[1] for _ in range(3)]
    assert ["r=4", "r=3", "r=2"] == left


def test_nothing_is_done_for_a_request_over_the_limit(limited: Door) -> None:
    citizen = limited.of("agency", "star").citizen()
    before = figure(limited.call("GET", "/metrics").text, "samtale_audit_lines_total")
    statuses(limited, "/v1/rules", ALLOWED)
    for _ in range(3):
        answer = limited.call("GET", "/v1/interviews", citizen=citizen)
        assert 429 == answer.status_code
    after = figure(limited.call("GET", "/metrics").text, "samtale_audit_lines_total")
    assert before == after


def test_without_a_token_an_address_has_a_limit_of_its_own(limited: Door) -> None:
    found = statuses(limited, "/v1/rules", ALLOWED + 2, Authorization="Bearer none")
    assert [401] * ALLOWED + [429, 429] == found
    # whoever proves who they are comes in from the same address
    assert [200] == statuses(limited, "/v1/rules", 1)


def test_public_pages_and_paths_that_are_none_count_for_the_address(limited: Door) -> None:
    assert [200, 200] == statuses(limited, "/openapi.json", 2)
    assert [404, 404] == statuses(limited, "/v1/nowhere", 2)
    assert [200, 429] == statuses(limited, "/asyncapi.json", 2)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitoring_is_never_limited(limited: Door, path: str) -> None:
    assert [200] * (3 * ALLOWED) == statuses(limited, path, 3 * ALLOWED)


def test_refusals_are_counted_by_limit(limited: Door) -> None:
    statuses(limited, "/v1/rules", ALLOWED + 3)
    statuses(limited, "/openapi.json", ALLOWED + 2)
    figures = limited.call("GET", "/metrics").text
    assert 3 == figure(figures, "samtale_refused_by_rate_total", limit="organisation")
    assert 2 == figure(figures, "samtale_refused_by_rate_total", limit="address")


def test_without_a_limit_nobody_is_counted_and_no_header_says_so(door: Door) -> None:
    assert "RateLimit" not in door.call("GET", "/v1/rules").headers


def test_threads_together_are_admitted_no_more_than_the_limit() -> None:
    rates = Rates(organisation=100)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: rates.count_organisation("agency", "star"), range(400)))
    assert 100 == sum(each.admitted for each in found if each is not None)


def test_a_process_admits_its_share() -> None:
    standing = Rates(organisation=100, processes=3).count_organisation("agency", "star")
    assert standing is not None
    assert (34, Limit.ORGANISATION) == (standing.quota, standing.limit)


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "::ffff:192.0.2.7"),
        ("2001:db8:1:2::/64", "2001:db8:1:2:3:4:5:6"),
        ("none", ""),
        ("none", "@"),
    ],
)
def test_who_counts_as_one_address(network: str, address: str) -> None:
    assert network == network_of(address)


def test_several_processes_together_admit_no_more_than_the_limit(tmp_path: Path) -> None:
    """Each admits its share; which process gets a connection is the system's choice."""
    with serving(tmp_path, "--workers", "3", "--rate-limit", "30") as served:
        bearer = served.bearer()
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: served.ask("/v1/rules", bearer).status, range(150)))
        assert {200, 429} == set(found)
        assert 10 <= found.count(200) <= 30
        figures = served.ask("/metrics").body
        refused = figure(figures, "samtale_refused_by_rate_total", limit="organisation")
        assert found.count(429) == refused


def test_in_production_there_are_limits_unless_the_operator_says_otherwise(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    production = replace(settings, mode="production")
    assert (0, 7) == (settings.rate(None, 6000), settings.rate(7, 6000))
    assert (6000, 0) == (production.rate(None, 6000), production.rate(0, 6000))


# --- pages of the workbench -----------------------------------------------------------------------


def logged_in(door: Door) -> FlaskClient:
    client = door.app.test_client()
    client.set_cookie("samtale-session", door.of("agency", "star").token())
    return client


def test_pages_count_for_the_organisation_of_whoever_has_logged_in(limited: Door) -> None:
    statuses(limited, "/nowhere", ALLOWED + 1)  # the address is used up
    client = logged_in(limited)
    assert [200] * ALLOWED == [client.get("/regler").status_code for _ in range(ALLOWED)]
    answer = client.get("/regler")
    assert (429, "text/html") == (answer.status_code, answer.mimetype)
    assert "For mange anmodninger" in answer.text
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert 200 == logged_in(limited).get("/healthz").status_code


def test_pages_and_files_of_nobody_count_for_the_address(limited: Door) -> None:
    client = limited.app.test_client()
    style = re.findall(r'href="(/static/[^"]+)"', client.get("/").text)[0]
    assert [200] * (ALLOWED - 1) + [429] == [client.get(style).status_code for _ in range(ALLOWED)]
    assert [429] == statuses(limited, "/nowhere", 1)
