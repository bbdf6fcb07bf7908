"""The operator's list of allowed receivers.

In: a YAML file. Out: `Receivers`, or every problem of the file with its place.
Does not know: subscriptions. The operator states where an organisation's messages go to; the
organisation itself chooses nothing but the path.

    format: 1
    receivers:
      - organisation_type: job_centre
        organisation: "101"
        base_url: https://webhooks.jobcenter.example
        path_prefix: /samtale                 # optional
        ca_file: jobcenter-ca.pem             # optional; then no other authority is trusted
        client_certificate: our-cert.pem      # optional, with its key in it or in client_key
        client_key: our-key.pem
        allow_private_addresses: true         # optional: inside an agency's own network
        allow_http: true                      # optional: development only
"""

from __future__ import annotations

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.problems import Problem, in_order
from engine.reader.reading import Problems, did_you_mean, kind_of
from engine.reader.section import Section, as_section
from engine.source.document import Node, Scalar, read_yaml
from web.delivery.locations import BaseAddress, LocationRefused, read_base, read_path

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where messages for one organisation may go, and how we know that it is the right place."""

    organisation_type: str
    organisation: str
    base: BaseAddress
    path_prefix: str = ""
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    allow_private_addresses: bool = False

    def target(self, path: str) -> str | LocationRefused:
        """Return the whole path for the path that a subscriber chose."""
        checked = read_path(path)
        return checked if isinstance(checked, LocationRefused) else self.path_prefix + checked


@dataclass(frozen=True, slots=True)
class Receivers:
    """The receivers of a file, one for each organisation."""

    by_organisation: Mapping[tuple[str, str], Receiver]

    def of(self, organisation_type: str, organisation: str) -> Receiver | None:
        return self.by_organisation.get((organisation_type, organisation))


def read_receivers(
    raw: bytes,
    shown_as: str,
    *,
    folder: Path,
    organisation_types: Collection[str],
    production: bool,
) -> tuple[Receivers | None, tuple[Problem, ...]]:
    """Read the list; None with at least one problem. Certificates are not opened.

    File names are relative to `folder`. In production mode `allow_http` is a problem.
    """
    document = read_yaml(raw, shown_as)
    problems = Problems()
    problems.found.extend(document.problems)
    reading = _Reading(problems, folder, organisation_types, production)
    if document.root is not None:
        reading.read(document.root)
    found = in_order(problems.found)
    return (None if found else Receivers(reading.receivers)), found


def tls_settings(receiver: Receiver) -> ssl.SSLContext:
    """Return how we speak TLS with a receiver; raises `OSError` when a file cannot be used.

    TLS 1.2 or later, with a certificate for the name from the CA file, else from the machine's
    authorities.
    """
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    settings.minimum_version = ssl.TLSVersion.TLSv1_2
    if receiver.ca_file is None:
        settings.load_default_certs()
    else:
        settings.load_verify_locations(cafile=receiver.ca_file)
    if receiver.client_certificate is not None:
        # without a password the library would ask for one at the terminal
        settings.load_cert_chain(receiver.client_certificate, receiver.client_key, password="")
    return settings


class _Reading:
    """The receivers and problems of one file."""

    def __init__(
        self,
        problems: Problems,
        folder: Path,
        organisation_types: Collection[str],
        production: bool,
    ) -> None:
        self.receivers: dict[tuple[str, str], Receiver] = {}
        self._problems = problems
        self._folder = folder
        self._types = organisation_types
        self._production = production

    def read(self, node: Node) -> None:
        root = as_section(node, self._problems, "the list of receivers")
        if root is None:
            return
        stated = root.need("format")
        if stated is not None and not _is_format(stated):
            self._problems.error(
                "unknown-format",
                stated.place,
                f"expected `format: {FORMAT}`, found {kind_of(stated)}",
                f"write `format: {FORMAT}`",
            )
        for entry in root.entries("receivers"):
            section = as_section(entry, self._problems, "a receiver")
            if section is not None:
                self._receiver(section)
        root.close()

    def _receiver(self, section: Section) -> None:
        organisation_type = section.text("organisation_type")
        organisation = section.text("organisation")
        base = self._base(section)
        prefix = self._prefix(section)
        authority = self._file(section, "ca_file")
        certificate = self._file(section, "client_certificate")
        key = self._file(section, "client_key")
        private = section.flag("allow_private_addresses")
        section.close()
        if key is not None and certificate is None:
            self._error(section, "client_key", "key-alone", "`client_key` needs a certificate")
        if organisation_type is not None and organisation_type not in self._types:
            self._error(
                section,
                "organisation_type",
                "unknown-word",
                f"there is no organisation type `{organisation_type}`",
                did_you_mean(organisation_type, self._types),
            )
        if organisation_type is None or organisation is None or base is None:
            return
        if (organisation_type, organisation) in self.receivers:
            self._error(
                section,
                "organisation",
                "duplicate-entry",
                f"there are two receivers for {organisation_type} `{organisation}`",
                "remove one of them",
            )
        self.receivers[organisation_type, organisation] = Receiver(
            organisation_type,
            organisation,
            base,
            prefix,
            authority,
            certificate,
            key,
            private,
        )

    def _base(self, section: Section) -> BaseAddress | None:
        text = section.text("base_url")
        allowed = section.flag("allow_http")
        if allowed and self._production:
            self._error(
                section,
                "allow_http",
                "unencrypted",
                "production mode sends nothing unencrypted",
                "remove `allow_http`",
            )
        if text is None:
            return None
        base = read_base(text)
        if isinstance(base, LocationRefused):
            self._error(section, "base_url", "bad-address", f"expected {base.expected}")
            return None
        if base.scheme == "http" and not allowed:
            self._error(
                section,
                "base_url",
                "unencrypted",
                "expected `https`, found `http`",
                "write `https`, or `allow_http: true` while developing",
            )
        return base

    def _prefix(self, section: Section) -> str:
        text = section.optional_text("path_prefix")
        if text is None:
            return ""
        prefix = read_path(text)
        if isinstance(prefix, LocationRefused):
            self._error(section, "path_prefix", "bad-path", f"expected {prefix.expected}")
            return ""
        return prefix.removesuffix("/")

    def _file(self, section: Section, key: str) -> Path | None:
        name = section.optional_text(key)
        return None if name is None else self._folder / name

    def _error(self, section: Section, key: str, code: str, message: str, hint: str = "") -> None:
        self._problems.error(code, section.value_place(key), message, hint)


def _is_format(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is not True and node.value == FORMAT
