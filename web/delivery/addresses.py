"""To which network addresses a message may go.

In: the addresses a name leads to. Out: the same, checked, or `AddressRefused`.
Does not know: HTTP. Whoever connects, connects to an address returned from here and never asks for
the name again: the answer to a second question may be another one.

Allowed is what IANA gives out as globally reachable, not "everything but some": an address that
nothing here knows is refused.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Host and port → addresses as text, in the order of preference; raises `OSError`."""

MOST_ADDRESSES = 32


class Reach(Enum):
    """Who may be told something at an address."""

    PUBLIC = "public"
    PRIVATE = "private"
    """Inside a machine or an organisation: only when the operator says so for the receiver."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """At least one address of the name may not be connected to; `reason` names its range."""

    reason: str


_PRIVATE, _NEVER = Reach.PRIVATE, Reach.NEVER

# The first range that holds the address decides: single addresses stand before their networks.
_RANGES_4 = tuple(
    (ipaddress.IPv4Network(network), reach, name)
    for network, reach, name in (
        ("100.100.100.200/32", _NEVER, "cloud metadata"),
        ("168.63.129.16/32", _NEVER, "cloud metadata"),
        ("0.0.0.0/8", _NEVER, "unspecified"),
        ("10.0.0.0/8", _PRIVATE, "private"),
        ("100.64.0.0/10", _PRIVATE, "carrier-grade NAT"),
        ("127.0.0.0/8", _PRIVATE, "loopback"),
        ("169.254.0.0/16", _NEVER, "link-local"),
        ("172.16.0.0/12", _PRIVATE, "private"),
        ("192.0.0.0/24", _NEVER, "protocol assignments"),
        ("192.0.2.0/24", _NEVER, "documentation"),
        ("192.88.99.0/24", _NEVER, "6to4 relay"),
        ("192.168.0.0/16", _PRIVATE, "private"),
        ("198.18.0.0/15", _NEVER, "benchmarking"),
        ("198.51.100.0/24", _NEVER, "documentation"),
        ("203.0.113.0/24", _NEVER, "documentation"),
        ("224.0.0.0/4", _NEVER, "multicast"),
        ("240.0.0.0/4", _NEVER, "reserved"),
    )
)
_RANGES_6 = tuple(
    (ipaddress.IPv6Network(network), reach, name)
    for network, reach, name in (
        ("::/128", _NEVER, "unspecified"),
        ("::1/128", _PRIVATE, "loopback"),
        ("::/96", _NEVER, "IPv4-compatible"),
        ("::ffff:0:0/96", _NEVER, "IPv4-mapped"),
        ("2001::/32", _NEVER, "Teredo"),
        ("2001::/23", _NEVER, "protocol assignments"),
        ("2001:db8::/32", _NEVER, "documentation"),
        ("2002::/16", _NEVER, "6to4"),
        ("3fff::/20", _NEVER, "documentation"),
        ("fd00:ec2::254/128", _NEVER, "cloud metadata"),
        ("fd20:ce::254/128", _NEVER, "cloud metadata"),
        ("fc00::/7", _PRIVATE, "private"),
        ("fe80::/10", _NEVER, "link-local"),
        ("fec0::/10", _NEVER, "site-local"),
        ("ff00::/8", _NEVER, "multicast"),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


def reach_of(address: Address) -> tuple[Reach, str]:
    """Return who may be told something at `address`, and the name of its range."""
    if isinstance(address, ipaddress.IPv4Address):
        for network_4, reach, name in _RANGES_4:
            if address in network_4:
                return reach, name
        return Reach.PUBLIC, "public"
    if address.scope_id is not None:
        return Reach.NEVER, "link-local"
    if address in _NAT64:
        # the way to a public IPv4 address in an IPv6 network; private ones are not meant (RFC 6052)
        reach, name = reach_of(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        return (reach, name) if reach is Reach.PUBLIC else (Reach.NEVER, f"{name} by NAT64")
    for network_6, reach, name in _RANGES_6:
        if address in network_6:
            return reach, name
    known = address in _GLOBAL_UNICAST
    return (Reach.PUBLIC, "public") if known else (Reach.NEVER, "reserved")


def check_addresses(
    found: Sequence[str], *, allow_private: bool
) -> tuple[Address, ...] | AddressRefused:
    """Return the addresses in their order, or refuse all of them for the sake of a single one.

    Which address of a name is connected to is chance; so a name with one forbidden address is
    forbidden. Empty in, empty out.
    """
    if len(found) > MOST_ADDRESSES:
        return AddressRefused(f"more than {MOST_ADDRESSES} addresses")
    checked: list[Address] = []
    for text in found:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return AddressRefused("unreadable")
        reach, name = reach_of(address)
        if reach is Reach.NEVER or (reach is Reach.PRIVATE and not allow_private):
            return AddressRefused(name)
        if address not in checked:
            checked.append(address)
    return tuple(checked)


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """Ask the machine's own resolver; raises `OSError` when the name is unknown."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return tuple(str(each[4][0]) for each in found)
