"""The editor: every file names its schema, and what the hooks run is there and passes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
SCHEMAS = {
    "rules": "rulebook.schema.json",
    "config": "tables.schema.json",
    "cases": "cases.schema.json",
}
FILES = sorted(
    path
    for folder in ("rules", "config", "tests/cases")
    for path in (PROJECT / folder).glob("**/*.yaml")
)
_PRE_COMMIT = (PROJECT / ".pre-commit-config.yaml").read_text("utf-8")
HOOKS = yaml.safe_load(_PRE_COMMIT)["repos"][0]["hooks"]


def without_remarks(name: str) -> object:
    text = (PROJECT / name).read_text("utf-8")
    return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_names_its_schema_in_its_first_line(path: Path) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found is not None, first
    schema = (path.parent / found[1]).resolve()
    assert schema.is_file()
    expected = "facts.schema.json" if path.name == "facts.yaml" else SCHEMAS[path.parent.name]
    assert expected == schema.name


def test_the_editor_knows_a_schema_for_every_folder() -> None:
    settings = without_remarks(".vscode/settings.json")
    assert isinstance(settings, dict)
    for schema, places in settings["yaml.schemas"].items():
        assert (PROJECT / schema).is_file()
        for place in [places] if isinstance(places, str) else places:
            assert list(PROJECT.glob(place.removeprefix("!"))), place
    recommended = without_remarks(".vscode/extensions.json")
    assert isinstance(recommended, dict)
    assert "redhat.vscode-yaml" in recommended["recommendations"]


def test_codes_of_digits_carry_their_type_so_that_an_editor_quotes_them() -> None:
    schema = json.loads((PROJECT / "engine/schema/rulebook.schema.json").read_text("utf-8"))
    choices = {each["const"]: each for each in schema["$defs"]["code"]["oneOf"]}
    assert "string" == choices["9125"]["type"]
    assert choices["9125"]["title"].startswith("Deltagelsesstatussen")


def test_facts_and_code_values_are_described_in_danish() -> None:
    schema = json.loads((PROJECT / "engine/schema/rulebook.schema.json").read_text("utf-8"))
    tests = schema["$defs"]["tests"]["properties"]
    assert tests["interview.type"]["description"].startswith("Samtalens type")
    names = {
        each["const"]: each["title"] for each in schema["$defs"]["codes-interview_types"]["oneOf"]
    }
    assert "Samtale i rehabiliteringsteam" == names[18]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_what_a_hook_runs_passes_on_the_files_it_is_for(hook: dict[str, object]) -> None:
    names = [str(path.relative_to(PROJECT)) for path in FILES]
    chosen = [name for name in names if re.search(str(hook["files"]), name)]
    assert chosen
    entry = str(hook["entry"]).split()
    words = [*entry, *(chosen if hook.get("pass_filenames", True) else [])]
    if not (PROJECT / entry[0]).exists():
        pytest.skip("the project's own .venv is elsewhere")
    run = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert 0 == run.returncode, run.stdout


def test_the_hook_of_the_layout_refuses_another_layout(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("format:   1\n", "utf-8")
    (entry,) = (str(each["entry"]) for each in HOOKS if each["id"] == "samtale-fmt")
    if not (PROJECT / entry.split()[0]).exists():
        pytest.skip("the project's own .venv is elsewhere")
    run = subprocess.run([*entry.split(), str(path)], cwd=PROJECT, capture_output=True, check=False)
    assert 1 == run.returncode
