"""Chapter: thousands of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from benchmarks import many_rules
from benchmarks.chapter import Chapter, Claim, Figures, Picture, Sheet
from benchmarks.pictures.growth import growth
from benchmarks.wording import digits, duration, size, step, step_of_time, times

ABOUT = """\
Rulebooks of invented rules that are told apart in different ways, twenty rules to each value: a
decision looks at those that may apply and passes over the others. Each figure comes from a process
of its own, in which a rulebook of a hundred such rules is timed beside it. *Ages below a limit* are
rules `age < i` and `type = A` and `amount > 100·i`: no two alike.
"""
BY_TYPE, LIMITS = "one interview type", "ages below a limit"
RATIO = "ratio to 100 rules"
MOST = "10000"
ENGINE_SIZES = (10, 100, 1_000, 10_000)
ENGINES = ("compiled", "durable", "trace recorded")


def measure(tiny: bool) -> Figures:
    """Measure the compiled engine with every kind of rules, and all engines with some."""
    if tiny:
        return {
            "compiled": many_rules.compare(sizes=(10, 20), count=5, rounds=1),
            "engines": many_rules.compare_engines(sizes=(10, 20), count=2, rounds=1),
        }
    return {
        "compiled": many_rules.compare(count=300, rounds=7),
        "engines": many_rules.compare_engines(sizes=ENGINE_SIZES, count=20, rounds=5),
    }


def sheets(figures: Figures) -> Iterator[Sheet]:
    """Return decisions and building by kind and size, then the engines beside each other."""
    found, engines = figures["compiled"], figures["engines"]
    yield Sheet(
        "one decision, compiled",
        ("rules told apart by", "rules", "one decision", "100 rules = 1", "rules fired"),
        _rows(
            found,
            lambda each: (
                duration(each["microseconds"] / 1e6),
                times(each[RATIO]),
                digits(each["fired in a decision"]),
            ),
        ),
    )
    yield Sheet(
        "until it can decide",
        ("rules told apart by", "rules", "read, check", "build", "every rule compiled", "memory"),
        _rows(
            found,
            lambda each: (
                duration(each["seconds to read and check"]),
                duration(each["seconds to build"]),
                duration(each["seconds until all are compiled"]),
                size(each["megabytes"]),
            ),
        ),
    )
    yield Sheet(
        "one decision by both engines, and its trace",
        ("rules told apart by", "rules", "compiled", "durable_rules", "trace recorded"),
        _rows(
            engines,
            lambda each: tuple(duration(each[f"{name}, microseconds"] / 1e6) for name in ENGINES),
        ),
    )


def claims(figures: Figures) -> Iterator[Claim]:
    """Return the wishes of issue 6, point 2, about decisions; a tiny run has nothing to say."""
    if MOST not in figures["compiled"][BY_TYPE]:
        return
    ratios = {kind: by_size[MOST][RATIO] for kind, by_size in figures["compiled"].items()}
    others = ", ".join(f"{times(ratios[kind])} by {kind}" for kind in ratios if kind != BY_TYPE)
    yield Claim(
        "10,000 rules that discriminate on type cost at most 3 times 100 such rules",
        f"{times(ratios[BY_TYPE])}; told apart otherwise: {others}",
        ratios[BY_TYPE] <= 3,
    )
    microseconds = figures["compiled"][LIMITS]["300"]["microseconds"]
    yield Claim(
        "300 rules `age < i and type == 'A' and amount > 100·i` under 25 µs",
        duration(microseconds / 1e6),
        microseconds < 25,
    )


def pictures(figures: Figures) -> Iterator[Picture]:
    """Return a line for each kind, and the engines beside each other."""
    yield Picture(
        "many_rules",
        "time of one decision over the number of rules, by how they are told apart",
        _lines("One decision, compiled", _points(figures["compiled"], "microseconds")),
    )
    by_engine: dict[str, Any] = {}
    for name in ENGINES:
        named = _points(figures["engines"], f"{name}, microseconds")
        by_engine[name] = named[BY_TYPE]
    yield Picture(
        "many_rules_engines",
        "time of one decision by each engine over the number of rules told apart by type",
        _lines("One decision, rules told apart by interview type", by_engine),
    )


def notes(sections: Mapping[str, Figures]) -> Iterator[str]:
    """Say from which size on durable_rules is the greater part of a request."""
    post = sections.get("profile", {}).get("SQLite, engines compiled")
    if post is None:
        return
    rest = post["milliseconds"] * 1000
    by_size = sections["many-rules"]["engines"][BY_TYPE]
    over = [number for number, each in by_size.items() if each["durable, microseconds"] > rest]
    if not over:
        number, each = _greatest(by_size)
        yield (
            f"A POST on SQLite takes {duration(rest / 1e6)} without durable_rules; with "
            f"{int(number):,} rules told apart by type durable_rules takes "
            f"{duration(each['durable, microseconds'] / 1e6)}: it is nowhere the greater part."
        )
        return
    each = by_size[over[0]]
    yield (
        f"A POST on SQLite takes {duration(rest / 1e6)} without durable_rules. With "
        f"{int(over[0]):,} rules told apart by type durable_rules takes "
        f"{duration(each['durable, microseconds'] / 1e6)} and is the greater part of a request; "
        f"the setting `engines: compiled` leaves it out, and the decision takes "
        f"{duration(each['compiled, microseconds'] / 1e6)}."
    )


def _rows(
    figures: Figures, words: Callable[[Mapping[str, float]], tuple[str, ...]]
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (kind, f"{int(number):,}", *words(each))
        for kind, by_size in figures.items()
        for number, each in by_size.items()
    )


def _greatest(by_size: Mapping[str, Any]) -> tuple[str, Any]:
    return max(by_size.items(), key=lambda each: int(each[0]))


def _points(figures: Figures, name: str) -> dict[str, list[tuple[float, float]]]:
    return {
        kind: [(float(number), each[name] / 1e6) for number, each in by_size.items()]
        for kind, by_size in figures.items()
    }


def _lines(title: str, series: Mapping[str, list[tuple[float, float]]]) -> str:
    axes = ("rules", "one decision")
    return growth(title, series, axes, across=step, upwards=step_of_time)


CHAPTER = Chapter(
    name="many-rules",
    title="Thousands of rules",
    target="benchmark-rules",
    about=ABOUT,
    measure=measure,
    sheets=sheets,
    claims=claims,
    pictures=pictures,
    notes=notes,
)
