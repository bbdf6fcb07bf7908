"""What became of the walk through the audit log: for people, for programs.

In: a `ChainReport`. Out: text on standard output.
Does not know: how the log is walked.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

from registry.audit_chain import ChainReport, Fault, FaultKind
from web.cli.output import as_json, console, counted

MEANINGS: Mapping[FaultKind, str] = {
    FaultKind.MISSING: "missing: the log goes on behind",
    FaultKind.CHANGED: "changed: not what the hash was made of",
    FaultKind.UNCHAINED: "not chained to what stands before: one of the two was put there",
    FaultKind.CUT_OFF: "cut off: the head says that there were more lines",
    FaultKind.HEAD_DIFFERS: "the recorded head is gone, or is not the newest line",
    FaultKind.ANCHOR_MISSING: "no line has the expected hash: the log was written anew or cut off",
}


def show_chain(report: ChainReport, shape: str) -> None:
    """Print the report in the given shape."""
    if shape == "json":
        as_json(
            {
                "lines": report.lines,
                "head": None
                if report.head is None
                else {"sequence": report.head.sequence, "hash": report.head.hash},
                "faults": [
                    {
                        "kind": each.kind.value,
                        "first": each.first,
                        "last": each.last,
                        "message": MEANINGS[each.kind],
                    }
                    for each in report.faults
                ],
            }
        )
        return
    out = console()
    for each in report.faults:
        out.print(f"{_place(each)}: {MEANINGS[each.kind]}", style="bold red")
    lines = counted(report.lines, "line")
    if report.faults:
        out.print(f"{lines}, {counted(len(report.faults), 'fault')}", style="bold red")
        return
    out.print(f"{lines}, all in their chain", style="bold green")
    if report.head is not None:
        click.echo(f"head {report.head.hash}")


def _place(fault: Fault) -> str:
    one = fault.first == fault.last
    return f"line {fault.first}" if one else f"lines {fault.first} to {fault.last}"
