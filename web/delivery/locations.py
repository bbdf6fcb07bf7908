"""Base addresses of operators and paths of subscribers, as text.

In: text from a file or a request. Out: `BaseAddress` and checked paths, or `LocationRefused`.
Does not know: to which network address a name leads (`addresses`).

Both are read by what may stand in them, not by what may not: whatever two programs could read
differently (escapes, backslashes, parameters, other ways to write a number) is simply not there.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

LONGEST_PATH = 200
LONGEST_HOST = 253
HIGHEST_PORT = 65_535
_PORTS = {"https": 443, "http": 80}

_BASE = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(:(?P<port>[0-9]{1,5}))?/?"
)
_LABEL = re.compile(r"[0-9a-z]([0-9a-z-]{0,61}[0-9a-z])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SEGMENT = re.compile(r"[0-9A-Za-z._~-]+")
_CITIZEN_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}-?[0-9]{4}(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class LocationRefused:
    """A base address or a path that is not used; `expected` says what would be."""

    expected: str


@dataclass(frozen=True, slots=True)
class BaseAddress:
    """Scheme, host and port; the host is a name in lower case or an IP address without brackets."""

    scheme: str
    host: str
    port: int

    @property
    def in_header(self) -> str:
        """How the host stands in the header `Host`: the port only when it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_base(text: str) -> BaseAddress | LocationRefused:
    """Read `https://host` or `https://host:port`; nothing else may stand in it."""
    found = _BASE.fullmatch(text)
    if not found:
        return LocationRefused("`https://` and a host, perhaps with a port, and no path")
    scheme, host = found["scheme"], found["host"].lower()
    port = int(found["port"] or _PORTS[scheme])
    if not 0 < port <= HIGHEST_PORT:
        return LocationRefused(f"a port from 1 to {HIGHEST_PORT}")
    if host.startswith("["):
        host = host[1:-1]
        if not _is_ip_address(host) or ":" not in host:
            return LocationRefused("an IPv6 address in its shortest form between the brackets")
    elif not _is_name(host) and not _is_ip_address(host):
        return LocationRefused("a host name, or an IP address as four decimal numbers")
    return BaseAddress(scheme, host, port)


def _is_name(host: str) -> bool:
    """Tell whether it is a DNS name that nobody can take for a number.

    `2130706433`, `0x7f.1`, `0177.0.0.1` and `127.1` are loopback to a resolver: a name whose last
    label is a number is not accepted (the WHATWG rule).
    """
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    return not _NUMBER.fullmatch(labels[-1])


def _is_ip_address(host: str) -> bool:
    try:
        return str(ipaddress.ip_address(host)) == host
    except ValueError:
        return False


def read_path(text: str) -> str | LocationRefused:
    """Read a path: `/` before each segment of letters, digits and `-._~`, perhaps `/` at the end.

    Returned unchanged. A segment of dots alone is not accepted, nor is one that looks like a civil
    registration number: paths stand in the log files of receivers.
    """
    if len(text) > LONGEST_PATH:
        return LocationRefused(f"a path of at most {LONGEST_PATH} characters")
    if not text.startswith("/"):
        return LocationRefused("a path that begins with `/`")
    segments = text[1:].removesuffix("/").split("/")
    if text != "/" and not all(_SEGMENT.fullmatch(each) for each in segments):
        return LocationRefused("segments of letters, digits and `-._~` only, none of them empty")
    if any(each and not each.strip(".") for each in segments):
        return LocationRefused("no segment of dots")
    if _CITIZEN_NUMBER.search(text):
        return LocationRefused("nothing that looks like a civil registration number")
    return text
