"""`samtale schemas`: writes what is missing or different, and checks without writing."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from web.cli import main
from web.cli.exit_codes import Exit

PROJECT = Path(__file__).resolve().parents[3]


def schemas(folder: Path, *options: str, rules: Path = PROJECT / "rules") -> Result:
    where = ["--rules", str(rules), "--config", str(PROJECT / "config"), "--language", "en"]
    return CliRunner(catch_exceptions=False).invoke(
        main, ["schemas", *where, "--schemas", str(folder), *options]
    )


def test_schemas_are_written_once_and_then_found_unchanged(tmp_path: Path) -> None:
    assert "4 schemas, 4 of them changed\n" == schemas(tmp_path).output
    assert "4 schemas, 0 of them changed\n" == schemas(tmp_path).output
    assert Exit.FINE == schemas(tmp_path, "--check").exit_code


def test_check_names_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    schemas(tmp_path)
    (tmp_path / "facts.schema.json").write_text("{}\n", encoding="utf-8")
    (tmp_path / "cases.schema.json").unlink()
    found = schemas(tmp_path, "--check")
    assert Exit.FOUND == found.exit_code
    assert ["cases.schema.json", "facts.schema.json"] == [
        line.split("`")[1] for line in found.output.splitlines()
    ]
    assert "{}\n" == (tmp_path / "facts.schema.json").read_text(encoding="utf-8")
    assert not (tmp_path / "cases.schema.json").exists()


def test_a_wrong_rulebook_gives_no_schemas(tmp_path: Path) -> None:
    rules = shutil.copytree(PROJECT / "rules", tmp_path / "rules")
    (rules / "registration.yaml").write_text("format: 1\ntitle: NO\n", encoding="utf-8")
    found = schemas(tmp_path / "schema", rules=rules)
    assert Exit.FOUND == found.exit_code
    assert "boolean-word" in found.output
    assert not (tmp_path / "schema").exists()
