"""M1 and K2 at full size: `make campaign-messages` (100,000 waiting messages, a few minutes).

One subscriber was away while its messages piled up. It comes back as a receiver that fails in
several ways, and two relays that are killed at random moments send to it. Meanwhile another
subscriber is told something new again and again. In the end everybody has everything, in order.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.registry.telling import tell
from tests.web.relay.launch import relaying
from tests.web.relay.post_office import (
    disorder,
    inbox,
    log_of,
    moody,
    open_database,
    subscribe,
    write_files,
)

HOURS_OF_A_LEASE = 1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        faults = run(Path(name), options.messages, options.kills, chance)
    sys.stdout.writelines(f"{each}\n" for each in faults or ["everything came, in order"])
    sys.exit(bool(faults))


def run(folder: Path, messages: int, kills: int, chance: random.Random) -> list[str]:
    """Return what was wrong."""
    with inbox(moody(chance, 0.01)) as away, inbox() as other, open_database(folder) as database:
        write_files(folder, {0: away.base, 1: other.base})
        subscribe(database, 0, 1)
        for _ in range(messages // 1000):
            tell(database, 1000, log_of(0))
        began, told = time.monotonic(), 0
        for turn in range(kills + 1):
            last = turn == kills
            due = messages if last else len(away.seen) + chance.randrange(2 * messages // kills)
            with contextlib.ExitStack() as relays:
                for _ in range(2):
                    hours = f"--hours-ahead={turn * HOURS_OF_A_LEASE}"
                    relays.enter_context(relaying(folder, hours))
                while not (away.accepted and away.accepted[-1][0] >= min(due, messages)):
                    if not last and len(away.seen) >= due:
                        break
                    tell(database, 1, log_of(1))
                    told += 1
                    # whoever has nothing waiting is never behind the one who has 100,000
                    other.has(told)
                    time.sleep(0.05)
            sys.stdout.write(f"{turn + 1} of {kills + 1}: {away.numbers[-1:]} after ")
            sys.stdout.write(f"{time.monotonic() - began:.0f} s\n")
    back = kills + len(away.seen) - len(away.accepted)
    return [
        *disorder(away.seen, messages, interruptions=back),
        *disorder(other.accepted, told, interruptions=kills),
    ]


if __name__ == "__main__":
    main()
