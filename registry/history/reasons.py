"""Why a decision cannot be made again, in words.

In: a kind of reason and the name that it is about. Out: one key for counting, and the words for it.
Does not know: any decision. A key holds names of facts and operations, never a value.
"""

from __future__ import annotations

from enum import StrEnum

from engine.facts import Text


class Why(StrEnum):
    """What keeps rules from deciding."""

    MISSING = "missing"
    """The catalogue says that the fact is always there, and the decision does not have it."""
    TYPE = "type"
    """The fact is of another type than the catalogue says."""
    OPERATION = "operation"
    """The catalogue does not know the operation."""
    DOCUMENT = "document"
    """What is stored is no document of facts."""
    COLUMN = "column"
    """A number or code does not fit into its column."""
    FACT = "fact"
    """A rule must know a fact that is not there; which one differs."""
    HISTORY = "history"
    """The files of the history do not hold the fact at all."""


def key_of(why: Why, name: str = "") -> str:
    """Return the key under which such decisions are counted."""
    return f"{why.value} {name}".strip()


def parts_of(key: str) -> tuple[str, str]:
    """Return the kind and the name that `key_of` joined."""
    why, _, name = key.partition(" ")
    return why, name


_WORDS = {
    Why.MISSING: Text("`{name}` mangler", "`{name}` is missing"),
    Why.TYPE: Text(
        "`{name}` er af en anden type end i kataloget",
        "`{name}` is of another type than in the catalogue",
    ),
    Why.OPERATION: Text(
        "kataloget har ingen handling `{name}`", "the catalogue has no operation `{name}`"
    ),
    Why.DOCUMENT: Text(
        "de gemte oplysninger kan ikke læses", "the stored facts are no document of facts"
    ),
    Why.COLUMN: Text(
        "et tal eller en kode kan ikke stå i sin kolonne",
        "a number or a code does not fit into its column",
    ),
    Why.FACT: Text(
        "en oplysning, som en regel skal kende, mangler",
        "a fact that a rule must know is missing",
    ),
    Why.HISTORY: Text("historikken indeholder ikke {name}", "the history does not hold {name}"),
}


def in_words(key: str) -> Text:
    """Return a reason as people read it."""
    why, name = parts_of(key)
    words = _WORDS[Why(why)]
    return Text(words.da.replace("{name}", name), words.en.replace("{name}", name))
