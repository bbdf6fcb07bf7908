"""Stand-ins for texts: the rules cannot tell them from what they stand for."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from engine.facts import Facts
from registry.history.stand_ins import without_texts
from tests.registry.history.stored_history import project

CATALOGUE = project().catalogue
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def kinds(text: str) -> list[str]:
    """Return what a stand-in keeps of each sign."""
    return [
        "N" if kind.startswith("N") else "Lu" if kind == "Lu" else "L" if kind[0] == "L" else sign
        for sign in text
        for kind in [unicodedata.category(sign)]
    ]


@given(st.lists(texts, min_size=1, max_size=8))
def test_a_stand_in_has_the_length_and_the_shape_of_its_text(names: list[str]) -> None:
    facts: Facts = {
        "participants": tuple({"name": each, "external_id": None, "type": 1} for each in names),
        "interview.booking_id": names[0],
    }
    changed = without_texts(facts, CATALOGUE)
    stand_ins = [each["name"] for each in changed["participants"]]  # type: ignore[index, union-attr, call-overload]
    assert [kinds(each) for each in names] == [kinds(each) for each in stand_ins]
    assert stand_ins[0] == changed["interview.booking_id"], "what was equal stays equal"
    assert len(set(names)) == len(set(stand_ins)), "what was different stays different"


@given(texts)
def test_codes_of_organisations_and_what_is_not_given_stay(organisation: str) -> None:
    facts: Facts = {
        "caller.organisation": organisation,
        "interview.booking_id": None,
        "citizen.fund_memberships": ({"organisation": organisation, "from": None, "until": None},),
    }
    assert facts == without_texts(facts, CATALOGUE)


def test_so_many_different_texts_of_one_shape_stay_different() -> None:
    names = [chr(0x4E00 + number) for number in range(200)]
    facts: Facts = {"participants": tuple({"name": each} for each in names)}
    changed = without_texts(facts, CATALOGUE)["participants"]
    assert 200 == len({each["name"] for each in changed})  # type: ignore[index, union-attr, call-overload]
