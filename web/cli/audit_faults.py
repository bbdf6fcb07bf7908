"""What became of the walk through the audit log: for people, for programs.

In: a `ChainReport`. Out: text on standard output.
Does not know: how the log is walked.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

from engine.facts import Text
from registry.audit_chain import ChainReport, Fault, FaultKind
from web.cli.output import as_json, console, counted, said

MEANINGS: Mapping[FaultKind, Text] = {
    FaultKind.MISSING: Text(
        "mangler: loggen går videre bagefter", "missing: the log goes on behind"
    ),
    FaultKind.CHANGED: Text(
        "ændret: ikke det, som kontrolsummen er dannet af", "changed: not what the hash was made of"
    ),
    FaultKind.UNCHAINED: Text(
        "ikke kædet til det, der står før: en af de to er sat ind",
        "not chained to what stands before: one of the two was put there",
    ),
    FaultKind.CUT_OFF: Text(
        "skåret af: hovedet siger, at der var flere linjer",
        "cut off: the head says that there were more lines",
    ),
    FaultKind.HEAD_DIFFERS: Text(
        "det noterede hoved er væk eller er ikke den nyeste linje",
        "the recorded head is gone, or is not the newest line",
    ),
    FaultKind.ANCHOR_MISSING: Text(
        "ingen linje har den ventede kontrolsum: loggen er skrevet om eller skåret af",
        "no line has the expected hash: the log was written anew or cut off",
    ),
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
                        "message": MEANINGS[each.kind].en,
                    }
                    for each in report.faults
                ],
            }
        )
        return
    out = console()
    for each in report.faults:
        out.print(f"{said(_place(each))}: {said(MEANINGS[each.kind])}", style="bold red")
    lines, faults = report.lines, len(report.faults)
    da, en = f"{lines} {'linje' if lines == 1 else 'linjer'}", counted(lines, "line")
    if faults:
        found = Text(f"{da}, {faults} fejl", f"{en}, {counted(faults, 'fault')}")
        out.print(said(found), style="bold red")
        return
    chained = Text(f"{da}, alle i deres kæde", f"{en}, all in their chain")
    out.print(said(chained), style="bold green")
    if report.head is not None:
        click.echo(said(Text(f"hoved {report.head.hash}", f"head {report.head.hash}")))


def _place(fault: Fault) -> Text:
    if fault.first == fault.last:
        return Text(f"linje {fault.first}", f"line {fault.first}")
    return Text(f"linje {fault.first} til {fault.last}", f"lines {fault.first} to {fault.last}")
