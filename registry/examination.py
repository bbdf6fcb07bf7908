"""Whether files are a rulebook that may decide: read, checked, served, and tried on the cases.

In: the bytes of rule files and case files. Out: `Examined`, or every reason against it.
Does not know: where files come from, nor what happens to a rulebook that passes.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.cases.files import read_case_files
from engine.cases.results import CaseResult, all_passed, run_cases
from engine.decide import Decider
from engine.model import Rulebook
from engine.problems import Problem, RulebookError, Severity
from engine.reader.rulebook import read_rulebook
from registry.errors import CasesFailed
from registry.in_force import check_supplied
from registry.rule_files import Files


@dataclass(frozen=True, slots=True)
class Examined:
    """A rulebook that may decide by what stands in it; `decider` asks both engines."""

    decider: Decider
    warnings: tuple[Problem, ...]
    results: tuple[CaseResult, ...]
    """One for each case; empty when there were no case files to run."""

    @property
    def rulebook(self) -> Rulebook:
        """What was read."""
        return self.decider.rulebook


def examine(files: Files, cases: Files | None) -> Examined:
    """Read, check and try; `cases` None: there are none to run.

    Raises as `try_out`, and `CasesFailed` with every case that is answered otherwise than expected.
    """
    examined = try_out(files, cases)
    if cases is not None and not all_passed(examined.results):
        raise CasesFailed(examined.results)
    return examined


def try_out(files: Files, cases: Files | None) -> Examined:
    """Read, check and try, whatever the cases are answered.

    Raises `RulebookError` with every problem of rule or case files, and `FactsNotSupplied`.
    """
    rulebook, warnings = read_rulebook(files)
    if rulebook is None:
        raise RulebookError(warnings)
    decider = Decider(rulebook)
    check_supplied(decider)
    results = () if cases is None else _tried(decider, cases)
    return Examined(decider, warnings, results)


def _tried(decider: Decider, files: Files) -> tuple[CaseResult, ...]:
    cases, problems = read_case_files(files, decider.rulebook)
    errors = [each for each in problems if each.severity is Severity.ERROR]
    if errors:
        raise RulebookError(errors)
    return tuple(run_cases(decider, cases))
