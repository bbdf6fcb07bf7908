"""What the registry refuses about rulebooks, in Danish for analysts; it says the rest in English.

In: an error of the registry. Out: its words in both languages.
Does not know: who asked for what.
"""

from __future__ import annotations

from engine.facts import Text
from registry.errors import (
    NoActiveRulebook,
    NoSuchRulebook,
    NothingToRollBackTo,
)


def words_of(error: Exception) -> Text:
    """Return the words of an error; those that only operators meet are English in both."""
    match error:
        case NoActiveRulebook():
            da = (
                "intet regelsæt er aktivt: start `samtale serve`, eller offentliggør et med "
                "`samtale publish --activate`"
            )
        case NoSuchRulebook():
            found = f"{error.fitting} af dem" if error.fitting else "intet"
            da = f"ventede ét offentliggjort regelsæt `{error.named}`, fandt {found}"
        case NothingToRollBackTo():
            da = "ventede et regelsæt, der var aktivt før dette, fandt intet"
        case _:
            da = str(error)
    return Text(da, str(error))
