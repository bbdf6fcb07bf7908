"""Parts → text in the one canonical layout.

In: a `Page`. Out: text.
Does not know: how the text was laid out before, but for brackets, blank lines and quotes.

The layout: two spaces a level, lists indented below their key, one space after `:` and `,`, two
before a comment at the end of a line, at most one blank line, one between rules, no white space at
the end of a line. Brackets stay brackets on one line, unless a comment stands in them or the line
would be wider than `WIDEST`. A scalar on one line stays as its author wrote it; one on several
lines becomes one line, or a `|` block when it has line breaks of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.layout.parts import Branch, Entry, Leaf, Page, Part, Remark
from engine.source.writing import quoted, written_scalar

WIDEST = 240
STEP = 2
APART = ("rules", "grants", "notify")
"""Keys of a file whose entries stand apart, with a blank line between them."""


def write_page(page: Page) -> str:
    """Return the text of a file; it ends with a line break."""
    lines = [*_remarks(page.remarks, 0)]
    if isinstance(page.root, Branch) and (page.root.entries or page.root.footer):
        if page.root.mapping:
            for entry in page.root.entries:
                if entry.key is not None and entry.key.value in APART:
                    _set_apart(entry.value)
        lines += _block(page.root, 0)
    else:
        lines.append(_inline(page.root))
    while lines and not lines[0]:
        lines.pop(0)
    return "".join(f"{line}\n" for line in lines)


def _set_apart(part: Part) -> None:
    if isinstance(part, Branch) and part.mapping and not _fits(part, 0, ""):
        for entry in part.entries[1:]:
            if entry.before:
                entry.before[0].blank = True
            else:
                entry.blank = True


def _block(branch: Branch, indent: int) -> Iterator[str]:
    for entry in branch.entries:
        _lift(entry, indent)
        yield from _remarks(entry.before, indent)
        if entry.blank:
            yield ""
        yield from _entry(entry, indent)
    yield from _remarks(branch.footer, indent)


def _lift(entry: Entry, indent: int) -> None:
    """Move comments that would stand between a dash and its first line up above the dash."""
    value = entry.value
    after = "" if entry.after is None else f"  {entry.after}"
    if entry.key is not None or isinstance(value, Leaf) or _fits(value, indent + STEP, after):
        return
    first = value.entries[0]
    _lift(first, indent + STEP)
    if entry.after is not None:
        entry.before.append(Remark(entry.after))
        entry.after = None
    entry.before += first.before
    first.before, first.blank = [], False


def _remarks(remarks: list[Remark], indent: int) -> Iterator[str]:
    for each in remarks:
        if each.blank:
            yield ""
        yield " " * indent + each.text


def _entry(entry: Entry, indent: int) -> Iterator[str]:
    lead = " " * indent + ("-" if entry.key is None else f"{_key(entry.key)}:")
    after = "" if entry.after is None else f"  {entry.after}"
    value = entry.value
    if isinstance(value, Leaf):
        yield from _leaf(value, lead, indent, after)
    elif _fits(value, len(lead) + 1, after):
        yield f"{lead} {_inline(value)}{after}"
    elif entry.key is not None:
        yield f"{lead}{after}"
        yield from _block(value, indent + STEP)
    else:
        # `_lift` has seen to it that nothing stands before the first line
        first, *others = _block(value, indent + STEP)
        yield f"{lead} {first[indent + STEP :]}"
        yield from others


def _leaf(leaf: Leaf, lead: str, indent: int, after: str) -> Iterator[str]:
    if leaf.raw:
        yield f"{lead} {leaf.raw}{after}"
    elif _literal(leaf):
        chomping = "" if leaf.value.endswith("\n") else "-"
        yield f"{lead} |{chomping}{after}"
        for line in leaf.value.removesuffix("\n").split("\n"):
            yield f"{' ' * (indent + STEP)}{line}" if line else ""
    else:
        yield f"{lead} {_one_line(leaf, in_brackets=False)}{after}"


def _literal(leaf: Leaf) -> bool:
    """Tell whether text of several lines can stand in a `|` block so that everyone sees it."""
    lines = leaf.value.removesuffix("\n").split("\n")
    return (
        leaf.block
        and "\n" in leaf.value
        and bool(lines[0])
        and bool(lines[-1])
        and not lines[0].startswith((" ", "\t"))
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _one_line(leaf: Leaf, *, in_brackets: bool) -> str:
    if leaf.raw:
        return leaf.raw
    # what is plain over several lines is text on one; what was quoted stays text in quotes
    if leaf.plain or leaf.block:
        return written_scalar(leaf.value, in_brackets=in_brackets)
    return quoted(leaf.value)


def _key(leaf: Leaf) -> str:
    return leaf.raw or quoted(leaf.value)


def _fits(branch: Branch, column: int, after: str) -> bool:
    """Tell whether a collection is written in brackets on one line."""
    if not branch.entries and not branch.footer:
        return True
    if not branch.flow or branch.has_remarks():
        return False
    # brackets around a single value are not what makes a line wide
    return len(branch.entries) == 1 or column + len(_inline(branch)) + len(after) <= WIDEST


def _inline(part: Part) -> str:
    if isinstance(part, Leaf):
        return _one_line(part, in_brackets=True)
    inside = ", ".join(
        _inline(each.value) if each.key is None else f"{_key(each.key)}: {_inline(each.value)}"
        for each in part.entries
    )
    return f"{{{inside}}}" if part.mapping else f"[{inside}]"
