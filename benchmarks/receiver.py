"""A receiver of webhooks that does as little as it can: `python -m benchmarks.receiver [PEM]`.

In: requests on one connection after the other, encrypted when a certificate is given. Out: the
port on standard output; 204 for each message that follows on the last one or is number 1, else 500.
Does not know: who sends.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys

import orjson


def main() -> None:
    """Receive until killed."""
    tls = None
    if len(sys.argv) > 1:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[1])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        last = 0
        while True:
            opened, _ = listener.accept()
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError, EOFError):
                if tls is not None:
                    opened = tls.wrap_socket(opened, server_side=True)
                last = _receive(opened, last)
            opened.close()


def _receive(opened: socket.socket, last: int) -> int:
    unread = bytearray()
    while True:
        while (end := unread.find(b"\r\n\r\n") + 4) < 4:
            if not _more(opened, unread):
                return last
        head = bytes(unread[:end]).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n", 1)[0])
        while len(unread) < end + length:
            if not _more(opened, unread):
                return last
        number = orjson.loads(unread[end : end + length])["data"]["sequenceNumber"]
        del unread[: end + length]
        status = b"204 No Content" if number in (1, last + 1) else b"500 Out of order"
        opened.sendall(b"HTTP/1.1 " + status + b"\r\n\r\n")
        last = number


def _more(opened: socket.socket, unread: bytearray) -> bool:
    piece = opened.recv(65_536)
    unread += piece
    return bool(piece)


if __name__ == "__main__":
    main()
