"""The page of everything that can be wrong with an analyst's file, in Danish with English below.

In: the catalogue of problem texts. Out: Markdown.
Does not know: how a problem is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.facts import Text
from engine.problem_words import COMMON, WORDS, ProblemTexts, catalogue

PAGE = "fejltekster.md"
_HEAD = """\
<!-- Skrevet af `samtale docs`; ret engine/problem_texts.txt, ikke siden. -->
# Fejltekster

Det, som `samtale check` kan skrive om en regelfil, en tabel eller et eksempel, ordnet efter fejlens
kode. Det, der står i `{…}`, udfyldes med navnet eller stedet. Den engelske tekst står nedenunder.
"""


def problem_page() -> str:
    """Return the whole page, its causes in alphabetical order."""
    texts = catalogue()
    lines = [_HEAD]
    for code in sorted(set(texts) - {WORDS, COMMON}):
        lines.extend(_cause(texts[code]))
    lines.extend(_common(texts))
    return "\n".join(lines) + "\n"


def _cause(texts: ProblemTexts) -> Iterator[str]:
    yield f"## {texts.code}\n"
    yield from (_line(each) for each in texts.messages)
    if texts.hints:
        yield "\nGør:\n"
        yield from (_line(each) for each in texts.hints)
    yield ""


def _common(texts: Mapping[str, ProblemTexts]) -> Iterator[str]:
    yield "## Råd, der hører til flere fejl\n"
    yield from (_line(each) for each in texts[COMMON].hints)


def _line(text: Text) -> str:
    return f"- {text.da}<br>en: {text.en}"
