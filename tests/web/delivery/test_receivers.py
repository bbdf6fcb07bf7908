"""The operator's list of receivers: read whole, or every problem with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.delivery.locations import BaseAddress
from web.delivery.receivers import Receiver, Receivers, read_receivers, tls_settings

FOLDER = Path("somewhere")
TYPES = ("job_centre", "unemployment_fund")

PLAIN = """\
format: 1
receivers:
  - organisation_type: job_centre
    organisation: "101"
    base_url: https://a.example
"""


def read(text: str, *, production: bool = True):
    return read_receivers(
        text.encode(),
        "receivers.yaml",
        folder=FOLDER,
        organisation_types=TYPES,
        production=production,
    )


def problems(text: str, *, production: bool = True) -> list[tuple[str, int]]:
    receivers, found = read(text, production=production)
    assert None is receivers
    return [(each.code, each.place.line) for each in found]


def test_a_receiver_needs_an_organisation_and_a_base() -> None:
    receivers, found = read(PLAIN)
    assert () == found
    assert isinstance(receivers, Receivers)
    expected = Receiver("job_centre", "101", BaseAddress("https", "a.example", 443))
    assert expected == receivers.of("job_centre", "101")
    assert None is receivers.of("unemployment_fund", "101")


def test_everything_may_be_said_of_a_receiver() -> None:
    receivers, found = read(
        PLAIN
        + """\
    path_prefix: /samtale/
    ca_file: ca.pem
    client_certificate: ours.pem
    client_key: ours.key
    allow_private_addresses: true
  - organisation_type: unemployment_fund
    organisation: "7"
    base_url: http://localhost:9000
    allow_http: true
""",
        production=False,
    )
    assert () == found
    assert receivers is not None
    first = receivers.of("job_centre", "101")
    assert (
        Receiver(
            "job_centre",
            "101",
            BaseAddress("https", "a.example", 443),
            "/samtale",
            FOLDER / "ca.pem",
            FOLDER / "ours.pem",
            FOLDER / "ours.key",
            allow_private_addresses=True,
        )
        == first
    )
    second = receivers.of("unemployment_fund", "7")
    assert second is not None
    assert (BaseAddress("http", "localhost", 9000), False) == (
        second.base,
        second.allow_private_addresses,
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    base_url: https://b.example", ("duplicate-key", 6)),
        ("    path_prefix: samtale", ("bad-path", 6)),
        ("    path_prefix: /a/../b", ("bad-path", 6)),
        ("    client_key: ours.key", ("key-alone", 6)),
        ("    allow_http: true", ("unencrypted", 6)),
        ("    allow_private_addresses: yes", ("boolean-word", 6)),
        ("    follow_redirects: true", ("unknown-key", 6)),
        ("other: 1", ("unknown-key", 6)),
    ],
)
def test_a_wrong_line_is_a_problem_at_its_place(line: str, expected: tuple[str, int]) -> None:
    assert expected in problems(PLAIN + line + "\n")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("format: 1", "format: 2", [("unknown-format", 1)]),
        ("job_centre", "jobcentre", [("unknown-word", 3)]),
        ('"101"', "101", [("wrong-kind", 4)]),
        ("https://a.example", "http://a.example", [("unencrypted", 5)]),
        ("https://a.example", "https://127.1", [("bad-address", 5)]),
        ("https://a.example", "https://a.example/path", [("bad-address", 5)]),
        ("    base_url: https://a.example\n", "", [("missing-key", 3)]),
        ("receivers:", "recievers:", [("unknown-key", 2)]),
    ],
)
def test_a_wrong_value_is_a_problem_at_its_place(
    old: str, new: str, expected: list[tuple[str, int]]
) -> None:
    assert expected == problems(PLAIN.replace(old, new))


def test_an_organisation_has_one_receiver() -> None:
    again = "".join(PLAIN.splitlines(keepends=True)[2:])
    assert [("duplicate-entry", 7)] == problems(PLAIN + again)


def test_every_problem_is_told_at_once() -> None:
    text = PLAIN.replace("https://a.example", "gopher://x").replace("job_centre", "guild")
    assert [("unknown-word", 3), ("bad-address", 5)] == problems(text)


def test_an_attack_on_the_reader_is_a_problem() -> None:
    assert ["alias", "anchor"] == sorted(
        {code for code, _ in problems("a: &a [x]\nb: *a\n")} & {"alias", "anchor"}
    )


def test_a_certificate_file_that_cannot_be_used_is_an_error_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    receiver = Receiver("job_centre", "101", BaseAddress("https", "a.example", 443))
    for ca_file in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        stated = Receiver("job_centre", "101", receiver.base, ca_file=ca_file)
        with pytest.raises(OSError, match=r"certificate|No such file"):
            tls_settings(stated)
