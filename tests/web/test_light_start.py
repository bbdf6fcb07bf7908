"""Who serves or checks rules does not load what only a replay needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("duckdb", "pyarrow", "pyspark")
ASKED = "import sys; import {}; print([each for each in {} if each in sys.modules])"


@pytest.mark.parametrize("module", ["web.app", "web.cli", "web.serving"])
def test_duckdb_and_arrow_are_not_loaded_before_somebody_replays(module: str) -> None:
    asked = [sys.executable, "-c", ASKED.format(module, HEAVY)]
    assert "[]" == subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
