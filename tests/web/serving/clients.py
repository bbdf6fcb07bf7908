"""Certificates of authorities that exist in these tests only, for servers and for clients."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

DAY = timedelta(days=1)


class Authority:
    """Writes its own certificate to `ca_file`, and others beside it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = _name(name)
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        made = (
            self._begun(self._subject, self._key.public_key(), expired=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.ca_file = folder / f"{name}.pem"
        self.ca_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def certificate(
        self,
        name: str,
        usage: ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
        *,
        expired: bool = False,
    ) -> Path:
        """A file with a certificate for this purpose and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = (
            self._begun(_name(name), key.public_key(), expired=expired)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{self.ca_file.stem}-{name}-{usage.dotted_string}-{expired}.pem"
        file.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return file

    def _begun(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, expired: bool
    ) -> x509.CertificateBuilder:
        ends = datetime.now(UTC) + (-DAY if expired else DAY)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - 3 * DAY)
            .not_valid_after(ends)
        )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DK"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Jobcenter, Øst"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def der_of(file: Path) -> bytes:
    read = x509.load_pem_x509_certificate(file.read_bytes())
    return read.public_bytes(serialization.Encoding.DER)


def fingerprint_of(file: Path) -> str:
    read = x509.load_pem_x509_certificate(file.read_bytes())
    return read.fingerprint(hashes.SHA256()).hex()


def trusting(authority: Authority, own: Path | None = None) -> ssl.SSLContext:
    """How a client speaks TLS: whom it trusts, and who it says that it is."""
    terms = ssl.create_default_context(cafile=str(authority.ca_file))
    if own is not None:
        terms.load_cert_chain(own)
    return terms
