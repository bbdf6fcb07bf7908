"""Client certificates: which system calls, as TLS has proved it.

In: the certificate that a connection was opened with, the operator's rows, the time. Out: a
`Grant`, or `CertificateRefused`.
Does not know: TLS, where an authority was trusted; the operator's file; HTTP. No header of a
request can stand for a certificate.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from web.api.tokens import Grant

FINGERPRINT = "sha256:"


class CertificateRefused(ValueError):
    """The certificate proves nothing here; the reason is for the log, not for the caller."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What is looked at in a certificate; the rest was TLS's to check."""

    fingerprint: str
    """`sha256:` and 64 hexadecimal digits, of the whole certificate."""
    subject: str
    """As RFC 4514 writes it, most specific name first."""
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the operator's file: a certificate, and the system it stands for."""

    grant: Grant
    fingerprint: str | None
    subject: str | None
    """What is given must fit, and one of both is given."""
    begins: datetime | None = None
    ends: datetime | None = None
    """The row holds from the one to before the other."""


class ClientCertificates:
    """The operator's rows; a certificate that none fits is refused."""

    def __init__(self, rows: tuple[Row, ...] = ()) -> None:
        self._by_fingerprint: Mapping[str, Row] = {
            row.fingerprint: row for row in rows if row.fingerprint is not None
        }
        self._by_subject: Mapping[str, Row] = {
            row.subject: row for row in rows if row.subject is not None and row.fingerprint is None
        }

    def read(self, der: bytes, now: datetime) -> Grant:
        """Return what the certificate proves at `now`; raises `CertificateRefused`.

        A row with the fingerprint goes before one with the subject alone.
        """
        certificate = read_certificate(der)
        row = self._by_fingerprint.get(certificate.fingerprint)
        if row is None:
            row = self._by_subject.get(certificate.subject)
        if row is None:
            raise CertificateRefused("no row fits the certificate")
        if row.subject is not None and row.subject != certificate.subject:
            raise CertificateRefused("the row names another subject")
        # TLS looked when the connection was opened, and a connection may live long
        if not certificate.begins <= now < certificate.ends:
            raise CertificateRefused("the certificate is not valid now")
        if (row.begins is not None and now < row.begins) or (
            row.ends is not None and row.ends <= now
        ):
            raise CertificateRefused("the row does not hold now")
        return row.grant


@functools.lru_cache(maxsize=1024)
def read_certificate(der: bytes) -> ClientCertificate:
    """Read a certificate; raises `CertificateRefused`."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        return ClientCertificate(
            FINGERPRINT + certificate.fingerprint(hashes.SHA256()).hex(),
            certificate.subject.rfc4514_string(),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
        )
    except ValueError:
        raise CertificateRefused("the certificate cannot be read") from None


def agree(certificate: Grant, token: Grant) -> Grant:
    """Return what both prove together; raises `CertificateRefused` when they contradict each other.

    The user is the token's, the system the certificate's, and only what both are for is allowed.
    """
    same_organisation = (certificate.organisation_type, certificate.organisation) == (
        token.organisation_type,
        token.organisation,
    )
    if not same_organisation or token.system not in {None, certificate.system}:
        raise CertificateRefused("certificate and token disagree")
    return Grant(
        token.organisation_type,
        token.organisation,
        token.user,
        token.scopes & certificate.scopes,
        certificate.system,
        token.expires_at,
    )
