"""The back-up of SQLite, as the operator's page says it: whole, while the service writes."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from tests.web.door import NOW, PROJECT, Door, settings_in
from web.app import close, create_app

PAGE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMAND = [sys.executable, "-c", "from web.cli import main; main()"]


def the_command_of_the_page(target: Path) -> str:
    (said,) = re.findall(r"```sql\n(.*?)\n```", PAGE, re.DOTALL)
    return re.sub(r"'[^']+'", f"'{target}'", said)


def samtale(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], cwd=PROJECT, capture_output=True, text=True, check=False
    )


def test_a_back_up_taken_while_the_service_writes_is_whole(tmp_path: Path) -> None:
    settings, copy = settings_in(tmp_path), tmp_path / "copy.db"
    app = create_app(settings, clock=lambda: NOW)
    over, written = threading.Event(), threading.Semaphore(0)

    def write() -> None:
        door = Door(app, settings, log=None)  # type: ignore[arg-type]
        while not over.is_set():
            door.registered()
            written.release()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            assert written.acquire(timeout=60)
        with sqlite3.connect(tmp_path / "samtale.db") as connection:
            connection.execute(the_command_of_the_page(copy))
        connection.close()
        for _ in range(3):
            assert written.acquire(timeout=60)
    finally:
        over.set()
        writer.join(60)
        close(app)
    address = f"sqlite:///{copy}"
    verified = samtale("audit", "verify", "--language", "en", "--database-url", address)
    decided = samtale("verify-decisions", "--database-url", address)
    assert (0, 0) == (verified.returncode, decided.returncode), verified.stdout + decided.stdout
    assert "all in their chain" in verified.stdout
    assert re.search(r"[1-9]\d* ens, 0 afviger", decided.stdout), decided.stdout


def test_a_line_that_is_gone_from_the_copy_is_found(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    app = create_app(settings, clock=lambda: NOW)
    for _ in range(3):
        Door(app, settings, log=None).registered()  # type: ignore[arg-type]
    close(app)
    with sqlite3.connect(tmp_path / "samtale.db") as connection:
        connection.execute("DELETE FROM audit_line WHERE rowid = 2")
    connection.close()
    address = f"sqlite:///{tmp_path}/samtale.db"
    assert 1 == samtale("audit", "verify", "--database-url", address).returncode
