"""Spark on this machine with two workers, each a process of its own."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

import pytest

MASTER = "local-cluster[2,1,1024]"


def required() -> None:
    """Skip where there is no Spark or no Java; fail where `make test` could have brought them."""
    lacking = [
        name
        for name, there in (
            ("pyspark", find_spec("pyspark") is not None),
            ("java", shutil.which("java") is not None),
        )
        if not there
    ]
    if not lacking:
        return
    missing = f"there is no {' and no '.join(lacking)}: `make spark` brings it, as root"
    if os.environ.get("CI") == "true" and os.geteuid() == 0:
        pytest.fail(missing)
    pytest.skip(missing)
