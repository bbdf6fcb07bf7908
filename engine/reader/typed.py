"""Types as the analysts' files state them, and literal values of such a type.

In: nodes, and the code lists by name. Out: `TypeName`s, and values that fit their type; nothing is
coerced: `"7"` is no number and `7` is no text.
Does not know: where the value stands, nor who will compare it with what.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.facts import FactType
from engine.problems import Place
from engine.reader.reading import Problems, as_list, as_text, did_you_mean, kind_of
from engine.reader.section import Section
from engine.source.document import Node, Scalar
from engine.source.scalars import shown

Literal = int | str | date

_CODED = re.compile(r"(code|codes)\(([^()]*)\)")
_EXPECTED = {
    FactType.TEXT: ("text", "put it in quotation marks"),
    FactType.INTEGER: ("a whole number", "write a whole number without quotation marks"),
    FactType.BOOLEAN: ("`true` or `false`", "write `true` or `false` without quotation marks"),
    FactType.DATE: ("a date", "write the date as YYYY-MM-DD without quotation marks"),
}
WRITABLE = {
    kind.value: kind for kind in (FactType.TEXT, FactType.INTEGER, FactType.BOOLEAN, FactType.DATE)
}
"""The types whose values can be written in a file, codes apart; nobody writes an instant."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one list with their latest Danish names; `type` is INTEGER or TEXT."""

    name: str
    type: FactType
    codes: Mapping[int | str, str]


@dataclass(frozen=True, slots=True)
class CodeLists:
    """All code lists by name; None for one that stands in a file but could not be read.

    `others` are the tables that are no code lists, because their key is itself a code.
    """

    lists: Mapping[str, CodeList | None]
    others: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as a file states it: `code(interview_types)` is CODE of that code list."""

    type: FactType
    code_list: str | None = None

    def __str__(self) -> str:
        return self.type.value if self.code_list is None else f"{self.type.value}({self.code_list})"


def read_type(
    section: Section, plain: Mapping[str, FactType], code_lists: CodeLists
) -> TypeName | None:
    """Read the required key `type`: one of `plain`, or `code(list)` or `codes(list)`."""
    problems = section.problems
    node = section.need("type")
    word = None if node is None else as_text(node, problems, "`type`")
    if node is None or word is None:
        return None
    if word in plain:
        return TypeName(plain[word])
    coded = _CODED.fullmatch(word)
    if coded is None:
        known = [*plain, "code(list)", "codes(list)"]
        message = f"expected a type, found `{shown(word)}`"
        problems.error("unknown-type", node.place, message, did_you_mean(word, known))
        return None
    code_list = coded[2]
    if code_list in code_lists.others:
        message = f"table `{code_list}` is not a code list, because its key is itself a code"
        hint = did_you_mean(code_list, code_lists.lists)
        problems.error("not-a-code-list", node.place, message, hint)
        return None
    if code_list not in code_lists.lists:
        message = f"there is no code list `{shown(code_list)}`"
        hint = did_you_mean(code_list, code_lists.lists)
        problems.error("unknown-code-list", node.place, message, hint)
        return None
    return TypeName(FactType(coded[1]), code_list)


def as_value(
    node: Node, type_name: TypeName, code_lists: CodeLists, problems: Problems, what: str
) -> Literal | tuple[Literal, ...] | None:
    """Read a literal of any writable type; a list of distinct codes for CODES."""
    if type_name.type is not FactType.CODES:
        return as_literal(node, type_name, code_lists, problems, what)
    one = TypeName(FactType.CODE, type_name.code_list)
    found: dict[Literal, Place] = {}
    sound = True
    for entry in as_list(node, problems, what, may_be_empty=True).entries:
        code = as_literal(entry, one, code_lists, problems, f"an entry of {what}")
        if code is None:
            sound = False
        elif code in found:
            message = f"`{code}` stands twice in {what}, first at {found[code]}"
            problems.error("duplicate-entry", entry.place, message, "remove one of them")
        else:
            found[code] = entry.place
    return tuple(found) if sound else None


def as_literal(
    node: Node, type_name: TypeName, code_lists: CodeLists, problems: Problems, what: str
) -> Literal | None:
    """Read one literal of a scalar type."""
    code_list: CodeList | None = None
    wanted = type_name.type
    if wanted is FactType.CODE:
        code_list = code_lists.lists.get(type_name.code_list or "")
        if code_list is None:
            # the list itself could not be read and has its own problem: any code may be right
            return _scalar(node, None)
        wanted = code_list.type
    value = _scalar(node, wanted)
    if value is None:
        expected, hint = _EXPECTED[wanted]
        if code_list is not None:
            expected = f"a code of `{code_list.name}` ({expected})"
        problems.error(
            "wrong-type", node.place, f"expected {expected} for {what}, found {kind_of(node)}", hint
        )
        return None
    if code_list is not None and value not in code_list.codes:
        problems.error(
            "unknown-code",
            node.place,
            f"code list `{code_list.name}` has no code `{shown(str(value))}`",
            nearest_codes(value, code_list),
        )
        return None
    return value


def _scalar(node: Node, wanted: FactType | None) -> Literal | None:
    if not isinstance(node, Scalar):
        return None
    value = node.value
    fits = {
        FactType.TEXT: isinstance(value, str),
        FactType.BOOLEAN: isinstance(value, bool),
        FactType.INTEGER: isinstance(value, int) and not isinstance(value, bool),
        FactType.DATE: isinstance(value, date),
        None: True,
    }[wanted]
    if not fits:
        return None
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def nearest_codes(value: Literal, code_list: CodeList) -> str:
    """Return a hint that names the codes nearest to `value`, with their names."""
    if not code_list.codes:
        return f"code list `{code_list.name}` has no codes yet: add one"
    if isinstance(value, int):
        numbers = [code for code in code_list.codes if isinstance(code, int)]
        near = sorted(sorted(numbers, key=lambda code: abs(code - value))[:5])
        listed = ", ".join(_named(code, code_list.codes[code]) for code in near)
        return f"the nearest codes are {listed}"
    return did_you_mean(str(value), [str(code) for code in code_list.codes])


def _named(code: int | str, name: str) -> str:
    return f"`{code}` ({name})" if name else f"`{code}`"
