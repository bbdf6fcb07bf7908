"""The operator's file of client certificates: every mistake has its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.web.door import settings_in
from tests.web.serving.clients import Authority, der_of, fingerprint_of
from web.api.certificate_file import client_certificates, read_rows
from web.api.certificates import CertificateRefused, ClientCertificates, agree
from web.api.tokens import Grant
from web.app import create_app
from web.settings import Settings, SettingsError

F = "sha256:" + "ab" * 32
GOOD = f'system: journal, organisation_type: job_centre, organisation: "101", fingerprint: "{F}"'

ROW = 'system: journal, organisation_type: job_centre, organisation: "101", scopes: [rules]'
DAYS = "scopes: [rules], valid_from: 2025-01-01, valid_until: 2025-01-01"


def faults(*rows: str) -> list[tuple[int, str]]:
    text = "format: 1\ncertificates:\n" + "".join(f"  - {{{row}}}\n" for row in rows)
    _, problems = read_rows(text.encode(), "certificates.yaml")
    return [(each.place.line, each.code) for each in problems]


@pytest.mark.parametrize(
    ("found", "row"),
    [
        ("missing-key", GOOD),
        ("unknown-word", f"{GOOD}, scopes: [interview:read]"),
        ("unknown-key", f"{GOOD}, scopes: [rules], colour: red"),
        ("unknown-word", f"{GOOD}, scopes: [rules]".replace("job_centre", "job_center")),
        ("bad-fingerprint", f"{GOOD}, scopes: [rules]".replace(F, "sha256:abc")),
        ("bad-subject", f'{GOOD}, scopes: [rules], subject: "journal"'),
        ("names-no-certificate", ROW),
        ("ends-before-it-begins", f"{GOOD}, {DAYS}"),
        ("bad-name", f"{GOOD}, scopes: [rules]".replace("journal", "j" * 201)),
    ],
)
def test_a_mistake_is_named_with_its_line(found: str, row: str) -> None:
    assert [(3, found)] == faults(row)


def test_two_rows_for_one_certificate_are_one_too_many() -> None:
    assert [(4, "duplicate-entry")] == faults(*[f"{GOOD}, scopes: [rules]"] * 2)


def test_a_fingerprint_may_be_written_as_openssl_prints_it() -> None:
    colons = ":".join(["AB"] * 32)
    rows, problems = read_rows(
        f"format: 1\ncertificates:\n  - {{{GOOD}, scopes: [rules]}}".replace(F, colons).encode(),
        "certificates.yaml",
    )
    assert ((), F) == (problems, rows[0].fingerprint)


def test_the_service_does_not_start_with_a_mistake_and_lists_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "certificates.yaml"
    path.write_text(f"format: 2\ncertificates:\n  - {{{GOOD}}}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        create_app(replace(settings_in(tmp_path), client_certificates=path))
    assert ["certificates.yaml:1:9", "certificates.yaml:3:5"] == [
        fault.split(": ")[1] for fault in raised.value.faults
    ]


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        client_certificates(Settings(client_certificates=tmp_path / "none.yaml"))
    assert (
        "`SAMTALE_CLIENT_CERTIFICATES`: cannot read `none.yaml`: No such file or directory",
    ) == raised.value.faults


def certificates(row: str) -> ClientCertificates:
    rows, problems = read_rows(f"format: 1\ncertificates:\n  - {{{row}}}\n".encode(), "c.yaml")
    assert () == problems
    return ClientCertificates(rows)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Authority(tmp_path_factory.mktemp("c"), "ours").certificate("journal")


SUBJECT = r"subject: 'CN=journal,O=Jobcenter\, Øst,C=DK'"
GRANT = Grant("job_centre", "101", "journal", frozenset({"rules"}), "journal")


def test_the_system_is_the_user_when_there_is_no_token(certificate: Path) -> None:
    listed = certificates(f"{ROW}, {SUBJECT}")
    assert GRANT == listed.read(der_of(certificate), datetime.now(UTC))


def test_fingerprint_and_subject_must_both_fit_when_both_are_given(certificate: Path) -> None:
    stated = f"fingerprint: '{fingerprint_of(certificate)}'"
    now = datetime.now(UTC)
    assert GRANT == certificates(f"{ROW}, {stated}, {SUBJECT}").read(der_of(certificate), now)
    with pytest.raises(CertificateRefused, match="another subject"):
        certificates(f"{ROW}, {stated}, subject: 'CN=other'").read(der_of(certificate), now)


def test_a_row_holds_from_its_first_day_to_before_its_last_in_denmark(certificate: Path) -> None:
    today = datetime.now(UTC)
    day, der = f"{today:%Y-%m-%d}", der_of(certificate)
    before, after = today - timedelta(days=1, hours=3), today + timedelta(hours=3)
    with pytest.raises(CertificateRefused, match="row"):
        certificates(f"{ROW}, {SUBJECT}, valid_from: {day}").read(der, before)
    with pytest.raises(CertificateRefused, match="row"):
        certificates(f"{ROW}, {SUBJECT}, valid_until: {day}").read(der, after)


def test_a_certificate_that_ran_out_on_an_open_connection_is_refused(certificate: Path) -> None:
    with pytest.raises(CertificateRefused, match="not valid now"):
        listed = certificates(f"{ROW}, {SUBJECT}")
        listed.read(der_of(certificate), datetime.now(UTC) + timedelta(days=2))


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(CertificateRefused, match="cannot be read"):
        certificates(f"{ROW}, {SUBJECT}").read(b"MIIB", datetime.now(UTC))


def test_beside_a_token_the_user_is_the_tokens_and_only_what_both_are_for_is_allowed() -> None:
    token = Grant("job_centre", "101", "karen", frozenset({"rules", "decisions"}))
    assert ("karen", {"rules"}, "journal") == (
        (both := agree(GRANT, token)).user,
        both.scopes,
        both.system,
    )


@pytest.mark.parametrize(
    "token",
    [
        Grant("job_centre", "102", "karen", GRANT.scopes),
        Grant("municipality", "101", "karen", GRANT.scopes),
        Grant("job_centre", "101", "karen", GRANT.scopes, "another-system"),
    ],
)
def test_a_token_that_says_otherwise_is_refused(token: Grant) -> None:
    with pytest.raises(CertificateRefused, match="disagree"):
        agree(GRANT, token)


@pytest.mark.parametrize(
    ("alone", "missing"),
    [
        ("tls_certificate", "SAMTALE_TLS_KEY"),
        ("tls_key", "SAMTALE_TLS_CERTIFICATE"),
        ("tls_client_ca", "SAMTALE_CLIENT_CERTIFICATES"),
        ("client_certificates", "SAMTALE_TLS_CLIENT_CA"),
    ],
)
def test_a_setting_that_means_nothing_alone_says_what_it_needs(alone: str, missing: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment({}, {alone: "x.pem", "server": "gunicorn"})
    assert any(missing in fault for fault in raised.value.faults)


def test_waitress_refuses_to_pretend_that_it_speaks_tls() -> None:
    with pytest.raises(SettingsError, match="SAMTALE_SERVER=gunicorn"):
        Settings.from_environment({}, {"tls_certificate": "x.pem", "tls_key": "x.pem"})
