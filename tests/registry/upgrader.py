"""A process that makes the tables of a database when it is told to.

Run as `python -m tests.registry.upgrader URL`; writes a line when it is connected, and begins when
its standard input ends.
"""

from __future__ import annotations

import sys
from contextlib import closing

from registry import schema
from registry.storage import Database

if __name__ == "__main__":
    with closing(Database(sys.argv[1])) as database:
        with database.reading():
            sys.stdout.write("there\n")
            sys.stdout.flush()
        sys.stdin.read()
        schema.upgrade(database)
