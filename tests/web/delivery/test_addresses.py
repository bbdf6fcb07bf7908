"""S1: no packet to an address that is not allowed, however it is written and whatever DNS says."""

from __future__ import annotations

import http.client
import ipaddress
import socket
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.delivery.hostile import ACCEPTED, Listener, listening, saying
from web.delivery.addresses import (
    MOST_ADDRESSES,
    AddressRefused,
    Reach,
    check_addresses,
    reach_of,
    system_resolver,
)
from web.delivery.client import Sender
from web.delivery.locations import BaseAddress, LocationRefused, read_base
from web.delivery.outcome import Delivered, Failed, FailureKind
from web.delivery.receivers import Receiver

NOW = datetime(2024, 6, 3, 10, 0, tzinfo=UTC)

PUBLIC = ["8.8.8.8", "185.60.216.35", "100.63.255.255", "100.128.0.0", "172.15.255.255"]
PUBLIC_6 = ["2a00:1450:400f::64", "2600::1", "64:ff9b::808:808"]
PRIVATE = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "100.64.0.1": "carrier-grade NAT",
    "100.127.255.255": "carrier-grade NAT",
    "::1": "loopback",
    "fc00::1": "private",
    "fdff::1": "private",
}
NEVER = {
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "169.254.169.254": "link-local",
    "168.63.129.16": "cloud metadata",
    "100.100.100.200": "cloud metadata",
    "192.0.0.192": "protocol assignments",
    "192.0.2.1": "documentation",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "198.18.0.1": "benchmarking",
    "198.19.255.255": "benchmarking",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::2": "IPv4-compatible",
    "::127.0.0.1": "IPv4-compatible",
    "::8.8.8.8": "IPv4-compatible",
    "::ffff:127.0.0.1": "IPv4-mapped",
    "::ffff:10.0.0.1": "IPv4-mapped",
    "::ffff:8.8.8.8": "IPv4-mapped",
    "::ffff:0:127.0.0.1": "reserved",
    "64:ff9b::127.0.0.1": "loopback by NAT64",
    "64:ff9b::10.0.0.1": "private by NAT64",
    "64:ff9b::169.254.169.254": "link-local by NAT64",
    "64:ff9b:1::10.0.0.1": "reserved",
    "2002:7f00:1::": "6to4",
    "2002:0a00:0001::1": "6to4",
    "2001:0:4136:e378:8000:63bf:80ff:fffe": "Teredo",
    "2001:10::1": "protocol assignments",
    "2001:db8::1": "documentation",
    "3fff::1": "documentation",
    "fe80::1": "link-local",
    "fe80::1%lo": "link-local",
    "2600::1%lo": "link-local",
    "fec0::1": "site-local",
    "ff02::1": "multicast",
    "fd00:ec2::254": "cloud metadata",
    "fd20:ce::254": "cloud metadata",
    "4000::1": "reserved",
    "100::1": "reserved",
}


@pytest.mark.parametrize("text", PUBLIC + PUBLIC_6)
def test_public_addresses_are_allowed(text: str) -> None:
    expected = (ipaddress.ip_address(text),)
    assert expected == check_addresses([text], allow_private=False)


@pytest.mark.parametrize(("text", "name"), PRIVATE.items())
def test_addresses_inside_are_allowed_only_when_the_operator_says_so(text: str, name: str) -> None:
    assert AddressRefused(name) == check_addresses([text], allow_private=False)
    assert (ipaddress.ip_address(text),) == check_addresses([text], allow_private=True)


@pytest.mark.parametrize("allow_private", [False, True])
@pytest.mark.parametrize(("text", "name"), NEVER.items())
def test_some_addresses_are_never_allowed(text: str, name: str, allow_private: bool) -> None:
    assert AddressRefused(name) == check_addresses([text], allow_private=allow_private)


