"""Facts → `Decision`: asks the evaluators, holds them against each other, applies gates.

In: a `Rulebook`, an operation and facts. Out: a `Decision`.
Does not know: where facts come from, or what happens with the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Literal, TypeVar, cast

from engine.agreement import Agreement, MakeEvaluator, Traces, told_list
from engine.compiled.evaluator import compile_program
from engine.decision import Advice, Decision, Firing, Receiver, Violation
from engine.durable.evaluator import durable_program
from engine.explain.because import because
from engine.facts import Facts, Record
from engine.model import Rulebook, RuleKind
from engine.problems import EvaluationError
from engine.program import Program, Programs
from engine.trace.tracer import Trace
from engine.when_read import WhenRead

Engines = Literal["both", "compiled", "durable"]
Found = TypeVar("Found", Violation, Advice)

EVALUATORS: Mapping[str, MakeEvaluator] = {
    "compiled": compile_program,
    "durable": durable_program,
}


class Decider:
    """Decides with one rulebook; safe to share between threads.

    With `engines` = both, the default, every decision is made twice and `EnginesDisagree` is raised
    when the answers differ. Tests hand in faulty evaluators through `evaluators`.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        engines: Engines = "both",
        evaluators: Mapping[str, MakeEvaluator] = EVALUATORS,
    ) -> None:
        self.rulebook = rulebook
        self._programs = Programs(rulebook)
        chosen = tuple(evaluators) if engines == "both" else (engines,)
        self._makers = tuple(evaluators[name] for name in chosen)
        self._agreements: dict[int, Agreement] = {}
        self._lock = Lock()

    def decide(
        self,
        operation: str,
        facts: Facts,
        *,
        traced: bool = False,
        most_silent: int | None = None,
    ) -> Decision:
        """Decide `operation` on `facts`; with `traced`, one step per rule is in the decision.

        Of the rules that do not speak up only the first `most_silent` have a step; None: all.
        Raises `EvaluationError` when a rule cannot be evaluated and `EnginesDisagree` when the
        evaluators (or the trace) differ; no rule is ever skipped. Steps, and the reasons of what
        was found, are recorded now and put into words when they are read.
        """
        agreement = self._agreement(operation, facts)
        firings = agreement.firings(facts)
        traces = agreement.traces(facts, firings, most_silent) if traced else None
        if agreement.program.kind is RuleKind.RULE:
            return _of_rules(agreement, firings, facts, traces)
        return Decision(
            operation=operation,
            rulebook=agreement.program.rulebook,
            accepted=bool(firings) or agreement.program.kind is RuleKind.NOTICE,
            violations=(),
            advice=(),
            holding=agreement.named(firings),
            steps=() if traces is None else WhenRead(traces.steps),
            left_out=0 if traces is None else traces.left_out,
        )

    def accepts(self, operation: str, facts: Facts) -> bool:
        """Tell whether `decide` would accept, without saying why; raises as `decide`."""
        agreement = self._agreement(operation, facts)
        firings = agreement.firings(facts)
        if agreement.program.kind is not RuleKind.RULE:
            return bool(firings) or agreement.program.kind is RuleKind.NOTICE
        return not any(each.clause in agreement.refusing for each in agreement.answering(firings))

    def granted(self, operation: str, facts: Facts) -> tuple[str, ...]:
        """Return the ids of the grants that let the caller in; none: the caller may not.

        Raises as `decide`. An operation without grants lets nobody in.
        """
        agreement = self._agreement(operation, facts)
        firings = agreement.firings(facts)
        return agreement.named(firings) if agreement.program.kind is RuleKind.GRANT else ()

    def receivers(self, operation: str, facts: Facts) -> tuple[Receiver, ...]:
        """Return whom the notices of `operation` tell, one entry per notice and record.

        Of more than one record each is put to the evaluators alone, so that they say of every
        single one whether it is told. Raises as `decide`.
        """
        agreement = self._agreement(operation, facts)
        speaking = {each.clause for each in agreement.firings(facts)}
        if not speaking or agreement.program.kind is not RuleKind.NOTICE:
            return ()
        receivers: list[Receiver] = []
        wanting: dict[str, list[tuple[Record, set[int]]]] = {}
        for position, version in agreement.notices():
            told, name = version.told, told_list(version)
            if position not in speaking or told is None:
                continue
            if name not in wanting:
                records = _records(facts, name)
                wanting[name] = [
                    # what speaks where there is one record wants that one
                    (each, speaking if len(records) == 1 else agreement.wanting(facts, name, each))
                    for each in records
                ]
            rule = agreement.program.clauses[position].rule
            receivers.extend(
                Receiver(rule.id, told.message, told.organisation_type, record)
                for record, wanted in wanting[name]
                if position in wanted
            )
        return tuple(receivers)

    def _agreement(self, operation: str, facts: Facts) -> Agreement:
        program = self._programs.for_facts(operation, facts)
        # INVARIANT: `Programs` keeps every program alive, so an id is never used twice.
        agreement = self._agreements.get(id(program))
        return agreement if agreement is not None else self._made(program)

    def _made(self, program: Program) -> Agreement:
        with self._lock:
            agreement = self._agreements.get(id(program))
            if agreement is None:
                agreement = self._agreements[id(program)] = Agreement(program, self._makers)
        return agreement


def _of_rules(
    agreement: Agreement, firings: tuple[Firing, ...], facts: Facts, traces: Traces | None
) -> Decision:
    """Return the answer of rules: if a gate fires, the gates answer alone."""
    firings = agreement.answering(firings)
    trace = None if traces is None else traces.trace
    violations: list[Violation] = []
    advice: list[Advice] = []
    for firing in firings:
        if firing.clause in agreement.refusing:
            violations.append(_finding(Violation, agreement, firing, facts, trace))
        else:
            advice.append(_finding(Advice, agreement, firing, facts, trace))
    return Decision(
        operation=agreement.program.operation,
        rulebook=agreement.program.rulebook,
        accepted=not violations,
        violations=tuple(violations),
        advice=tuple(advice),
        steps=() if traces is None else WhenRead(traces.steps),
        left_out=0 if traces is None else traces.left_out,
    )


def _finding(
    kind: type[Found],
    agreement: Agreement,
    firing: Firing,
    facts: Facts,
    trace: Trace | None,
) -> Found:
    program = agreement.program
    clause = program.clauses[firing.clause]
    version = clause.version
    assert version is not None  # noqa: S101  # a rule that is not in force does not fire
    requirement = version.requirements[firing.requirement]
    known = program.error_codes.get(requirement.code)
    recorded = trace if trace is not None else agreement.trace_of(firing, facts)
    return kind(
        rule=clause.rule.id,
        code=requirement.code,
        new_code=known.new_code if known is not None else None,
        field=requirement.field,
        message=requirement.message,
        valid_from=version.valid_from,
        basis=version.basis,
        because=WhenRead(
            lambda: because(
                clause,
                recorded.step(firing.clause),
                firing.requirement,
                program.tables,
                agreement.memory,
            )
        ),
    )


def _records(facts: Facts, name: str) -> tuple[Record, ...]:
    records = facts.get(name)
    if not isinstance(records, tuple):
        raise EvaluationError(f"fact `{name}` is missing")
    # the catalogue says that the list holds records
    return cast("tuple[Record, ...]", records)
