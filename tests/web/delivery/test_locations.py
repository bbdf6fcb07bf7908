"""Base addresses and paths: what may stand in them, and that nothing else may."""

from __future__ import annotations

import posixpath
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.delivery.locations import LONGEST_PATH, BaseAddress, LocationRefused, read_base, read_path
from web.delivery.receivers import Receiver


@pytest.mark.parametrize(
    ("text", "expected", "in_header"),
    [
        ("https://a.example", BaseAddress("https", "a.example", 443), "a.example"),
        ("https://A.Example/", BaseAddress("https", "a.example", 443), "a.example"),
        ("https://a.example:8443", BaseAddress("https", "a.example", 8443), "a.example:8443"),
        ("http://localhost:80", BaseAddress("http", "localhost", 80), "localhost"),
        ("https://8.8.8.8", BaseAddress("https", "8.8.8.8", 443), "8.8.8.8"),
        ("https://[2600::1]:444", BaseAddress("https", "2600::1", 444), "[2600::1]:444"),
        (
            "https://xn--sger-gra.dk",
            BaseAddress("https", "xn--sger-gra.dk", 443),
            "xn--sger-gra.dk",
        ),
    ],
)
def test_a_base_is_scheme_host_and_port(text: str, expected: BaseAddress, in_header: str) -> None:
    assert expected == read_base(text)
    assert in_header == expected.in_header


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.example",
        "//a.example",
        "ftp://a.example",
        "HTTPS://a.example",
        "https://",
        "https:///a.example",
        "https://a.example/path",
        "https://a.example?x",
        "https://a.example#x",
        "https://user@a.example",
        "https://user:word@a.example",
        "https://a.example:0",
        "https://a.example:65536",
        "https://a.example:",
        "https://a.example:8a",
        "https://a.example.",
        "https://a..example",
        "https://-a.example",
        "https://a_b.example",
        "https://a.example\n",
        "https://a.example\\@b.example",
        "https://a%2eexample",
        "https://søger.dk",
        "https://①②⑦.0.0.1",
        "https://127。0。0。1",
        "https://2130706433",
        "https://0x7f000001",
        "https://0x7f.0.0.1",
        "https://0177.0.0.1",
        "https://127.1",
        "https://127.0.0.01",
        "https://1.2.3.4.5",
        "https://a.0x",
        "https://[127.0.0.1]",
        "https://[::ffff:127.0.0.1]",
        "https://[::ffff:7f00:0001]",
        "https://[fe80::1%25eth0]",
        "https://[::1",
        "https://" + "a" * 64 + ".example",
        "https://" + "a." * 127 + "example",
    ],
)
def test_nothing_else_is_a_base(text: str) -> None:
    assert isinstance(read_base(text), LocationRefused)


@pytest.mark.parametrize(
    "path", ["/", "/in", "/in/", "/a/b.c/d-e_f~g", "/v1.0/..a", "/" + "a" * 199]
)
def test_a_path_is_segments(path: str) -> None:
    assert path == read_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "in",
        "//evil.example/x",
        "/a//b",
        "/a//",
        "/..",
        "/a/../b",
        "/a/./b",
        "/a/.../b",
        "/%2e%2e/a",
        "/%252e%252e/a",
        "/a%2fb",
        "/a%00",
        "/..;/a",
        "/a;b=c",
        "/\\evil.example",
        "/a\\..\\b",
        "https://evil.example/",
        "@evil.example/",
        ":8080/a",
        "/a?b=c",
        "/a#b",
        "/a b",
        "/a\tb",
        "/a\r\nHost: evil.example",
        "/a\n",
        "/a\x00",
        "/a\x7f",
        "/å",
        "/a\u2215b",
        "/\uff0e\uff0e/a",
        "/710190-1234",
        "/a/7101901234/b",
        "/x-7101901234",
        "/" + "a" * LONGEST_PATH,
    ],
)
def test_nothing_else_is_a_path(path: str) -> None:
    assert isinstance(read_path(path), LocationRefused)


RECEIVER = Receiver("job_centre", "101", BaseAddress("https", "a.example", 443), "/base")


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="/.\\%2eEfF;:@?#a ~\r\n", max_size=20),
        st.text(alphabet="/.a-", max_size=20).map(lambda text: "/" + text),
    )
)
def test_no_path_leads_away_from_the_base(path: str) -> None:
    target = RECEIVER.target(path)
    if isinstance(target, LocationRefused):
        return
    read = urlsplit(f"https://a.example{target}")
    assert ("a.example", target, "", "") == (read.netloc, read.path, read.query, read.fragment)
    assert (posixpath.normpath(target) + "/").startswith("/base/")
    assert target.isascii() and target.isprintable()
