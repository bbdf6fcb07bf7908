"""A program that is rolled back and finds the tables of the newer one does nothing and says so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from registry.errors import NotSetUp
from registry.schema import upgrade
from registry.storage import Database


def test_an_old_program_refuses_newer_tables(tmp_path: Path) -> None:
    file = tmp_path / "samtale.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        upgrade(database)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with (
        closing(Database(f"sqlite:///{file}")) as database,
        pytest.raises(NotSetUp, match="a newer program"),
    ):
        upgrade(database)
