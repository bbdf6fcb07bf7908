"""The query that decides a table twice and counts what differs.

In: candidate and baseline as plans, or what was decided. Out: the SQL of one answer per row, of the
counts, and the `Comparison` that the rows of counts are.
Does not know: which database runs it. Nothing of it is done row by row in Python: what comes back
is as many rows as there are organisations, types, hours and kinds of change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.columnar.columns import Column, Kind
from engine.columnar.dialect import Dialect
from engine.columnar.plan import FINDING, Plan, any_of
from engine.columnar.steps import Steps
from registry.days import day_of, from_microseconds
from registry.replay.comparison import Answer, Change, Comparison, Count
from registry.replay.letters import Letters

KEPT = (
    Column("decision_id", Kind.TEXT),
    Column("recorded_at", Kind.INSTANT),
    Column("organisation_type", Kind.TEXT),
    Column("organisation", Kind.TEXT),
)
"""What a file of the history says of a decision beside its facts."""
DECIDED = (Column("accepted", Kind.BOOLEAN), FINDING)
"""What was decided."""
TYPE = "interview.type"
_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """A comparison to be made; `against` is None for what was decided.

    `has_type` tells whether the table says of which type the interview is.
    """

    steps: Steps
    candidate: Plan
    against: Plan | None
    letters: Letters
    has_type: bool

    @property
    def plans(self) -> tuple[Plan, ...]:
        return (self.candidate,) if self.against is None else (self.candidate, self.against)

    def compared(self, source: str) -> str:
        """Return the query that says of every row whether it changed, and from what to what."""
        before, after = self._names("before"), self._names("after")
        changed = " OR ".join(f"{old} <> {new}" for old, new in zip(before, after, strict=True))
        shown = ", ".join(f"CASE WHEN changed THEN {name} END AS {name}" for name in self._change)
        return f"""
SELECT decision_id, organisation_type, organisation, type, hour, changed, undecidable, {shown}
FROM (
  SELECT *, (NOT undecidable AND ({changed})) AS changed FROM ({self._answers(source)}) AS answers
) AS compared"""

    def counts(self, compared: str, examples: str) -> str:
        """Return the query of the counts over what was compared; `examples` makes a list of ids."""
        change = ", ".join(self._change)
        return f"""
SELECT grouping(organisation) AS no_organisation, grouping(type) AS no_type,
  grouping(hour) AS no_hour, organisation_type, organisation, type, hour, {change},
  count(*) AS many,
  count(CASE WHEN changed THEN 1 END) AS changed,
  count(CASE WHEN undecidable THEN 1 END) AS undecidable,
  {examples} AS examples
FROM {compared} AS shown
GROUP BY GROUPING SETS ((organisation_type, organisation), (type), (hour), ({change}))"""

    def examples(self, compared: str, most: int) -> str:
        """Return the query of the lowest ids of each change, where they are asked for apart."""
        change = ", ".join(self._change)
        ranked = f"row_number() OVER (PARTITION BY {change} ORDER BY decision_id)"
        return f"""
SELECT {change}, decision_id FROM (
  SELECT {change}, decision_id, {ranked} AS place FROM {compared} AS shown WHERE changed
) AS ranked WHERE place <= {most}"""

    @property
    def _change(self) -> list[str]:
        return [*self._names("before"), *self._names("after")]

    def _answers(self, source: str) -> str:
        """Return the query of what every row is answered both times."""
        dialect = self.steps.dialect
        type_ = dialect.identifier(TYPE) if self.has_type else "NULL"
        wanted = {
            "decision_id": "decision_id",
            "organisation_type": "organisation_type",
            "organisation": "organisation",
            "type": f"CAST({type_} AS {dialect.type_of(Column('', Kind.TEXT))})",
            "hour": dialect.whole_hours("recorded_at"),
            **dict(zip(self._names("before"), self._before(), strict=True)),
            **dict(zip(self._names("after"), self._of(self.candidate), strict=True)),
            "undecidable": any_of(
                [
                    *(plan.undecidable for plan in self.plans),
                    *(() if self.against else ("accepted IS NULL", "findings IS NULL")),
                ]
            ),
        }
        return self.steps.query(source, wanted)

    def _before(self) -> list[str]:
        if self.against is not None:
            return self._of(self.against)
        return ["accepted", *self.letters.of_findings(self.steps.dialect, "findings")]

    def _of(self, plan: Plan) -> list[str]:
        return [plan.accepted, *self.letters.of_plan(plan)]

    def _names(self, which: str) -> list[str]:
        words = range(self.letters.words)
        return [f"accepted_{which}", *(f"word_{number}_{which}" for number in words)]

    # --- what comes back --------------------------------------------------------------------------

    def comparison(
        self,
        rows: Iterable[Mapping[str, Any]],
        missing: frozenset[str],
        examples: Iterable[Mapping[str, Any]] = (),
    ) -> Comparison:
        """Return what the rows of `counts` say, and those of `examples` where asked for apart."""
        named: dict[tuple[Any, ...], list[str]] = {}
        for row in examples:
            named.setdefault(self._key(row), []).append(row["decision_id"])
        changes: dict[tuple[Answer, Answer], Change] = {}
        by_organisation: dict[tuple[str, str], Count] = {}
        by_type: dict[str, Count] = {}
        by_month: dict[str, Count] = {}
        total = Count()
        for row in rows:
            count = Count(row["many"], row["changed"], row["undecidable"])
            if not row["no_organisation"]:
                by_organisation[row["organisation_type"] or "", row["organisation"] or ""] = count
            elif not row["no_type"]:
                if self.has_type:
                    by_type[row["type"] or ""] = count
            elif not row["no_hour"]:
                month = _month(row["hour"])
                by_month[month] = by_month.get(month, Count()) + count
            else:
                total += count
                if count.changed:
                    pair = self._answer(row, "before"), self._answer(row, "after")
                    ids = row["examples"] or sorted(named.get(self._key(row), ()))
                    changes[pair] = Change(count.changed, tuple(ids))
        return Comparison(total, changes, by_organisation, by_type, by_month, missing)

    def _key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in self._change)

    def _answer(self, row: Mapping[str, Any], which: str) -> Answer:
        accepted, *words = (row[name] for name in self._names(which))
        return self.letters.answer(accepted, words)


def _month(hour: int | None) -> str:
    """Return the month in Denmark of an hour since 1970; a day there is a row of whole hours."""
    return "" if hour is None else day_of(from_microseconds(hour * _HOUR)).isoformat()[:7]


def decided_letters(dialect: Dialect, source: str) -> str:
    """Return the query of the codes in the findings of a table."""
    code, refuses = (dialect.part("finding", name) for name in ("code", "refuses"))
    one = f"SELECT {dialect.unfolded('findings')} AS finding FROM {source} AS decided"
    return f"SELECT DISTINCT {code} AS code, {refuses} AS refuses FROM ({one}) AS unfolded"


def wanted_columns(plans: Sequence[Plan], decided: bool) -> tuple[Column, ...]:
    """Return the columns that a comparison reads, each once."""
    columns = {column.name: column for column in KEPT}
    columns.update({column.name: column for column in DECIDED} if decided else {})
    for plan in plans:
        for column in plan.reads:
            columns.setdefault(column.name, column)
    return tuple(columns.values())
