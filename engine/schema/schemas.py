"""The JSON Schemas of the analysts' files, generated from the rulebook.

In: a rulebook. Out: file name → schema (2020-12), so that an editor completes real fact names,
operators and code values with their Danish names.
Does not know: the file system; `samtale schemas` writes the files into `engine/schema/`.

The schemas accept every file that the reader accepts, and a little more: places, guards, dates and
references between files are the reader's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.model import Rulebook
from engine.schema.cases import cases_schema
from engine.schema.facts import facts_schema
from engine.schema.rules import rulebook_schema
from engine.schema.tables import tables_schema


def generate(rulebook: Rulebook) -> dict[str, dict[str, Any]]:
    """Return every schema by the name of its file, `rulebook.schema.json` and so on."""
    return {
        "cases.schema.json": cases_schema(rulebook),
        "facts.schema.json": facts_schema(rulebook),
        "rulebook.schema.json": rulebook_schema(rulebook),
        "tables.schema.json": tables_schema(rulebook),
    }


def written(schema: Mapping[str, Any]) -> str:
    """Return the text of a schema file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
