"""YAML text → parser events, and parser errors → problems an analyst understands.

In: text. Out: events one at a time, so that a reader may stop early, and `Problem`s.
Does not know: what the events mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from engine.problems import Place, Problem

try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml: the same events, some twenty times slower
    CParser = None  # type: ignore[assignment,misc]


class _PythonParser(Reader, Scanner, Parser):
    """PyYAML's own parser, without the composer and constructor that `yaml.Loader` adds."""

    def __init__(self, stream: str) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)


def events(text: str, *, fast: bool = True) -> Iterator[yaml.Event]:
    """Yield the parser's events; raises `yaml.YAMLError` where the text is not YAML.

    Only the event interface is used: composing nodes recurses in C and can kill the process.
    With `fast` false the parser written in Python is used.
    """
    parser = CParser(text) if fast and CParser is not None else _PythonParser(text)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    finally:
        parser.dispose()


@dataclass(frozen=True, slots=True)
class _Explanation:
    """What to tell the author when the parser's complaint holds `words`.

    `opening` says that the mistake lies where the parser began, not where it gave up.
    """

    words: str
    code: str
    message: str
    hint: str
    opening: bool = False


# The first whose words occur in the parser's context and complaint is taken.
_EXPLANATIONS = (
    _Explanation(
        "tag handle",
        "tag",
        "a `!` tag stands here",
        "remove it; text that begins with ! goes in quotes",
    ),
    _Explanation(
        "scanning a tag",
        "tag",
        "a `!` tag stands here",
        "remove it; text that begins with ! goes in quotes",
        opening=True,
    ),
    _Explanation(
        "scanning an anchor",
        "anchor",
        "an `&` anchor stands here",
        "remove it; text that begins with & goes in quotes",
        opening=True,
    ),
    _Explanation(
        "scanning an alias",
        "alias",
        "a `*` alias stands here",
        "remove it; text that begins with * goes in quotes",
        opening=True,
    ),
    _Explanation(
        "tab character",
        "tab-indentation",
        "a tab stands where the line is indented",
        "indent with spaces",
    ),
    _Explanation(
        "scanning a quoted scalar found unexpected",
        "open-quote",
        "a quote is opened here and never closed",
        "close the quote; a ' inside '…' is written ''",
        opening=True,
    ),
    _Explanation(
        "unknown escape character",
        "unknown-escape",
        "a backslash inside double quotes begins an escape that does not exist",
        "write the text in single quotes, or \\\\ for a backslash",
    ),
    _Explanation(
        "parsing a double-quoted scalar",
        "unknown-escape",
        "an escape inside double quotes is not complete",
        "write the text in single quotes, or \\\\ for a backslash",
    ),
    _Explanation(
        "mapping values are not allowed",
        "syntax",
        "a `:` stands where no key can end",
        "put text that holds `: ` in quotes, and check the indentation",
    ),
    _Explanation(
        "cannot start any token",
        "syntax",
        "text may not begin with this character",
        "put the text in quotes",
    ),
    _Explanation(
        "document start",
        "several-documents",
        "text stands after the end of the document",
        "keep one document in a file",
    ),
    _Explanation(
        "block sequence entries are not allowed",
        "syntax",
        "a `-` stands where no list can begin",
        "begin the list on a line of its own",
    ),
    _Explanation(
        "expected ':'",
        "syntax",
        "a `:` is missing after the key",
        "write `key: value`, and check the indentation",
    ),
    _Explanation(
        "parsing a flow",
        "open-bracket",
        "a bracket is opened here and not closed as expected",
        "close the bracket, and put a comma between entries",
        opening=True,
    ),
    _Explanation(
        "parsing a block mapping",
        "syntax",
        "a key is expected here, in line with the keys above",
        "check the indentation, and put text with special characters in quotes",
    ),
    _Explanation(
        "parsing a block collection",
        "syntax",
        "a `-` is expected here, in line with the entries above",
        "check the indentation",
    ),
    _Explanation(
        "scanning a block scalar",
        "syntax",
        "the text after `|` or `>` is not as expected",
        "begin the text on the next line, indented",
    ),
)
_OTHERWISE = _Explanation(
    "", "syntax", "this is not YAML", "check indentation, quotes and brackets around here"
)


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Return the problem for what the parser raised; the parser's own words are not repeated."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem("syntax", Place(file, 1, 1), _OTHERWISE.message, _OTHERWISE.hint)
    complaint = f"{error.context or ''} {error.problem or ''}"
    found, began = error.problem_mark or error.context_mark, error.context_mark
    if found is not None and text[found.index : found.index + 1] == "\t":
        complaint = "tab character"
    explanation = next((each for each in _EXPLANATIONS if each.words in complaint), _OTHERWISE)
    at_end = found is None or found.index >= len(text.rstrip())
    mark = began if began is not None and (explanation.opening or at_end) else found
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    return Problem(explanation.code, place, explanation.message, explanation.hint)
