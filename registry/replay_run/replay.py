"""Decides a whole history again under other rules, chunk by chunk, and sums up what changes.

In: a history, a candidate, what it is held against, what compares a chunk. Out: a `Replayed`.
Does not know: how a chunk is compared, nor whether the history lies in a database. A chunk that was
compared before, by a replay of the same rulebooks that was interrupted, is not compared again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from engine.model import Rulebook
from registry.history.reasons import Why, key_of
from registry.releases import program_version
from registry.replay.comparison import Comparison
from registry.replay_run.figures import Figures, figures_of
from registry.replay_run.sources import Chunk, Source
from registry.replay_run.work_folder import KeptResults, WorkFolder

DECIDED = "decided"
"""Held against what was decided then, not against another rulebook."""


class Compares(Protocol):
    """What compares the decisions of files: a lane of `registry.replay`."""

    def __call__(
        self,
        files: Sequence[Path],
        operation: str,
        candidate: Rulebook,
        against: Rulebook | None,
        /,
    ) -> Comparison:
        """Return how the decisions come out; `against` None: held against what was decided."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rules are tried, and what they are held against."""

    candidate: Rulebook
    against: Rulebook | None = None
    """None: what was decided."""

    @property
    def books(self) -> tuple[Rulebook, ...]:
        return (self.candidate,) if self.against is None else (self.candidate, self.against)

    @property
    def baseline(self) -> str:
        return DECIDED if self.against is None else self.against.id


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came out of a replay."""

    candidate: str
    baseline: str
    by_operation: Mapping[str, Comparison]
    unread: Mapping[str, int]
    """Decisions that could not even be brought along, by the reason."""
    chunks: int
    kept: int
    """How many of the chunks had been compared before."""

    def figures(self, examples: int) -> Figures:
        """Return what is told of it, with so many decisions named for each change."""
        whole = sum(self.by_operation.values(), start=Comparison())
        return figures_of(self.candidate, self.baseline, whole, self.unread, examples)


@dataclass(slots=True)
class _Sums:
    by_operation: dict[str, Comparison] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)

    def add(self, result: Mapping[str, Any]) -> None:
        self.unread.update(result["unread"])
        for operation, plain in result["operations"].items():
            before = self.by_operation.get(operation, Comparison())
            self.by_operation[operation] = before + Comparison.from_json(plain)


def replay(
    source: Source,
    rules: Rules,
    compare: Compares,
    work: WorkFolder,
    *,
    lane: str,
    seen: Callable[[int, int], None] = lambda _done, _of: None,
) -> Replayed:
    """Compare every chunk that has not been, and return the sum of all.

    `lane` names what compares: its results are kept apart from those of another. `seen` is told how
    many decisions are done, of how many. Raises `ReplayRunning`, `HistoryUnusable`, and as
    `compare` does.
    """
    with work.alone(), work.private() as private:
        kept = work.kept(lane, program_version(), rules.candidate.id, rules.baseline)
        chunks = source.chunks()
        total, done, known = sum(each.rows for each in chunks), 0, 0
        seen(0, total)
        sums = _Sums()
        for chunk in chunks:
            found = kept.find(chunk.key)
            known += found is not None
            sums.add(
                found
                if found is not None
                else _compared(chunk, source, rules, compare, kept, private)
            )
            done += chunk.rows
            seen(done, total)
    return Replayed(
        rules.candidate.id, rules.baseline, sums.by_operation, dict(sums.unread), len(chunks), known
    )


def _compared(
    chunk: Chunk,
    source: Source,
    rules: Rules,
    compare: Compares,
    kept: KeptResults,
    private: Path,
) -> Mapping[str, Any]:
    made = source.files(chunk, private)
    operations: dict[str, Any] = {}
    unread = Counter(made.undecidable)
    for operation, paths in made.files.items():
        if all(operation in book.catalogue.operations for book in rules.books):
            found = compare(paths, operation, rules.candidate, rules.against)
            operations[operation] = found.to_json()
        else:
            unread[key_of(Why.OPERATION, operation)] += chunk.rows
    result = {"operations": operations, "unread": dict(unread)}
    kept.keep(chunk.key, result)
    for path in private.rglob("*.parquet"):
        path.unlink()
    return result
