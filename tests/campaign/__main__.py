"""Run the reliability catalogue and print one table: `make campaign`.

`python -m tests.campaign r1 k1` runs single entries, `--small` all as small as in the suite,
`--scale 0.1` a tenth; `--output docs/reliability.md` writes the table into that page, between its
two marks. Ends with 1 when a row is red.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from pathlib import Path

from rich.console import Console

from tests.campaign.catalogue import Entry, entries
from tests.campaign.report import printed, write_into
from tests.campaign.row import Row, Scale


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("names", nargs="*", help="entries of the catalogue; all without names")
    parser.add_argument("--small", action="store_true", help="as in the suite: seconds each")
    parser.add_argument("--scale", type=float, default=1.0, help="1 is the size of the catalogue")
    parser.add_argument("--output", type=Path, help="a page to write the table into")
    options = parser.parse_args()
    try:
        wanted = entries(options.names)
    except KeyError as unknown:
        known = ", ".join(dict.fromkeys(each.name for each in entries()))
        parser.error(f"expected entries among {known}, found {unknown}")
    rows: list[Row] = []
    for entry in wanted:
        rows.extend(_run(entry, Scale(small=options.small, factor=options.scale)))
    # wide enough that no line is cut where the output goes to a file
    console = Console(width=None if sys.stdout.isatty() else 200)
    console.print(printed(rows))
    for row in rows:
        for fault in row.broken:
            console.print(f"{row.test} {row.database}: {fault}", style="red", markup=False)
    if options.output is not None:
        write_into(options.output, rows)
    sys.exit(any(row.red for row in rows))


def _run(entry: Entry, scale: Scale) -> list[Row]:
    sys.stderr.write(f"{entry.name}: {entry.sentence}\n")
    rows: list[Row] = []
    try:
        for row in entry.rows(scale):
            sys.stderr.write(f"  {row.database}: {row.verdict}, {row.seconds:.0f} s\n")
            rows.append(row)
    except Exception as error:  # noqa: BLE001  # one entry that fails must not hide the others
        traceback.print_exc(limit=-3)
        rows.append(Row(entry.name, "–", load="–", broken=(f"the run broke off: {error!r}",)))
    return rows


if __name__ == "__main__":
    main()
