"""The operator's list of client certificates.

In: a YAML file. Out: `ClientCertificates`, or every problem of the file with its place.
Does not know: authorities, TLS, or requests.

    format: 1
    certificates:
      - system: journal                        # as the audit log names it
        organisation_type: job_centre
        organisation: "101"
        fingerprint: "sha256:9f86d081884c…"    # of the certificate; colons may stand in it
        subject: "CN=journal,O=Jobcenter,C=DK" # as RFC 4514 writes it; one of both, or both
        scopes: [interviews:read, interviews:write]
        valid_from: 2025-01-01                 # optional; from the beginning of this day
        valid_until: 2026-01-01                # optional; to before this day, in Denmark
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

from cryptography import x509
from cryptography.x509.oid import NameOID

from engine.problems import Problem, in_order
from engine.reader.reading import Problems, did_you_mean, kind_of
from engine.reader.section import Section, as_section
from engine.source.document import Node, Scalar, read_yaml
from registry.days import DENMARK
from web.api.certificates import FINGERPRINT, ClientCertificates, Row
from web.api.scopes import ORGANISATION_TYPES, Scope
from web.api.tokens import LONGEST_CLAIM, Grant
from web.settings import Settings, SettingsError, variable_of

FORMAT = 1
LARGEST_FILE = 1_048_576
_FINGERPRINT = re.compile(r"sha256:[0-9a-f]{64}")
_NAMES = {
    "serialNumber": NameOID.SERIAL_NUMBER,
    "emailAddress": NameOID.EMAIL_ADDRESS,
    "organizationIdentifier": NameOID.ORGANIZATION_IDENTIFIER,
    "GN": NameOID.GIVEN_NAME,
    "SN": NameOID.SURNAME,
}
"""Names that openssl writes and RFC 4514 does not list."""


def client_certificates(settings: Settings) -> ClientCertificates:
    """Return the rows of the file that the settings name, none without one.

    Raises `SettingsError` with every problem of the file.
    """
    path, variable = settings.client_certificates, variable_of("client_certificates")
    if path is None:
        return ClientCertificates()
    try:
        raw = path.read_bytes()[:LARGEST_FILE]
    except OSError as fault:
        raise SettingsError(
            (f"`{variable}`: cannot read `{path.name}`: {fault.strerror}",)
        ) from None
    rows, problems = read_rows(raw, path.name)
    if problems:
        raise SettingsError(tuple(f"`{variable}`: {_line(each)}" for each in problems))
    return ClientCertificates(rows)


def read_rows(raw: bytes, shown_as: str) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """Read the list; the rows count for nothing when there is a problem."""
    document = read_yaml(raw, shown_as)
    reading = _Reading(Problems())
    reading.problems.found.extend(document.problems)
    if document.root is not None:
        reading.read(document.root)
    return tuple(reading.rows), in_order(reading.problems.found)


class _Reading:
    """The rows and problems of one file."""

    def __init__(self, problems: Problems) -> None:
        self.rows: list[Row] = []
        self.problems = problems
        self._seen: dict[str, Section] = {}

    def read(self, node: Node) -> None:
        root = as_section(node, self.problems, "the list of client certificates")
        if root is None:
            return
        stated = root.need("format")
        if stated is not None and not _is_format(stated):
            self.problems.error(
                "unknown-format",
                stated.place,
                f"expected `format: {FORMAT}`, found {kind_of(stated)}",
                f"write `format: {FORMAT}`",
            )
        for entry in root.entries("certificates"):
            section = as_section(entry, self.problems, "a client certificate")
            if section is not None:
                self._row(section)
        root.close()

    def _row(self, section: Section) -> None:
        system = self._claim(section, "system")
        organisation_type = section.text("organisation_type")
        organisation = self._claim(section, "organisation")
        fingerprint = self._fingerprint(section)
        subject = self._subject(section)
        scopes = self._scopes(section)
        begins, ends = section.optional_day("valid_from"), section.optional_day("valid_until")
        section.close()
        if begins is not None and ends is not None and ends <= begins:
            self._error(
                section, "valid_until", "ends-before-it-begins", "expected a day after `valid_from`"
            )
        if organisation_type is not None and organisation_type not in ORGANISATION_TYPES:
            self._error(
                section,
                "organisation_type",
                "unknown-word",
                f"there is no organisation type `{organisation_type}`",
                did_you_mean(organisation_type, ORGANISATION_TYPES),
            )
        if not section.has("fingerprint") and not section.has("subject"):
            self._error(
                section,
                "fingerprint",
                "names-no-certificate",
                "expected `fingerprint` or `subject`, found neither",
                "add the certificate's fingerprint",
            )
        self._once(section, fingerprint or subject)
        if organisation_type is None or organisation is None or system is None:
            return
        self.rows.append(
            Row(
                Grant(organisation_type, organisation, system, scopes, system),
                fingerprint,
                subject,
                _beginning_of(begins),
                _beginning_of(ends),
            )
        )

    def _once(self, section: Section, certificate: str | None) -> None:
        if certificate is None:
            return
        first = self._seen.setdefault(certificate, section)
        if first is not section:
            self._error(
                section,
                "fingerprint" if certificate.startswith(FINGERPRINT) else "subject",
                "duplicate-entry",
                f"there are two rows for this certificate, the first at {first.place}",
                "remove one of them",
            )

    def _claim(self, section: Section, key: str) -> str | None:
        text = section.text(key)
        if text is not None and (len(text) > LONGEST_CLAIM or not text.isprintable()):
            self._error(
                section, key, "bad-name", f"expected printable text of at most {LONGEST_CLAIM}"
            )
            return None
        return text

    def _fingerprint(self, section: Section) -> str | None:
        text = section.optional_text("fingerprint")
        if text is None:
            return None
        plain = text.lower().replace(":", "").removeprefix("sha256")
        if _FINGERPRINT.fullmatch(FINGERPRINT + plain):
            return FINGERPRINT + plain
        self._error(
            section,
            "fingerprint",
            "bad-fingerprint",
            "expected `sha256:` and 64 hexadecimal digits",
            "write what `openssl x509 -noout -fingerprint -sha256 -in FILE` prints",
        )
        return None

    def _subject(self, section: Section) -> str | None:
        text = section.optional_text("subject")
        if text is None:
            return None
        try:
            return x509.Name.from_rfc4514_string(text, _NAMES).rfc4514_string()
        except ValueError:
            self._error(
                section,
                "subject",
                "bad-subject",
                "expected a name as RFC 4514 writes it",
                "write what `openssl x509 -noout -subject -nameopt RFC2253 -in FILE` prints",
            )
            return None

    def _scopes(self, section: Section) -> frozenset[str]:
        found = section.names("scopes")
        for name, place in found:
            if name not in set(Scope):
                self.problems.error(
                    "unknown-word",
                    place,
                    f"there is no scope `{name}`",
                    did_you_mean(name, [each.value for each in Scope]),
                )
        return frozenset(name for name, _ in found)

    def _error(self, section: Section, key: str, code: str, message: str, hint: str = "") -> None:
        self.problems.error(code, section.value_place(key), message, hint)


def _beginning_of(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, DENMARK)


def _is_format(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is not True and node.value == FORMAT


def _line(problem: Problem) -> str:
    hint = f"; {problem.hint}" if problem.hint else ""
    return f"{problem.place}: {problem.message}{hint}"
