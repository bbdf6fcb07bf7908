"""Bytes that no client library would send come over raw sockets; 4xx each time, and memory is flat.

Bodies that are too large, too slow, too deep, no JSON or said to have another length, and requests
of which two servers would understand two different things. On waitress and on gunicorn.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import repeat

import psutil

from tests.campaign.calling import put_citizen
from tests.campaign.databases import SQLITE, fresh, on_each
from tests.campaign.row import Row, Scale
from tests.campaign.serving import SERVERS, Served, serving
from tests.web.door import CITIZEN, interview

MEGABYTE = 1024 * 1024
GROWTH = 48 * MEGABYTE
"""A server may take so much more memory than after its first requests, all processes together."""
READ_SECONDS = 2
PATIENCE = 15
WHOLE = json.dumps(interview()).encode()


@dataclass(frozen=True, slots=True)
class Attack:
    """What is sent after the usual headers, and which statuses are right."""

    headers: str
    parts: Callable[[], Iterator[bytes]]
    right: frozenset[int] = frozenset(range(400, 500))
    closing: bool = False
    """Whether an end without an answer is right too."""
    slow: bool = False
    """Whether it takes seconds: then once is enough."""


def whole(raw: bytes, **given: frozenset[int]) -> Attack:
    return Attack(f"Content-Length: {len(raw)}", lambda: iter([raw]), **given)


def text(value: str) -> bytes:
    """Return a body with a text in it, written by hand: `value` is the inside of a JSON string."""
    return WHOLE[:-1] + f', "agreementText": "{value}"}}'.encode()


def chunk(raw: bytes) -> bytes:
    return f"{len(raw):x}\r\n".encode() + raw + b"\r\n"


def drops(raw: bytes, seconds: float) -> Iterator[bytes]:
    for byte in raw:
        time.sleep(seconds)
        yield bytes([byte])


SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked"
ATTACKS: dict[str, Attack] = {
    "5 GB announced": Attack(
        f"Content-Length: {5 * 1024 * MEGABYTE}", lambda: repeat(b"x" * MEGABYTE, 200), closing=True
    ),
    "5 GB announced, nothing sent": Attack(
        f"Content-Length: {5 * 1024 * MEGABYTE}", lambda: iter(())
    ),
    "chunks over the limit": Attack(
        CHUNKED, lambda: repeat(chunk(b" " * 65_536), 3200), closing=True
    ),
    "one chunk of 5 GB": Attack(
        CHUNKED,
        lambda: iter([f"{5 * 1024 * MEGABYTE:x}\r\n".encode(), *repeat(b"x" * MEGABYTE, 200)]),
        closing=True,
    ),
    "a chunk without a size": Attack(CHUNKED, lambda: iter([b"zz\r\n{}\r\n0\r\n\r\n"])),
    "a chunk of negative size": Attack(CHUNKED, lambda: iter([b"-5\r\nhello\r\n0\r\n\r\n"])),
    "a body byte by byte": Attack(
        f"Content-Length: {len(WHOLE)}", lambda: drops(WHOLE, 0.05), closing=True, slow=True
    ),
    "half a body, then silence": Attack(
        f"Content-Length: {len(WHOLE)}", lambda: iter([WHOLE[:20]]), closing=True, slow=True
    ),
    "100,000 brackets": whole(b"[" * 100_000),
    "100,000 nested objects": whole(b'{"a":' * 40_000),
    "NaN": whole(WHOLE.replace(b": 7", b": NaN")),
    "infinity": whole(WHOLE.replace(b": 7", b": Infinity")),
    "a number of 100,000 digits": whole(WHOLE.replace(b": 7", b": " + b"9" * 100_000)),
    "an exponent of 999,999": whole(WHOLE.replace(b": 7", b": 1e999999")),
    "a name twice": whole(WHOLE[:-1] + b', "interviewTypeIdentifier": 4}'),
    "NUL escaped": whole(text("a\\u0000b")),
    "NUL raw": whole(text("a\0b")),
    "a 4-byte emoji": whole(text("\U0001f469\u200d\U0001f467"), right=frozenset({201, 422})),
    "half a surrogate pair": whole(text("\\ud83d")),
    "bad UTF-8": whole(WHOLE[:-1] + b', "agreementText": "\xff\xfe"}'),
    "a byte order mark": whole(b"\xef\xbb\xbf" + WHOLE),
    "UTF-16": whole(json.dumps(interview()).encode("utf-16")),
    "no JSON": whole(b"agreementText=x"),
    "nothing": whole(b""),
    "a list": whole(b"[]"),
    "a length that is too small": Attack(
        f"Content-Length: {len(WHOLE) - 5}", lambda: iter([WHOLE])
    ),
    "a length that is no number": Attack("Content-Length: ten", lambda: iter([WHOLE])),
    "a negative length": Attack("Content-Length: -1", lambda: iter([WHOLE])),
    "two different lengths": Attack(
        f"Content-Length: {len(WHOLE)}\r\nContent-Length: 3", lambda: iter([WHOLE])
    ),
    "length and chunks": Attack(
        f"Content-Length: 6\r\n{CHUNKED}", lambda: iter([b"0\r\n\r\n" + SMUGGLED])
    ),
    "chunks and length": Attack(
        f"{CHUNKED}\r\nContent-Length: {len(WHOLE)}", lambda: iter([b"0\r\n\r\n" + SMUGGLED])
    ),
    "an encoding nobody knows": Attack(
        "Transfer-Encoding: xchunked",
        lambda: iter([b"0\r\n\r\n" + SMUGGLED]),
        right=frozenset({400, 501}),
    ),
    "chunked, written otherwise": Attack(
        f"Content-Length: {len(WHOLE)}\r\nTransfer-Encoding : chunked",
        lambda: iter([b"0\r\n\r\n" + SMUGGLED]),
    ),
    "a header over two lines": Attack(
        f"Content-Length: {len(WHOLE)}\r\nX-Folded: a\r\n b", lambda: iter([WHOLE])
    ),
    "a header without end": Attack("X-Long: " + "a" * 200_000, lambda: iter([WHOLE]), closing=True),
    "10,000 headers": Attack(
        "\r\n".join(f"X-{number}: a" for number in range(10_000)),
        lambda: iter([WHOLE]),
        closing=True,
    ),
    "gzip": Attack(
        f"Content-Length: {len(WHOLE)}\r\nContent-Encoding: gzip", lambda: iter([WHOLE])
    ),
}


def run(scale: Scale) -> Iterator[Row]:
    rounds = scale.of(small=1, large=5)
    with on_each((SQLITE,)) as ((kind, folder),):
        for name, options in SERVERS.items():
            options = (*options, "--read-seconds", str(READ_SECONDS))
            with serving(folder / name, fresh(kind, folder), *options) as served:
                yield _row(name, served, rounds)


def _row(name: str, served: Served, rounds: int) -> Row:
    number = put_citizen(served.port, served.token("agency", "star"))
    broken, most = [], 0
    for round_ in range(rounds + 1):
        for attack_name, attack in ATTACKS.items():
            if attack.slow and not round_:
                continue
            fault = _fault(served, number, attack)
            if fault and round_:
                broken.append(f"{attack_name}: {fault}")
            if round_ == 0:
                # the first round is what a server needs once: buffers, imports
                flat = _memory(served)
            else:
                most = max(most, _memory(served) - flat)
        if not served.ready():
            broken.append("no longer ready")
            break
    if most > GROWTH:
        broken.append(f"memory grew by {most // MEGABYTE} MB")
    return Row(
        *("F2", "SQLite"),
        load=f"{len(ATTACKS)} kinds of request, {rounds} times, on {name}",
        broken=tuple(dict.fromkeys(broken)),
        note=f"memory grew by {max(0, most) / MEGABYTE:.1f} MB at most",
    )


def _fault(served: Served, number: str, attack: Attack) -> str | None:
    """Send it, and say what is wrong with what comes back."""
    head = (
        "POST /v1/interviews HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {served.token('job_centre', '101')}\r\n{CITIZEN}: {number}\r\n"
        f"Content-Type: application/json\r\n{attack.headers}\r\n\r\n"
    )
    answer = _exchange(served.port, head.encode(), attack.parts())
    if answer is None:
        return None if attack.closing else "no answer"
    status = int(answer.split(b" ", 2)[1])
    if status not in attack.right:
        return f"answered {status}"
    if b'"status":"ok"' in answer.replace(b" ", b"") or answer.count(b"HTTP/1.1 200") > 0:
        return "the smuggled request was answered"
    return None


def _exchange(port: int, head: bytes, parts: Iterator[bytes]) -> bytes | None:
    """Return everything that came back until the server closed, or had nothing more to say."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        with suppress(OSError):  # the server need not listen to the end
            connection.sendall(head)
            for part in parts:
                connection.sendall(part)
        with suppress(OSError):
            connection.settimeout(PATIENCE)
            while more := connection.recv(65_536):
                received += more
                # what follows at once belongs to it; an open connection stays silent
                connection.settimeout(0.2)
    return received or None


def _memory(served: Served) -> int:
    first = psutil.Process(served.pid)
    return sum(each.memory_info().rss for each in (first, *first.children(recursive=True)))
