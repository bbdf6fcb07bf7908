"""Chapter: one decision by every rule engine that Python can call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.chapter import Chapter, Claim, Figures, Picture, Sheet
from benchmarks.engines.lineup import missing
from benchmarks.pictures.bars import OTHER, OURS, YARDSTICK, Bar, bars
from benchmarks.wording import digits, duration, step_of_time, times

ABOUT = """\
Thirteen rules decide one registration of a citizen with eight earlier interviews. Every engine
has the rules as its own users would write them (`benchmarks/engines/`, a file each, which says
how), prepared once; all name the same broken rules for the same registrations before they are
timed, or the run stops. Facts come in the shape each engine likes best, made beforehand; what
making it costs stands in a column of its own. Processor time.
"""
OUR_LANE = "samtale, compiled"
HAND = "hand-written Python"
ZEN = ("GoRules ZEN", "GoRules ZEN, first example", "GoRules ZEN, bare expression")


def measure(tiny: bool) -> Figures:
    """Import the engines only now: they are optional."""
    from benchmarks.engines.compare import compare

    return compare(count=2, rounds=1, at_least=1e-4, proven=4) if tiny else compare()


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return one row for each contestant, the fastest first."""
    ours = figures["contestants"][OUR_LANE]["microseconds"]
    yield Sheet(
        f"{figures['rules']} rules, {figures['earlier interviews']} earlier interviews; the same "
        f"{figures['registrations']} registrations for all",
        (
            "",
            "version",
            "one decision",
            "hand-written = 1",
            "ours = 1",
            "its facts",
            "proven on",
        ),
        tuple(
            (
                name,
                figures["versions"].get(each["package"] or "", "") or "–",
                duration(each["microseconds"] / 1e6),
                times(each["times hand-written"]),
                times(each["microseconds"] / ours),
                _of_facts(each),
                f"{each['proven on']:,}",
            )
            for name, each in _ranked(figures)
        ),
    )


def claims(figures: Figures) -> Iterator[Claim]:
    """Return the wishes of issue 6, point 1, about other engines."""
    contestants = figures["contestants"]
    ours = contestants[OUR_LANE]
    by_hand = ours["times hand-written"]
    yield Claim("one decision within 2 times hand-written Python", times(by_hand), by_hand <= 2)
    ratios = {name: contestants[name]["microseconds"] / ours["microseconds"] for name in ZEN}
    loader, example, bare = (ratios[name] for name in ZEN)
    yield Claim(
        "at least 50 times faster than GoRules ZEN",
        f"{times(loader)}; {times(example)} when used as in its first example, "
        f"{times(bare)} as one bare expression without a decision table",
        loader >= 50,
        why=_why_not_50(figures),
    )
    faster = [
        name
        for name, each in contestants.items()
        if name not in (OUR_LANE, HAND) and each["microseconds"] <= ours["microseconds"]
    ]
    others = [name for name in contestants if name not in (OUR_LANE, HAND)]
    nearest = min(others, key=lambda name: contestants[name]["microseconds"])
    ahead = contestants[nearest]["microseconds"] / ours["microseconds"]
    yield Claim(
        "ahead of every other engine",
        f"nearest is {nearest}, {times(ahead)} ours",
        not faster,
        why=f"Faster: {', '.join(faster)}.",
    )


def pictures(figures: Figures) -> Iterator[Picture]:
    """Return the bars of all, the fastest first."""
    rows = [
        Bar(name, each["microseconds"], duration(each["microseconds"] / 1e6), _kind(name))
        for name, each in _ranked(figures)
    ]
    yield Picture(
        "engines",
        "one decision by every engine, logarithmic",
        bars(
            "One decision, thirteen rules (processor time)", rows, lambda us: step_of_time(us / 1e6)
        ),
    )


def _why_not_50(figures: Figures) -> str:
    contestants = figures["contestants"]
    zen, hand = contestants[ZEN[0]], contestants[HAND]
    limit = zen["microseconds"] / 50
    return (
        f"ZEN's loader compiles the graph once, and then a decision takes "
        f"{times(zen['times hand-written'])} hand-written Python; fifty times faster would be "
        f"{duration(limit / 1e6)}, where hand-written Python itself takes "
        f"{duration(hand['microseconds'] / 1e6)}. What its users do before they ask, turning facts "
        f"into JSON values, takes {digits(zen['microseconds for its facts'])} µs more; with it the "
        f"ratio to ours is {times(_with_facts(zen) / _with_facts(contestants[OUR_LANE]))}."
    )


def _with_facts(each: dict[str, Any]) -> float:
    return float(each["microseconds"] + each["microseconds for its facts"])


def _of_facts(each: dict[str, Any]) -> str:
    microseconds = each["microseconds for its facts"]
    return duration(microseconds / 1e6) if microseconds > 1 else "–"


def _ranked(figures: Figures) -> list[tuple[str, dict[str, Any]]]:
    contestants: dict[str, dict[str, Any]] = figures["contestants"]
    return sorted(contestants.items(), key=lambda each: each[1]["microseconds"])


def _kind(name: str) -> str:
    if name == HAND:
        return YARDSTICK
    return OURS if name.startswith("samtale") else OTHER


CHAPTER = Chapter(
    name="engines",
    title="One decision, by every engine",
    target="benchmark-engines",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    claims=claims,
    pictures=pictures,
    missing=missing,
)
