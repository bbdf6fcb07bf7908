"""The house: the lock, the Makefile and the pipeline say what they promise."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[1]


LOCKS = ("requirements.lock", "requirements-spark.lock", "requirements-engines.lock")


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def locked(lock: str = "requirements.lock") -> dict[str, str]:
    """Return for each locked package what stands after its name, hashes included."""
    entries = re.split(r"^(?=[a-z])", text_of(lock), flags=re.MULTILINE)[1:]
    return {normal(entry): entry for entry in entries}


def requirements_of(name: str) -> list[str]:
    """Return what an installed package asks for; none for one of other platforms."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def normal(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_to_one_version_with_hashes(lock: str) -> None:
    assert locked(lock)
    assert [] == [name for name, entry in locked(lock).items() if "--hash=sha256:" not in entry]


def test_everything_the_project_asks_for_is_locked() -> None:
    settings = tomllib.loads(text_of("pyproject.toml"))
    groups = settings["dependency-groups"]
    asked = [*settings["project"]["dependencies"], *groups["dev"], *groups["build"]]
    assert set() == {normal(each) for each in asked} - locked().keys()
    for group in ("spark", "engines"):
        beside = locked(f"requirements-{group}.lock")
        assert set() == {normal(each) for each in groups[group]} - beside.keys()


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_what_stands_in_two_locks_has_one_version(lock: str) -> None:
    versions = {name: entry.split()[0].split("==")[1] for name, entry in locked().items()}
    for name, entry in locked(lock).items():
        assert versions.get(name, entry.split()[0].split("==")[1]) in entry.split()[0], name


def test_an_extra_that_a_package_asks_for_is_locked_with_it() -> None:
    """Else pip takes the newest release for it, and refuses that one for lack of a hash."""
    pinned = locked()
    asked = {
        (canonicalize_name(each.name), extra)
        for name in pinned
        for each in map(Requirement, requirements_of(name))
        if each.marker is None or each.marker.evaluate({"extra": ""})
        for extra in each.extras
    }
    assert ("coverage", "toml") in asked
    assert [] == [
        f"{name}[{extra}]"
        for name, extra in sorted(asked)
        if extra not in re.split(r"[\[\],]", pinned[name].split("==")[0])
    ]


def test_no_file_of_the_house_names_a_registry() -> None:
    for name in (*LOCKS, "pyproject.toml", "Makefile", ".ci/run"):
        assert [] == re.findall(r"--(?:extra-)?index-url|--find-links|file://", text_of(name)), name
        assert [] == re.findall(r"https?://(?!127)\S+", text_of(name)), name


def test_every_target_of_the_makefile_explains_itself() -> None:
    makefile = text_of("Makefile")
    targets = set(re.findall(r"^\.PHONY: (\S+)$", makefile, flags=re.MULTILINE))
    explained = set(re.findall(r"^([a-z-]+):.*## \S", makefile, flags=re.MULTILINE))
    assert targets == explained
    assert {"run", "test", "setup", "check", "help", "lock", "docs", "schemas"} <= targets


def test_the_pipeline_runs_what_a_developer_runs() -> None:
    assert "exec make test" in text_of(".ci/run")
    assert (PROJECT / ".ci" / "run").stat().st_mode & 0o111


def test_the_readme_names_only_targets_and_files_that_exist() -> None:
    readme, makefile = text_of("README.md"), text_of("Makefile")
    for target in re.findall(r"\bmake ([a-z-]+)", readme):
        assert f"\n{target}:" in makefile, target
    for path in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (PROJECT / path).exists(), path
