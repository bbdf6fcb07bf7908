"""A changed matrix → the edit of `config/allowed_interview_types.yaml`, everything else untouched.

In: the text of the file, its table as it was read, the matrix wanted on a day. Out: the new text.
Does not know: the file system. A group that changes is given a new row with the day; only a row
that begins on that very day is written anew. Comments, order and layout of all other lines stay
byte for byte, which no YAML library that writes a whole file keeps (docs/decisions/0064).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from engine.facts import Text
from engine.source.document import ListNode, MapNode, read_yaml
from web.ui.matrix.matrix import COLUMN, TABLE, Group, Matrix, changes

FILE = "config/allowed_interview_types.yaml"


class NotEditable(ValueError):
    """The file is laid out in a way that this edit does not understand; `why` says it."""

    def __init__(self) -> None:
        self.why = Text(
            "Filen kan ikke rettes herfra, fordi dens rækker ikke står på hver sin linje. Ret den "
            "i editoren.",
            "The file cannot be changed from here, because its rows do not stand on a line each. "
            "Change it in the editor.",
        )
        super().__init__(self.why.en)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table and the line it stands on, counted from 0."""

    group: int | str
    valid_from: date | None
    line: int
    end: int
    """Where on the line the closing bracket is behind."""


def with_matrix(text: str, old: Matrix, new: Matrix) -> str:
    """Return the text with a row for every group that differs on `new.day`; raises `NotEditable`.

    Rows of the same group that begin later stay and hold from their day, as they did.
    """
    lines = text.splitlines(keepends=True)
    rows = _rows(text)
    if not rows:
        raise NotEditable
    wanted = [new.by_code[each.group.code] for each in changes(old, new)]
    added: dict[int, list[str]] = {}
    for group in wanted:
        code = group.named.code
        of_group = [each for each in rows if each.group == code]
        same = next((each for each in of_group if each.valid_from == new.day), None)
        model = same or (of_group[-1] if of_group else rows[-1])
        indent = lines[model.line][: lines[model.line].index("-")]
        written = f"{indent}- {_row(group, new.day)}"
        if same is not None:
            lines[same.line] = written + lines[same.line][same.end :]
        else:
            earlier = [e for e in of_group if e.valid_from is None or e.valid_from < new.day]
            # behind the last earlier row of its group; a group without rows follows all others
            at = earlier[-1].line if earlier else _before(of_group, rows)
            added.setdefault(at, []).append(written + _ending(lines[model.line]))
    for at in sorted(added, reverse=True):
        if not lines[at].endswith("\n"):
            lines[at] += "\n"
        lines[at + 1 : at + 1] = added[at]
    return "".join(lines)


def _before(of_group: list[_Line], rows: list[_Line]) -> int:
    return of_group[0].line - 1 if of_group else max(each.line for each in rows)


def _rows(text: str) -> list[_Line]:
    """Return every row of the table; raises `NotEditable` unless each is one line in brackets."""
    root = read_yaml(text.encode(), FILE).root
    node = root
    for key in ("tables", TABLE, "rows"):
        node = node.get(key) if isinstance(node, MapNode) else None
    if not isinstance(node, ListNode):
        raise NotEditable
    lines = text.splitlines()
    found: list[_Line] = []
    for entry in node.entries:
        if not isinstance(entry, MapNode):
            raise NotEditable
        line = lines[entry.place.line - 1]
        opens = entry.place.column - 1
        end = _closing(line, opens)
        if line[:opens].strip() != "-" or end is None or _holds_more(line[end:]):
            raise NotEditable
        group, valid_from = entry.get("contact_group"), entry.get("valid_from")
        found.append(
            _Line(
                getattr(group, "value", ""),
                day if isinstance(day := getattr(valid_from, "value", None), date) else None,
                entry.place.line - 1,
                end,
            )
        )
    return found


def _closing(line: str, opens: int) -> int | None:
    """Return where the bracket that opens there is closed, None when not on this line."""
    depth, quote = 0, ""
    for at in range(opens, len(line)):
        letter = line[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "{[":
            depth += 1
        elif letter in "}]":
            depth -= 1
            if depth == 0:
                return at + 1
    return None


def _holds_more(rest: str) -> bool:
    """Tell whether behind the bracket stands anything but a comment."""
    return bool(rest.strip()) and not rest.strip().startswith("#")


def _ending(line: str) -> str:
    return "\r\n" if line.endswith("\r\n") else "\n"


def _row(group: Group, day: date) -> str:
    confidence = "assumed" if group.confidence is None else group.confidence.value
    types = ", ".join(_code(each) for each in sorted(group.allowed, key=_order))
    return (
        f"{{contact_group: {_code(group.named.code)}, valid_from: {day.isoformat()}, "
        f"{COLUMN}: [{types}], confidence: {confidence}}}"
    )


def _order(code: int | str) -> tuple[int, str]:
    return (code, "") if isinstance(code, int) else (0, code)


def _code(code: int | str) -> str:
    return str(code) if isinstance(code, int) else f'"{code}"'


def agrees(found: Matrix, wanted: Matrix) -> bool:
    """Tell whether an edited file, read again, says what was wanted of every group."""
    return _said(found.groups) == _said(wanted.groups)


def _said(groups: Iterable[Group]) -> list[object]:
    return [(each.named.code, each.allowed, each.confidence) for each in groups]
