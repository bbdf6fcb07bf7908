"""The texts of the pages, Danish and English, each in one place: `texts/*.yaml`.

In: the files, once. Out: `Say`.
Does not know: pages. A file holds `area:` and under it keys with `da` and `en`; a placeholder is
written `{name}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from engine.facts import Text

FOLDER = Path(__file__).parent / "texts"


def read_texts(folder: Path = FOLDER) -> Mapping[str, Text]:
    """Return every text by `area.key`; raises `KeyError` where a language is missing."""
    texts: dict[str, Text] = {}
    for file in sorted(folder.glob("*.yaml")):
        for area, entries in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            for key, entry in entries.items():
                name = f"{area}.{key}"
                if name in texts:
                    raise KeyError(f"`{name}` stands in two places")
                texts[name] = Text(entry["da"], entry["en"])
    return texts


TEXTS = read_texts()


@dataclass(frozen=True, slots=True)
class Say:
    """Says texts in one language: `t("area.key", n=3)`."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its placeholders filled in; raises `KeyError` for an unknown key."""
        text = TEXTS[key].in_language(self.language)
        return text.format(**values) if values else text

    def known(self, key: str, otherwise: str) -> str:
        """Return a text, or `otherwise` where analysts may have named what we do not know."""
        return TEXTS[key].in_language(self.language) if key in TEXTS else otherwise
