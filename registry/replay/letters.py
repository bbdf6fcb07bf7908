"""Answers as numbers: a bit for every code that may be answered, so that a database counts them.

In: the plans of a query, and the codes that were decided before. Out: the SQL of one or more
numbers, and the `Answer` that they stand for.
Does not know: tables, or which database it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.columnar.dialect import Dialect
from engine.columnar.plan import Plan, Speech, any_of
from registry.replay.comparison import Answer

_OF_A_WORD = 60
"""So many bits fit into a number of 64 with a sign."""


@dataclass(frozen=True, slots=True, order=True)
class Letter:
    """A code that may be answered, and whether it then refuses."""

    code: str
    refuses: bool


@dataclass(frozen=True, slots=True)
class Letters:
    """All codes that may be answered in one comparison, sorted."""

    every: tuple[Letter, ...]

    @property
    def words(self) -> int:
        """How many numbers an answer takes."""
        return -(-len(self.every) // _OF_A_WORD)

    def of_plan(self, plan: Plan) -> list[str]:
        """Return the numbers of what a plan answers."""

        def written(speeches: Sequence[Speech], letters: Sequence[Letter]) -> str:
            tests = {
                letter: [each.fires for each in speeches if letter_of(each) == letter]
                for letter in letters
            }
            return _word(any_of(tests[letter]) for letter in letters)

        return [
            plan.answered(lambda speeches, letters=letters: written(speeches, letters))  # type: ignore[misc]
            for letters in self._by_word()
        ]

    def of_findings(self, dialect: Dialect, findings: str) -> list[str]:
        """Return the numbers of a column of findings."""
        code, refuses = dialect.field("code"), dialect.field("refuses")
        none = f"{dialect.size(findings)} = 0"
        words = []
        for letters in self._by_word():
            tests = [
                dialect.some(
                    findings,
                    f"({code} = {dialect.literal(letter.code)}"
                    f" AND {refuses} = {dialect.literal(letter.refuses)})",
                )
                for letter in letters
            ]
            words.append(f"(CASE WHEN {none} THEN {_ZERO} ELSE {_word(tests)} END)")
        return words

    def answer(self, accepted: bool, words: Sequence[int]) -> Answer:
        """Return the answer that these numbers stand for."""
        said = [
            letter
            for letters, word in zip(self._by_word(), words, strict=True)
            for position, letter in enumerate(letters)
            if word >> position & 1
        ]
        return Answer(
            accepted,
            tuple(each.code for each in said if each.refuses),
            tuple(each.code for each in said if not each.refuses),
        )

    def _by_word(self) -> list[tuple[Letter, ...]]:
        starts = range(0, len(self.every), _OF_A_WORD)
        return [self.every[start : start + _OF_A_WORD] for start in starts]


_ZERO = "CAST(0 AS BIGINT)"


def letter_of(speech: Speech) -> Letter:
    return Letter(speech.code, speech.refuses)


def letters_of(plans: Iterable[Plan], decided: Iterable[Letter] = ()) -> Letters:
    """Return the letters of all that the plans may answer, and of what was decided before."""
    said = {letter_of(speech) for plan in plans for speech in plan.speeches}
    return Letters(tuple(sorted({*said, *decided})))


def _word(tests: Iterable[str]) -> str:
    bits = (
        f"CASE WHEN {test} THEN {2**position} ELSE 0 END" for position, test in enumerate(tests)
    )
    return f"({' + '.join((_ZERO, *bits))})"
