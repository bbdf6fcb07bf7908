"""What each operator asks, in a few words for an editor's tooltip.

In: nothing. Out: `OPERATOR_WORDS`.
Does not know: how conditions read in sentences (`operators`, `sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.facts import Text
from engine.model import Operator

OPERATOR_WORDS: Mapping[Operator, Text] = MappingProxyType(
    {
        Operator.IS: Text("er lig med", "equals"),
        Operator.IS_NOT: Text("er ikke lig med", "does not equal"),
        Operator.IN: Text("er en af", "is one of"),
        Operator.NOT_IN: Text("er ingen af", "is none of"),
        Operator.BEFORE: Text("er før", "is before"),
        Operator.ON_OR_BEFORE: Text("er samtidig med eller før", "is at the same time or before"),
        Operator.AFTER: Text("er efter", "is after"),
        Operator.ON_OR_AFTER: Text("er samtidig med eller efter", "is at the same time or after"),
        Operator.LESS_THAN: Text("er mindre end", "is less than"),
        Operator.AT_MOST: Text("er højst", "is at most"),
        Operator.MORE_THAN: Text("er mere end", "is more than"),
        Operator.AT_LEAST: Text("er mindst", "is at least"),
        Operator.INCLUDES: Text("omfatter koden", "includes the code"),
        Operator.EXCLUDES: Text("omfatter ikke koden", "does not include the code"),
        Operator.IN_FORCE_ON: Text("er en gældende kode på dagen", "is a code in force on the day"),
        Operator.MATCHES: Text(
            "svarer helt til mønsteret (RE2)", "matches the whole pattern (RE2)"
        ),
        Operator.LENGTH_AT_LEAST: Text(
            "har mindst så mange tegn", "has at least so many characters"
        ),
        Operator.LENGTH_AT_MOST: Text("har højst så mange tegn", "is at most so long"),
    }
)
"""One entry for every `Operator`."""
