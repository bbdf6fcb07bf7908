"""`Program` → durable_rules; the second opinion on every decision.

In: a `Program`. Out: an `Evaluator` with the same answers as `compiled`.
Does not know: what conditions mean (`alternatives` brings them to relations) or what values are
(`projection` brings them to numbers).

The only file that imports durable_rules 2.0.28, which is memory-unsafe outside this contract:

- One sentinel rule in every ruleset fires for the first fact of every session, which stands there
  for this alone, and for the last. A session in which no action was started must not be deleted:
  that frees memory never written; and a fact that cannot be parsed ends the batch without a word.
- Every join ends with a relation that always holds, and joins hold no nested brackets.
- At most 32 rules, and few fields, in one ruleset; more rules make more rulesets.
- Facts, never events; one batch: sentinel, records, and the request, which triggers, last.
- A fresh session and unique fact ids for each evaluation; the session is always deleted.
- Rulesets are never removed: a process keeps one for each different definition.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import count, groupby
from threading import Lock
from typing import Any

import durable.engine
import durable_rules_engine
import orjson

from engine.decision import Evaluator, Firing
from engine.durable.alternatives import Search, Translation
from engine.durable.batch import REQUEST, Batch, Readers, Values, batch_writer
from engine.durable.heap import keep_freed_memory
from engine.durable.projection import Field, Situation
from engine.durable.prospects import Prospects
from engine.durable.relations import Conjunction, Relation
from engine.facts import Facts
from engine.problems import EvaluationError
from engine.program import Program

# durable_rules measures how long an action takes with `datetime.utcfromtimestamp`, deprecated since
# Python 3.12, on the wall clock: a step of ten seconds would drop an action without a word. Our
# actions need no lease, so its time stands still.
durable.engine._unix_now = lambda: 0.0
keep_freed_memory()

_MOST_RULES = 32
_MOST_FIELDS = 200
_MOST_RULESETS = 1024
_ALL_ASKED = 8
"""Some two hundred rules: of a rulebook of that size every ruleset is asked every time."""
_HANDLED, _NOT_HANDLED = 0, 1
_SENTINEL_RULE = "sentinel"
_FACTS_SEEN = 2
"""The sentinel rule fires for the first fact of a session and for the last."""
_ONE = {"one": {"request": "one"}}

Pattern = Mapping[str, object]
"""What one fact must look like, e.g. `{"record": {"$and": [{"kind": 2}, {"$lt": {"f0": 5}}]}}`."""
Patterns = Mapping[str, Sequence[Pattern]]
"""Name of a rule to the patterns that must be met together."""


def durable_program(program: Program, ask_all_of: int = _ALL_ASKED) -> Evaluator:
    """Translate `program` into rulesets; those that an earlier program had are used again.

    So many rulesets are asked always; of more, those that may find something.
    """
    return _Durable(program, ask_all_of)


class _Durable:
    """The searches of a program, layer after layer, each layer in one ruleset or more."""

    def __init__(self, program: Program, ask_all_of: int) -> None:
        translation = Translation(program)
        self._operation = program.operation
        self._projection = translation.projection
        self._searches = sorted(translation.searches, key=lambda search: search.layer)
        self._shards = tuple(
            shard
            for _, searches in groupby(self._searches, key=lambda search: search.layer)
            for shard in _shards(searches)
        )
        self._firing_of = {
            search.number: search.firing for search in self._searches if search.firing is not None
        }
        self._selective = len(self._shards) > ask_all_of
        self._readers: Readers = {}

    def firings(self, facts: Facts) -> tuple[Firing, ...]:
        situation = self._projection.situation(facts)
        values = Values(situation, self._readers)
        for shard in self._shards:
            try:
                if self._selective and not shard.prospects.any_may_hold(values):
                    continue
                batch = shard.batch(situation)
            except (KeyError, TypeError, AttributeError, OverflowError) as fault:
                raise EvaluationError(
                    f"the facts of operation `{self._operation}` could not be projected"
                ) from fault
            for search, position in shard.ruleset.run(batch):
                situation.found[search].add(position)
        found = (number for number, positions in situation.found.items() if positions)
        return tuple(sorted(self._firing_of[each] for each in found if each in self._firing_of))


class _Shard:
    """As many rules as one ruleset may hold, and the facts projected to what they read."""

    def __init__(self, rules: Sequence[tuple[Search, Conjunction]]) -> None:
        relations = [relation for _, conjunction in rules for relation in conjunction]
        fields = dict.fromkeys(field for relation in relations for field in relation.fields)
        lists = sorted({search.records for search, _ in rules if search.records is not None})
        self._kinds = {name: kind for kind, name in enumerate(lists, REQUEST + 1)}
        self._request = tuple(field for field in fields if field.records is None)
        self._records = {
            name: tuple(field for field in fields if field.records == name) for name in lists
        }
        definition = {
            f"s{search.number}.{place}": self._rule(search, conjunction)
            for place, (search, conjunction) in enumerate(rules)
        }
        self.ruleset = _ruleset(definition)
        self.prospects = Prospects(conjunction for _, conjunction in rules)

    def _rule(self, search: Search, conjunction: Conjunction) -> Sequence[Pattern]:
        """Return the patterns of one rule: the request, the record, or the request and a record."""
        of_request = [relation for relation in conjunction if relation.left.records is None]
        request = {"$and": [{"kind": REQUEST}, *map(_expression, of_request)]}
        if search.records is None:
            return [{"request": request}]
        alone = [
            relation for relation in conjunction if relation.left.records and not relation.is_join
        ]
        joins = [relation for relation in conjunction if relation.is_join]
        kind = {"kind": self._kinds[search.records]}
        if not of_request and not joins:
            return [{"record": {"$and": [kind, *map(_expression, alone)]}}]
        record = {"$and": [kind, *map(_expression, alone), *map(_expression, joins), _ONE]}
        return [{"request": request}, {"record": record}]

    @cached_property
    def batch(self) -> Callable[[Situation], Batch]:
        """Writes the facts to assert, in order. Of many shards few are ever asked."""
        return batch_writer(self._kinds, self._records, self._request)


def _shards(searches: Iterable[Search]) -> Iterable[_Shard]:
    """Deal the rules of one layer out to rulesets of bearable size."""
    rules: list[tuple[Search, Conjunction]] = []
    fields: set[Field] = set()
    for search in searches:
        for conjunction in search.alternatives:
            read = {field for relation in conjunction for field in relation.fields}
            if len(read) > _MOST_FIELDS:
                raise EvaluationError(f"a condition compares more than {_MOST_FIELDS} values")
            if len(rules) == _MOST_RULES - 1 or len(fields | read) > _MOST_FIELDS:
                yield _Shard(rules)
                rules, fields = [], set()
            rules.append((search, conjunction))
            fields |= read
    if rules:
        yield _Shard(rules)


def _expression(relation: Relation) -> Pattern:
    right: object = relation.right
    if isinstance(relation.right, Field):
        # `$m` is the fact at hand, `request` the one that was matched before it
        right = {"request" if relation.is_join else "$m": relation.right.name}
    compared = {relation.left.name: right}
    return compared if relation.operator == "$eq" else {relation.operator: compared}


# --- durable_rules --------------------------------------------------------------------------------


def _unused(_closure: Any) -> None:
    """Stand where durable_rules wants an action; `_Ruleset` runs them all itself."""


class _NoHost:
    """Stands where durable_rules expects its host, which would start two timer threads."""


class _Ruleset:
    """One ruleset of durable_rules; evaluations take turns.

    The extension holds the interpreter's lock during each call but not between the calls of one
    evaluation, and the findings are collected in one place.
    """

    def __init__(self, name: str, patterns: Patterns) -> None:
        self._searches: dict[str, int | None] = {
            rule: int(rule.partition(".")[0].removeprefix("s")) for rule in patterns
        }
        self._searches[_SENTINEL_RULE] = None
        rules: dict[str, dict[str, object]] = {
            rule: {"all": all_of, "run": _unused} for rule, all_of in patterns.items()
        }
        rules[_SENTINEL_RULE] = {
            "all": [{"sentinel": {"$lte": {"kind": REQUEST}}}],
            "run": _unused,
        }
        self._lock = Lock()
        self._sessions = count()
        self._found: list[tuple[int, int]] = []
        self._seen = 0
        self._rules = durable.engine.Ruleset(name, _NoHost(), rules)

    def run(self, facts: list[dict[str, object]]) -> list[tuple[int, int]]:
        """Assert the facts in a session of their own; return searches and positions found."""
        with self._lock:
            session = f"e{next(self._sessions)}"
            for number, fact in enumerate(facts):
                fact["id"], fact["sid"] = f"{session}.{number}", session
            self._found, self._seen = [], 0
            try:
                self._evaluate(orjson.dumps(facts).decode())
                return self._found
            finally:
                if self._seen:
                    self._rules.delete_state(session)

    def _evaluate(self, facts: str) -> None:
        handle = self._rules._handle
        try:
            code, state = durable_rules_engine.assert_facts(handle, facts)
        except Exception as fault:
            # the sentinel waits in the session: it must run before the session may be deleted
            started = durable_rules_engine.start_action(handle)
            if started:
                self._run_actions(started[0], started[1], started[2])
            raise EvaluationError("durable_rules refused the facts") from fault
        started = durable_rules_engine.start_action_for_state(handle, state)
        if started:
            self._run_actions(started[0], started[1], state)
        if code not in (_HANDLED, _NOT_HANDLED):
            raise EvaluationError(f"durable_rules answered {code} to the facts")
        if self._seen != _FACTS_SEEN:
            raise EvaluationError("durable_rules did not run every action")

    def _run_actions(self, unchanged: str, message: str | None, state: int) -> None:
        """Run every action of a session: what `durable.engine` does, call for call.

        Its own way brings state and facts to Python and back for each action, which takes several
        times as long as all else. Our actions change no state, so that what the extension said of
        it is handed back as it came.
        """
        handle = self._rules._handle
        try:
            while message:
                self._note(orjson.loads(message))
                durable_rules_engine.update_state(handle, unchanged)
                message = durable_rules_engine.complete_and_start_action(handle, state)
        except BaseException as fault:
            durable_rules_engine.abandon_action(handle, state)
            if not isinstance(fault, Exception):
                raise
            raise EvaluationError("durable_rules did not run every action") from fault

    def _note(self, message: Mapping[str, Mapping[str, Mapping[str, int]]]) -> None:
        ((rule, matched),) = message.items()
        search = self._searches[rule]
        if search is None:
            self._seen += 1
            return
        record = matched.get("record")
        self._found.append((search, 0 if record is None else record["position"]))


_rulesets: dict[str, _Ruleset] = {}
_rulesets_lock = Lock()
_rulesets_made = count()


def _ruleset(patterns: Patterns) -> _Ruleset:
    """Return the ruleset with these patterns, made at most once while it is remembered.

    There is no way to remove a ruleset from durable_rules: one that is forgotten here, the oldest
    when there are too many, lives on in the process and is not used again.
    """
    definition = json.dumps(patterns)
    with _rulesets_lock:
        if definition not in _rulesets:
            if len(_rulesets) >= _MOST_RULESETS:
                del _rulesets[next(iter(_rulesets))]
            _rulesets[definition] = _Ruleset(f"rules{next(_rulesets_made)}", patterns)
        return _rulesets[definition]
