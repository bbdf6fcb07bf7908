"""Client certificates in real TLS handshakes: who is let in as which system."""

from __future__ import annotations

import signal
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.web.serving.clients import Authority, fingerprint_of, trusting
from tests.web.serving.process import Answer, Served, serving, wait_until
from tests.web.test_metrics import figure

NAMED = "CN=named,O=Jobcenter\\, Øst,C=DK"


@dataclass(frozen=True, slots=True)
class House:
    """A server with TLS, and the files that it was started with."""

    served: Served
    folder: Path
    ours: Authority
    theirs: Authority

    def ask(self, certificate: Path | None, *headers: str) -> Answer | None:
        """GET the rules; None when TLS itself ended it."""
        terms = trusting(self.ours, certificate)
        try:
            answer = self.served.ask("/v1/rules", *headers, tls=terms)
        except (ssl.SSLError, ConnectionError):
            return None
        return None if answer.status == 0 else answer


def row(system: str, which: str, more: str = "") -> str:
    return (
        f"  - {{system: {system}, organisation_type: job_centre, organisation: '101', "
        f"scopes: [rules], {which}{more}}}\n"
    )


def rows(house_folder: Path, *lines: str) -> Path:
    path = house_folder / "certificates.yaml"
    path.write_text("format: 1\ncertificates:\n" + "".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("tls")
    ours, theirs = Authority(folder, "ours"), Authority(folder, "theirs")
    own = ours.certificate("localhost", ExtendedKeyUsageOID.SERVER_AUTH)
    journal = fingerprint_of(ours.certificate("journal"))
    over = fingerprint_of(ours.certificate("over"))
    path = rows(
        folder,
        row("journal", f"fingerprint: 'sha256:{journal}'"),
        row("named", f'subject: "{NAMED}"'.replace("\\", "\\\\")),
        row("over", f"fingerprint: 'sha256:{over}'", ", valid_until: 2024-01-01"),
    )
    with serving(
        folder,
        *(
            "--workers",
            "2",
            "--read-seconds",
            "5",
            "--tls-certificate",
            str(own),
            "--tls-key",
            str(own),
        ),
        *("--tls-client-ca", str(ours.ca_file), "--client-certificates", str(path)),
    ) as served:
        yield House(served, folder, ours, theirs)


def file_of(house: House, name: str) -> Path:
    usage = ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string
    return house.folder / f"ours-{name}-{usage}-False.pem"


def test_a_listed_certificate_needs_no_token(house: House) -> None:
    answer = house.ask(file_of(house, "journal"))
    assert answer is not None
    assert 200 == answer.status


def test_a_listed_subject_is_enough_whatever_the_certificate(house: House) -> None:
    assert [200, 200] == [
        answer.status for _ in range(2) if (answer := house.ask(house.ours.certificate("named")))
    ]


def test_a_token_alone_is_enough_over_tls_and_browsers_are_told_to_stay(house: House) -> None:
    answer = house.ask(None, house.served.bearer())
    assert answer is not None
    assert (200, True) == (answer.status, "strict-transport-security" in answer.headers)


def test_neither_is_401(house: House) -> None:
    answer = house.ask(None)
    assert answer is not None
    assert 401 == answer.status


def test_an_unlisted_certificate_is_401_even_with_a_token(house: House) -> None:
    unknown = house.ours.certificate("unknown")
    assert [401, 401] == [
        answer.status
        for headers in ((), (house.served.bearer(),))
        if (answer := house.ask(unknown, *headers))
    ]


def test_a_row_that_is_over_is_401(house: House) -> None:
    answer = house.ask(file_of(house, "over"))
    assert answer is not None
    assert 401 == answer.status
    assert "the row does not hold now" in house.served.log


def test_a_certificate_and_a_token_that_agree_are_let_in(house: House) -> None:
    answer = house.ask(file_of(house, "journal"), house.served.bearer())
    assert answer is not None
    assert 200 == answer.status


def test_a_certificate_and_a_token_of_another_organisation_are_401(house: House) -> None:
    answer = house.ask(file_of(house, "journal"), house.served.bearer(organisation="102"))
    assert answer is not None
    assert 401 == answer.status


def test_a_certificate_beside_something_else_than_a_token_is_401(house: House) -> None:
    answer = house.ask(file_of(house, "journal"), "Authorization: Basic eDp5")
    assert answer is not None
    assert 401 == answer.status


def test_a_foreign_authority_ends_in_the_handshake(house: House) -> None:
    assert house.ask(house.theirs.certificate("journal")) is None


def test_an_expired_certificate_ends_in_the_handshake(house: House) -> None:
    assert house.ask(house.ours.certificate("named", expired=True)) is None


def test_a_certificate_for_servers_ends_in_the_handshake(house: House) -> None:
    usage = ExtendedKeyUsageOID.SERVER_AUTH
    assert house.ask(house.ours.certificate("named", usage)) is None


def test_an_old_tls_ends_in_the_handshake(house: House) -> None:
    terms = trusting(house.ours)
    terms.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        terms.minimum_version = terms.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        house.served.ask("/healthz", tls=terms)


def test_a_client_that_never_opens_tls_is_let_go(house: House) -> None:
    with house.served.connect() as silent:
        silent.sendall(b"\x16\x03\x01")
        assert b"" == silent.recv(16)
    assert 200 == house.served.ask("/healthz", tls=trusting(house.ours)).status


def test_the_log_and_the_figures_show_the_system(house: House) -> None:
    assert house.ask(file_of(house, "journal")) is not None
    assert "journal" in {line.get("system") for line in house.served.lines()}
    figures = house.served.ask("/metrics", tls=trusting(house.ours)).body
    assert figure(figures, "samtale_certified_requests_total", system="journal")


def test_a_row_that_is_removed_shuts_the_certificate_out_on_reload(tmp_path: Path) -> None:
    ours = Authority(tmp_path, "ours")
    own = ours.certificate("localhost", ExtendedKeyUsageOID.SERVER_AUTH)
    left, kept = ours.certificate("left"), ours.certificate("kept")
    stay = row("kept", f"fingerprint: '{fingerprint_of(kept)}'")
    path = rows(tmp_path, stay, row("left", f"fingerprint: '{fingerprint_of(left)}'"))
    with serving(
        tmp_path,
        *("--workers", "1", "--tls-certificate", str(own), "--tls-key", str(own)),
        *("--tls-client-ca", str(ours.ca_file), "--client-certificates", str(path)),
    ) as served:
        house = House(served, tmp_path, ours, ours)
        assert [200, 200] == [a.status for each in (left, kept) if (a := house.ask(each))]
        first = served.workers()
        rows(tmp_path, stay)
        served.signal(signal.SIGHUP)
        wait_until(lambda: served.workers() and not first & served.workers())
        assert [401, 200] == [a.status for each in (left, kept) if (a := house.ask(each))]
