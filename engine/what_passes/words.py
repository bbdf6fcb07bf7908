"""What would pass, in words: `samtalens type er 7 (Jobsamtale)`.

In: changes, the catalogue and the tables. Out: clauses that stand after *if*.
Does not know: how the changes were found. Texts are not repeated: they may be names or free text.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.explain.grammar import Danish, English, Form
from engine.explain.sentences import Teller
from engine.explain.wording import AND, hidden, series, words
from engine.facts import Catalogue, FactType, Text
from engine.model import Comparison, Condition, Constant, Operator, Presence, Reference, Scope
from engine.tables import Table
from engine.what_passes.search import Change


def change_in_words(change: Change, catalogue: Catalogue, tables: Mapping[str, Table]) -> Text:
    """Return the fact with its new value as a clause."""
    fact = catalogue.facts[change.name]
    reference, value = Reference(Scope.FACT, fact), change.becomes
    condition: Condition
    if value is None:
        condition = Presence(reference, given=False)
    elif hidden(value, fact.type):
        return Text(
            f"{fact.label.da} er en anden, som reglerne kender",
            f"{fact.label.en} is another one that the rules know",
        )
    elif isinstance(value, tuple):
        said = words(value, FactType.CODES, fact.code_list, tables)
        return Text(f"{fact.label.da} er {said.da}", f"{fact.label.en} are {said.en}")
    else:
        condition = Comparison(reference, Operator.IS, Constant(value))
    return Text(
        *(Teller(each, tables, {}).say(condition, Form.CLAUSE) for each in (Danish(), English()))
    )


def changes_in_words(
    changes: tuple[Change, ...], catalogue: Catalogue, tables: Mapping[str, Table]
) -> Text:
    """Return all changes of one alternative, joined by *and*."""
    told = [change_in_words(each, catalogue, tables) for each in changes]
    return Text(
        series(tuple(each.da for each in told), AND.da),
        series(tuple(each.en for each in told), AND.en),
    )
