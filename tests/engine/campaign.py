"""A long search for a disagreement: `python -m tests.engine.campaign --examples 1000000`.

In: how many examples (one set of facts decided by one random rulebook), and the first seed. Out: a
table, and for each disagreement the seed of the rulebook and the number of the set of facts.
Exit code 1 when the engines disagree. Stopped early (ctrl-c), the table tells what was tried.
`--seed N --examples 1` repeats the rulebook of seed N.

durable_rules never gives a ruleset back, so the work is done in processes that end.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from engine.compiled.codegen import Grouping
from engine.compiled.evaluator import compile_program
from engine.decision import Firing
from engine.durable.evaluator import durable_program
from engine.facts import Facts
from engine.problems import EngineError
from engine.program import Program, Programs
from engine.trace.tracer import Tracer
from tests.engine import invented, invented_alike, invented_rules
from tests.engine.oracle import expected_firings, traced_firings
from tests.engine.walked_trace import WalkingTracer

SETS = 20
"""Sets of facts for one rulebook."""
RULEBOOKS_OF_A_PROCESS = 250
ENGINES = ("compiled", "compiled in groups", "durable", "durable where needed", "trace", "steps")
Ask = Callable[[Facts], tuple[Firing, ...] | str]


@dataclass(slots=True)
class Findings:
    """What came of some examples."""

    counts: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)
    megabytes: int = 0

    def add(self, other: Findings) -> None:
        self.counts.update(other.counts)
        self.disagreements += other.disagreements
        self.megabytes = max(self.megabytes, other.megabytes)


def search(seeds: range) -> Findings:
    """Decide `SETS` sets of facts with the rulebook of each seed."""
    findings = Findings()
    for seed in seeds:
        _try_rulebook(seed, findings)
    findings.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return findings


def _try_rulebook(seed: int, findings: Findings) -> None:
    draws = invented.Draws(Random(seed).randrange)
    # one in four of rules that have much in common
    book = (invented_rules if seed % 4 else invented_alike).rulebook(draws)
    programs = Programs(book)
    engines: dict[int, Mapping[str, Ask]] = {}
    findings.counts["rulebooks"] += 1
    for number in range(SETS):
        facts = invented.facts(draws)
        operation = invented.OPERATIONS[number % len(invented.OPERATIONS)]
        program = programs.for_facts(operation, facts)
        if id(program) not in engines:
            engines[id(program)] = _engines(program)
        expected = expected_firings(book, operation, facts)
        findings.counts["examples"] += 1
        findings.counts["requirements"] += sum(
            len(clause.version.requirements) for clause in program.clauses if clause.version
        )
        findings.counts["unmet requirements"] += len(expected)
        for engine, ask in engines[id(program)].items():
            answer = _answer(ask, facts)
            if answer != expected:
                findings.counts[f"{engine} disagrees"] += 1
                findings.disagreements.append(
                    f"seed {seed}, set {number}, {engine}: {answer}, expected {expected}"
                )


def _engines(program: Program) -> Mapping[str, Ask]:
    tracer, walking = Tracer(program), WalkingTracer(program)
    return {
        "compiled": compile_program(program).firings,
        "compiled in groups": compile_program(program, Grouping(1, 1, 1, 1)).firings,
        "durable": durable_program(program).firings,
        "durable where needed": durable_program(program, ask_all_of=0).firings,
        "trace": lambda facts: tracer.trace(facts).firings,
        "steps": lambda facts: _of_equal_steps(tracer, walking, facts),
    }


def _of_equal_steps(
    tracer: Tracer, walking: WalkingTracer, facts: Facts
) -> tuple[Firing, ...] | str:
    """Return what the steps say fires; they must be those of the walk through the model."""
    if tracer.steps(facts) != walking.steps(facts):
        return "other steps than the walk through the model"
    return traced_firings(tracer, facts)


def _answer(ask: Ask, facts: Facts) -> tuple[Firing, ...] | str:
    try:
        return ask(facts)
    except EngineError as fault:
        return f"{type(fault).__name__}: {fault}"


def _portions(first: int, rulebooks: int) -> Iterator[range]:
    end = first + rulebooks
    for start in range(first, end, RULEBOOKS_OF_A_PROCESS):
        yield range(start, min(start + RULEBOOKS_OF_A_PROCESS, end))


@click.command()
@click.option("--examples", default=1_000_000, show_default=True, help="Sets of facts to decide.")
@click.option("--seed", default=0, show_default=True, help="Seed of the first rulebook.")
@click.option("--processes", default=2, show_default=True, help="How many at the same time.")
def campaign(examples: int, seed: int, processes: int) -> None:
    """Search for rulebooks and facts on which the engines disagree."""
    console = Console()
    found = Findings()
    began = time.monotonic()
    portions = list(_portions(seed, -(-examples // SETS)))
    context = multiprocessing.get_context("spawn")
    with (
        context.Pool(processes, maxtasksperchild=1) as pool,
        Progress(console=console) as progress,
    ):
        bar = progress.add_task("examples", total=examples)
        try:
            for findings in pool.imap_unordered(search, portions):
                found.add(findings)
                progress.update(bar, completed=found.counts["examples"])
                for disagreement in findings.disagreements[:10]:
                    progress.console.print(disagreement, highlight=False)
        except KeyboardInterrupt:
            progress.console.print("stopped early")
    console.print(_table(found, time.monotonic() - began))
    sys.exit(1 if found.disagreements else 0)


def _table(found: Findings, seconds: float) -> Table:
    table = Table(title="engines against the oracle")
    table.add_column("what")
    table.add_column("number", justify="right")
    counts = found.counts
    for name in ("examples", "rulebooks", "requirements", "unmet requirements"):
        table.add_row(name, f"{counts[name]:,}")
    for engine in ENGINES:
        table.add_row(f"{engine} disagrees", f"{counts[f'{engine} disagrees']:,}")
    table.add_row("examples a second", f"{counts['examples'] / seconds:,.0f}")
    table.add_row("greatest memory of a process, MB", f"{found.megabytes:,}")
    return table


if __name__ == "__main__":
    campaign()