@pytest.mark.parametrize("text", ["", "127.1", "0x7f000001", "0177.0.0.1", "nonsense", "1.2.3.4.5"])
def test_what_a_resolver_never_says_is_refused(text: str) -> None:
    assert AddressRefused("unreadable") == check_addresses([text], allow_private=True)


def test_one_forbidden_address_among_many_forbids_the_name() -> None:
    found = ["8.8.8.8", "2600::1", "10.0.0.1"]
    assert AddressRefused("private") == check_addresses(found, allow_private=False)


def test_a_name_with_very_many_addresses_is_refused() -> None:
    found = ["8.8.8.8"] * (MOST_ADDRESSES + 1)
    assert isinstance(check_addresses(found, allow_private=False), AddressRefused)


@given(st.ip_addresses(v=4))
def test_nothing_that_python_knows_to_be_special_is_public(address: ipaddress.IPv4Address) -> None:
    reach, _ = reach_of(address)
    if not address.is_global or address.is_multicast:
        assert reach is not Reach.PUBLIC


@given(
    st.one_of(
        st.ip_addresses(v=6),
        st.sampled_from(
            ["::/96", "::ffff:0:0/96", "64:ff9b::/96", "2001::/23", "2002::/16"]
        ).flatmap(lambda network: st.ip_addresses(network=network)),
        st.sampled_from(["fc00::/7", "fe80::/10", "ff00::/8", "2000::/3"]).flatmap(
            lambda network: st.ip_addresses(network=network)
        ),
    )
)
def test_the_same_for_ipv6(address: ipaddress.IPv6Address) -> None:
    reach, _ = reach_of(address)
    if reach is not Reach.PUBLIC:
        return
    assert address in ipaddress.ip_network("2000::/3") or address in ipaddress.ip_network(
        "64:ff9b::/96"
    )
    assert not address.is_private and not address.is_multicast
    assert None is (address.ipv4_mapped or address.sixtofour or address.teredo)


@given(st.ip_addresses(v=4))
def test_an_address_inside_nat64_is_never_freer_than_by_itself(
    address: ipaddress.IPv4Address,
) -> None:
    inside = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))
    plain, _ = reach_of(address)
    assert (Reach.PUBLIC if plain is Reach.PUBLIC else Reach.NEVER) == reach_of(inside)[0]


# --- with packets ---------------------------------------------------------------------------------

TRICKS = ["2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.1"]


def allowed(port: int, host: str = "receiver.example", *, private: bool) -> Receiver:
    base = BaseAddress("http", host, port)
    return Receiver("job_centre", "101", base, allow_private_addresses=private)


def arrived(listener: Listener, receiver: Receiver, resolver) -> tuple[object, int]:
    sender = Sender(receiver, resolver=resolver)
    outcome = sender.post("/in", {}, b"{}", NOW)
    sender.close()
    return outcome, listener.connections


@pytest.mark.parametrize("host", TRICKS)
def test_other_ways_to_write_loopback_are_no_hosts_and_would_reach_it(host: str) -> None:
    assert isinstance(read_base(f"https://{host}"), LocationRefused)
    with listening(saying(ACCEPTED)) as listener:
        # even if such a host stood in the list, what it resolves to is checked …
        receiver = allowed(listener.port, host, private=False)
        expected = (Failed(FailureKind.REFUSED_ADDRESS, reason="loopback"), 0)
        assert expected == arrived(listener, receiver, system_resolver)
        # … and the control run: without any check the packet arrives
        unchecked = http.client.HTTPConnection(host, listener.port)
        unchecked.request("POST", "/in", b"{}")
        assert 204 == unchecked.getresponse().status
        unchecked.close()
        assert 1 == listener.connections


