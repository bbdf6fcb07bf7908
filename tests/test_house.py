"""The house: the lock, the Makefile and the pipeline say what they promise."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def locked() -> dict[str, str]:
    """Return for each locked package what stands after its name, hashes included."""
    entries = re.split(r"^(?=[a-z])", text_of("requirements.lock"), flags=re.MULTILINE)[1:]
    return {entry.split("==")[0]: entry for entry in entries}


def normal(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-").replace(".", "-")


def test_every_package_is_locked_to_one_version_with_hashes() -> None:
    assert [] == [name for name, entry in locked().items() if "--hash=sha256:" not in entry]


def test_everything_the_project_asks_for_is_locked() -> None:
    settings = tomllib.loads(text_of("pyproject.toml"))
    groups = settings["dependency-groups"]
    asked = [*settings["project"]["dependencies"], *groups["dev"], *groups["build"]]
    assert set() == {normal(each) for each in asked} - locked().keys()


def test_no_file_of_the_house_names_a_registry() -> None:
    for name in ("requirements.lock", "pyproject.toml", "Makefile", ".ci/run"):
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
