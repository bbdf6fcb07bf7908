"""Ends with 0 when the service of this container answers: is the process running?

In: the variables of the service. Out: an exit code.
Does not know: the database. A container is not started anew because the database is away;
`/readyz` tells whoever sends requests here.
"""

from __future__ import annotations

import http.client
import os
import ssl
import sys


def main() -> int:
    port = int(os.environ.get("SAMTALE_PORT", "8000"))
    if os.environ.get("SAMTALE_TLS_CERTIFICATE"):
        terms = ssl.create_default_context()
        # the certificate is for the name that clients use, not for this address
        terms.check_hostname = False
        terms.verify_mode = ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=4, context=terms
        )
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz")
        return 0 if connection.getresponse().status == http.HTTPStatus.OK else 1
    except (OSError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main())
