"""Who works at the terminal, as the audit log names them.

In: nothing. Out: a `Caller`.
Does not know: what they do. An operator needs no token: whoever may open the database may do more.
"""

from __future__ import annotations

import getpass
import os
from uuid import uuid4

from registry.commands import Caller

ORGANISATION_TYPE = "system"
ORGANISATION = "samtale"


def operator() -> Caller:
    """Return the user of the operating system, in a request of its own."""
    return Caller(
        organisation_type=ORGANISATION_TYPE,
        organisation=ORGANISATION,
        user=_user(),
        request_id=str(uuid4()),
        system="command",
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return str(os.getuid())
