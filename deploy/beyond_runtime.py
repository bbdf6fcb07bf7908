"""Names what is installed and not needed to run samtale: the tools of its developers.

In: the packages of this environment. Out: their names, one on each line, for `pip uninstall`.
Does not know: versions; the lock has chosen them.
"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distributions, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

KEPT = ("samtale", "pip", "setuptools")


def needed(name: str) -> set[str]:
    """Return everything that a package needs here, itself included."""
    found: set[str] = set()
    waiting = [(name, frozenset({""}))]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        package, extras = each
        try:
            stated = requires(package) or []
        except PackageNotFoundError:
            continue
        found.add(canonicalize_name(package))
        for line in stated:
            wanted = Requirement(line)
            marker = wanted.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append((wanted.name, frozenset({"", *wanted.extras})))
    return found


def main() -> None:
    kept = set().union(*(needed(name) for name in KEPT))
    names = {canonicalize_name(each.metadata["Name"]) for each in distributions()}
    sys.stdout.writelines(f"{name}\n" for name in sorted(names - kept))


if __name__ == "__main__":
    main()
