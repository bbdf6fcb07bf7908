"""Random YAML files with comments in random places and layouts, for the tests of the layout.

In: `Draws`, a source of choices. Out: the text of a file, and the comments that were put into it.
Does not know: how files are laid out. Everything here is within what the strict reader accepts,
or the test leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.engine.invented import Draws

KEYS = ("a", "b_c", '"q"', "'s'", "on", "rules", "grants", "æ", "k.l")
SCALARS = (
    "1",
    "true",
    "2024-01-01",
    "text",
    "two words",
    '"#no"',
    "a#b",
    "'it''s'",
    '"\\u00e9\\n"',
    "http://x/y",
    "$a.b",
    "'[x]'",
    '"😀 \\" #"',
    "-x",
    '""',
)
BLOCKS = ("|", "|-", ">", ">-", "|+")


@dataclass(slots=True)
class Sprawl:
    """Writes one file."""

    draws: Draws
    comments: list[str] = field(default_factory=list)
    made: int = 0
    behind_block: bool = False
    """Whether what was written last is a `|` or `>` text, which takes in what is indented."""

    def text(self) -> str:
        lines = [*self._noise(0), *self._mapping(0, 3), *self._noise(self.draws.below(7))]
        ending = self.draws.one_of(("\n", "\n", "\r\n"))
        return ending.join(lines) + self.draws.one_of(("", ending, ending * 3))

    def _comment(self) -> str:
        text = self.draws.one_of(("# c", "#", "#: {x", "# '", "## -"))
        self.made += 1
        self.comments.append(f"{text}{self.made};")
        return self.comments[-1]

    def _noise(self, indent: int) -> list[str]:
        """Return blank lines and comments, not always where they would be expected."""
        lines = []
        for _ in range(self.draws.below(3)):
            kind = self.draws.below(3)
            if kind == 0:
                lines.append(" " * self.draws.below(3))
            elif kind == 1:
                lines.append(" " * (0 if self.behind_block else indent) + self._comment())
            else:
                column = 0 if self.behind_block else self.draws.below(9)
                lines.append(" " * column + self._comment())
        return lines

    def _behind(self) -> str:
        spaces = " " * (1 + self.draws.below(3))
        return spaces + self._comment() if self.draws.chance(4) else " " * self.draws.below(2)

    def _mapping(self, indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        keys = dict.fromkeys(self.draws.some_of(KEYS, 4) or ("a",))
        for key in keys:
            lines += [*self._noise(indent), *self._valued(f"{' ' * indent}{key}:", indent, depth)]
        return lines

    def _list(self, indent: int, depth: int) -> list[str]:
        lines: list[str] = []
        for _ in range(1 + self.draws.below(3)):
            lines += [*self._noise(indent), *self._valued(f"{' ' * indent}-", indent, depth)]
        return lines

    def _valued(self, lead: str, indent: int, depth: int) -> list[str]:
        draws = self.draws
        kind = draws.below(8 if depth else 5)
        self.behind_block = kind == 3
        gap = " " * (1 + draws.below(2))
        if kind < 2:
            return [f"{lead}{gap}{draws.one_of(SCALARS)}{self._behind()}"]
        if kind == 2:
            return self._bracketed(lead, indent, 2)
        if kind == 3:
            inside = " " * (indent + 2)
            header = f"{lead} {draws.one_of(BLOCKS)}{self._behind()}"
            return [header, f"{inside}first # no comment", "", f"{inside}- second"]
        if kind == 4:
            # a plain text or a quoted one over two lines
            first, second = draws.one_of((("one", "two"), ('"one', 'two # no"')))
            return [f"{lead} {first}", f"{' ' * (indent + 2)}{second}{self._behind()}"]
        deeper: Callable[[int, int], list[str]] = draws.one_of((self._mapping, self._list))
        step = 1 + draws.below(4)
        if lead.endswith(":") and deeper == self._list and draws.chance(3):
            step = 0
        lines = deeper(indent + step, depth - 1)
        if lead.endswith("-") and draws.chance(2) and lines[0].startswith(" " * (indent + 2)):
            if step >= 2 and not lines[0].strip().startswith("#") and lines[0].strip():
                return [f"{lead}{lines[0][indent + 1 :]}", *lines[1:]]
        return [f"{lead}{self._behind()}", *lines]

    def _bracketed(self, lead: str, indent: int, depth: int) -> list[str]:
        """Return a collection in brackets, on one line or on several with comments."""
        words = self._bracket(depth)
        lines, line = [], f"{lead} "
        for word in words:
            line += word
            if self.draws.chance(7):
                lines.append(f"{line}{self._behind()}")
                lines += [each for each in self._noise(indent + 1) if self._indented(each, indent)]
                line = " " * (indent + 1 + self.draws.below(4))
        return [*lines, f"{line}{self._behind()}"]

    def _indented(self, line: str, indent: int) -> bool:
        """Keep a comment line in brackets; one that is left out is no comment of the file."""
        if len(line) - len(line.lstrip()) > indent or not line.strip():
            return True
        self.comments.remove(line.strip())
        return False

    def _bracket(self, depth: int) -> list[str]:
        draws = self.draws
        mapping = draws.chance(2)
        words = ["{" if mapping else "["]
        names = list(dict.fromkeys(draws.some_of(KEYS[:4], 3)))
        for number, key in enumerate(names):
            if number:
                words.append(", ")
            if mapping:
                words.append(f"{key}: ")
            if depth and draws.chance(4):
                words += self._bracket(depth - 1)
            else:
                words.append(draws.one_of(SCALARS))
        words.append("}" if mapping else "]")
        return words
