"""The page of everything that can be wrong with an analyst's file, in Danish with English below.

In: the catalogue of problem texts. Out: Markdown.
Does not know: how a problem is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.facts import Text
from engine.problem_words import COMMON, WORDS, ProblemTexts, catalogue

PAGE = "fejltekster.md"
_HEAD = """\
<!-- Skrevet af `samtale docs`; ret engine/problem_texts.txt, ikke siden. -->
# Fejltekster

Alt, hvad `samtale check` og siden *Ret* kan skrive om en regelfil, en tabel eller et eksempel, og
hvad du så skal gøre. Find fejlens kode; den står efter ordet *fejl* eller *advarsel*. Det, der står
i `{…}`, udfyldes med navnet eller stedet, og den engelske tekst står nedenunder. Hvordan en fejl
læses, står i [vejledningen](analyst/8-naar-noget-gaar-galt.md).

Ord, der går igen:

| ord | betyder |
|---|---|
| nøgle, værdi | det før og efter kolon: i `code: S-101` er `code` nøglen |
| liste, post | flere værdier, `[5, 6]` eller linjer med `-`; hver af dem er en post |
| faktum, felt | en oplysning, som `interview.type`; et felt hører til en post |
| type | hvad en værdi kan være: tekst, tal, dato, tidspunkt, ja/nej eller en kode |
| operator | ordet, der sammenligner: `in`, `after`, `given` |
| kvantor | `any`, `none`, `every`, `at_least`, `at_most`: hvor mange poster der skal passe |
| ordlyd | hvad en regel siger fra en bestemt dag, en post under `versions` |
"""


def problem_page() -> str:
    """Return the whole page, its causes in alphabetical order."""
    texts = catalogue()
    lines = [_HEAD]
    for code in sorted(set(texts) - {WORDS, COMMON}):
        lines.extend(_cause(texts[code], texts[COMMON].hints))
    lines.extend(_common(texts))
    return "\n".join(lines) + "\n"


def _cause(texts: ProblemTexts, common: Iterable[Text]) -> Iterator[str]:
    yield f"## {texts.code}\n"
    yield from (_line(each) for each in texts.messages)
    hints = (*texts.hints, *(each for each in common if each.en in texts.also))
    if hints:
        yield "\nGør:\n"
        yield from (_line(each) for each in hints)
    yield ""


def _common(texts: Mapping[str, ProblemTexts]) -> Iterator[str]:
    yield "## Råd, der hører til flere fejl\n"
    yield from (_line(each) for each in texts[COMMON].hints)


def _line(text: Text) -> str:
    return f"- {text.da}<br>en: {text.en}"
