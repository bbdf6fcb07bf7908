"""Calls that are made again: with a key, and what became of them.

In: a registry and a key. Out: a word for what became of the call, and the answer.
Does not know: HTTP; an answer is the identifier of what was made.
"""

from __future__ import annotations

from typing import Any

from registry.commands import Caller, CreateInterview
from registry.errors import KeyInUse
from registry.idempotency import AnsweredBefore, KeptAnswer, Once
from registry.service import Registered, Registry
from tests.registry.fakes import CPR, JOB_CENTRE, NOT_RESETTING, held

TWICE_ALLOWED = held(0, type=NOT_RESETTING)
"""An interview that no rule keeps from being registered twice."""


def shown(outcome: Any) -> KeptAnswer:
    """Render an outcome: 201 with the interview, 422 with the decision, 204 for anything else."""
    if isinstance(outcome, Registered):
        return KeptAnswer(201, {"ETag": '"v1"'}, outcome.interview.interview_id.encode())
    if hasattr(outcome, "decision_id"):
        return KeptAnswer(422, {}, outcome.decision_id.encode())
    return KeptAnswer(204, {}, b"")


def once(key: str, request: str = "the same", caller: Caller = JOB_CENTRE) -> Once[Any]:
    return Once.of(caller, key, [request.encode()], shown)


def register(registry: Registry, key: str | None, cpr: str = CPR) -> tuple[str, bytes]:
    """Register `TWICE_ALLOWED`; return `done`, `replayed` or `in use`, and the answer."""
    call = None if key is None else once(key)
    try:
        outcome = registry.create_interview(JOB_CENTRE, CreateInterview(cpr, TWICE_ALLOWED), call)
    except AnsweredBefore as before:
        return "replayed", before.answer.body
    except KeyInUse:
        return "in use", b""
    return "done", shown(outcome).body


def tidying_key() -> str:
    """Return a key whose call throws old answers away."""
    return next(key for key in map(str, range(10_000)) if once(key).tidies)


def plain_key() -> str:
    """Return a key whose call does not."""
    return next(key for key in map(str, range(10_000)) if not once(key).tidies)