@pytest.mark.parametrize(
    ("host", "listens_on"), [("localhost", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1")]
)
def test_loopback_is_told_nothing_unless_the_operator_says_so(host: str, listens_on: str) -> None:
    def resolver(name: str, port: int) -> list[str]:
        return [listens_on] if name == "localhost" else list(system_resolver(name, port))

    with listening(saying(ACCEPTED), host=listens_on) as listener:
        refused = Failed(FailureKind.REFUSED_ADDRESS, reason="loopback")
        expected = (refused, 0)
        assert expected == arrived(listener, allowed(listener.port, host, private=False), resolver)
        # the control run: the same receiver, allowed
        expected = (Delivered(204), 1)
        assert expected == arrived(listener, allowed(listener.port, host, private=True), resolver)


def test_a_mapped_address_reaches_loopback_and_is_refused_even_when_loopback_is_allowed() -> None:
    with listening(saying(ACCEPTED)) as listener:
        receiver = allowed(listener.port, private=True)
        expected = (Failed(FailureKind.REFUSED_ADDRESS, reason="IPv4-mapped"), 0)
        assert expected == arrived(listener, receiver, lambda *_: ["::ffff:127.0.0.1"])
        # the control run
        with socket.create_connection(("::ffff:127.0.0.1", listener.port)) as unchecked:
            unchecked.sendall(b"POST /in HTTP/1.1\r\nConnection: close\r\n\r\n")
            assert unchecked.recv(100).startswith(b"HTTP/1.1 204")


def test_an_allowed_address_is_told_nothing_when_another_of_the_name_is_forbidden() -> None:
    with listening(saying(ACCEPTED)) as listener:
        receiver = allowed(listener.port, private=True)
        expected = (Failed(FailureKind.REFUSED_ADDRESS, reason="link-local"), 0)
        names = ["127.0.0.1", "169.254.169.254"]
        assert expected == arrived(listener, receiver, lambda *_: names)


class Rebinding:
    """DNS that answers `first` once, and `then` ever after."""

    def __init__(self, first: str, then: str) -> None:
        self.asked = 0
        self._answers = first, then

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return [self._answers[min(self.asked, 2) - 1]]


def test_dns_that_changes_between_check_and_connection_changes_nothing() -> None:
    with (
        listening(saying(ACCEPTED)) as good,
        listening(saying(ACCEPTED), host="127.0.0.2", port=good.port) as evil,
    ):
        names = Rebinding("127.0.0.1", "127.0.0.2")
        receiver = allowed(good.port, private=True)
        assert (Delivered(204), 1) == arrived(good, receiver, names)
        assert (1, 0) == (names.asked, evil.connections)

        # the control run: who checks one answer and connects to another talks to the wrong one
        names = Rebinding("127.0.0.1", "127.0.0.2")
        checked = check_addresses(names("receiver.example", 0), allow_private=True)
        assert (ipaddress.ip_address("127.0.0.1"),) == checked
        [unchecked] = names("receiver.example", 0)
        careless = http.client.HTTPConnection(unchecked, good.port)
        careless.request("POST", "/in", b"{}")
        assert 204 == careless.getresponse().status
        careless.close()
        assert (1, 1) == (good.connections, evil.connections)


def test_dns_that_turns_to_a_forbidden_address_is_caught_at_the_next_connection() -> None:
    with listening(saying(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")) as listener:
        names = Rebinding("127.0.0.1", "169.254.169.254")
        sender = Sender(allowed(listener.port, private=True), resolver=names)
        assert Delivered(204) == sender.post("/in", {}, b"{}", NOW)
        expected = Failed(FailureKind.REFUSED_ADDRESS, reason="link-local")
        assert expected == sender.post("/in", {}, b"{}", NOW)
        sender.close()
    assert 1 == listener.connections


def test_a_second_address_is_tried_when_the_first_does_not_answer() -> None:
    with listening(saying(ACCEPTED), host="127.0.0.2") as listener:
        receiver = allowed(listener.port, private=True)
        found = ["127.0.0.3", "127.0.0.2"]
        assert (Delivered(204), 1) == arrived(listener, receiver, lambda *_: found)
