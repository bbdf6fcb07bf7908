"""pytest plug-in: every example of the case files is a test of its own.

In: the ini options `samtale_cases` (folders of case files), `samtale_rules` and `samtale_config`,
relative to pytest's root folder.
Out: one pytest item per example, whose failure says what was expected, what was found and why.
Does not know: how cases are read or decided; `engine.cases` does both, as for `samtale test`.

Loaded with `-p web.pytest_cases`; does nothing where `samtale_cases` names no folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    # imported late at run time, so that coverage sees the engine from its first line
    from engine.cases.files import Case
    from engine.cases.results import CaseResult
    from engine.decide import Decider
    from engine.problems import Problem


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the folders to the ini file."""
    parser.addini("samtale_cases", "folders of case files", type="paths", default=[])
    parser.addini("samtale_rules", "folder of the rule files", default="rules")
    parser.addini("samtale_config", "folder of the tables", default="config")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a case file of a named folder."""
    folders: Sequence[Path] = parent.config.getini("samtale_cases")
    for folder in folders:
        if file_path.is_relative_to(folder) and file_path.suffix == ".yaml":
            return CaseFile.from_parent(parent, path=file_path, folder=folder)
    return None


class UnusableCases(pytest.Collector.CollectError):
    """Rules or cases have problems; none of them is passed over."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        lines = (f"{each.place}: {each.message} ({each.hint})" for each in problems)
        super().__init__("\n".join(lines))


class CaseFile(pytest.File):
    """One case file."""

    def __init__(self, *, folder: Path, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # what `from_parent` passes on
        self.folder = folder

    def collect(self) -> Iterator[CaseItem]:
        """Yield one item per example; raises `UnusableCases` when anything cannot be read."""
        decider, cases = _cases(self.config, self.folder)
        name = f"{self.folder.name}/{self.path.relative_to(self.folder).as_posix()}"
        for case in cases:
            if case.file == name:
                yield CaseItem.from_parent(self, name=case.name.en, case=case, decider=decider)


class CaseItem(pytest.Item):
    """One example."""

    def __init__(self, *, case: Case, decider: Decider, **rest: object) -> None:
        super().__init__(**rest)  # type: ignore[arg-type]  # what `from_parent` passes on
        self.case = case
        self.decider = decider

    def runtest(self) -> None:
        """Decide the example; raises `OtherAnswer` unless it passes."""
        from engine.cases.results import run_case

        result = run_case(self.decider, self.case)
        if not result.passed:
            raise OtherAnswer(result)

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: object = None,  # noqa: ARG002  # pytest hands it in; the report has one style
    ) -> str:
        """Say what was expected, what was found and why, without a traceback: analysts read it."""
        if isinstance(excinfo.value, OtherAnswer):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the example stands."""
        return self.path, self.case.place.line - 1, f"{self.case.title}: {self.name}"


class OtherAnswer(AssertionError):
    """The rules answered otherwise than the example expects."""

    def __init__(self, result: CaseResult) -> None:
        from engine.cases.results import reasons

        case = result.case
        super().__init__(
            "\n".join(
                (
                    f"{case.place}",
                    f"expected codes {list(case.codes)}, advice {list(case.advice)}",
                    f"found    codes {list(result.codes)}, advice {list(result.advice)}",
                    *(f"why      {reason.en}" for reason in reasons(result)),
                )
            )
        )


_READ = pytest.StashKey[dict[Path, "tuple[Decider, tuple[Case, ...]]"]]()


def _cases(config: pytest.Config, folder: Path) -> tuple[Decider, tuple[Case, ...]]:
    """Read rulebook and cases once per run and folder."""
    from engine.cases.files import read_case_files
    from engine.decide import Decider
    from engine.problems import RulebookError, Severity
    from engine.reader.load import load_rulebook
    from web.case_folder import read_case_folder

    known = config.stash.setdefault(_READ, {})
    if folder not in known:
        rules, tables = (
            config.rootpath / config.getini(name) for name in ("samtale_rules", "samtale_config")
        )
        try:
            rulebook = load_rulebook(rules, tables)
        except RulebookError as error:
            raise UnusableCases(error.problems) from None
        cases, problems = read_case_files(read_case_folder(folder, folder.name), rulebook)
        if any(each.severity is Severity.ERROR for each in problems):
            raise UnusableCases(problems)
        known[folder] = Decider(rulebook, "both"), cases
    return known[folder]
