"""Every benchmark, in the order of the page; a new one is one line here.

In: nothing. Out: the chapters.
Does not know: how they are run.
"""

from __future__ import annotations

from benchmarks.chapter import Chapter
from benchmarks.chapters import bare, decisions, engines, messages, profile, requests, throughput

CHAPTERS: tuple[Chapter, ...] = (
    engines.CHAPTER,
    decisions.CHAPTER,
    profile.CHAPTER,
    bare.CHAPTER,
    requests.CHAPTER,
    throughput.CHAPTER,
    messages.CHAPTER,
)
