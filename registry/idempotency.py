"""A call that is made again with the same key is done once, and answered as it was the first time.

In: a caller, the key they chose, what they asked. Out: `Once`; the answer of before, by
`AnsweredBefore`; rows of `kept_answer`.
Does not know: HTTP, nor how an answer is rendered: whoever calls says so with `Once.render`.

In one transaction, so that all of it is stored or nothing:

    claim   still running? KeyInUse. another call? KeyOfOtherCall. done before? AnsweredBefore.
    (work)  whatever the call changes
    keep    what is answered
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeVar

import orjson
from sqlalchemy import bindparam, delete, insert, select

from registry import tables
from registry.about import About
from registry.audit import AuditEntry
from registry.commands import Caller
from registry.days import to_microseconds
from registry.documents import canonical
from registry.errors import KeyInUse, KeyOfOtherCall, RegistryError
from registry.statements import Fixed
from registry.storage import UnitOfWork

KEPT_FOR = timedelta(days=7)
"""A call that is made again later than this is done again."""
MOST_AT_ONCE = 500
"""So many answers are thrown away in one transaction."""

_Outcome = TypeVar("_Outcome")
_KEPT = tables.kept_answer.c
_FIND = Fixed(select(tables.kept_answer).where(_KEPT.key_hash == bindparam("key_hash")))
_KEEP = Fixed(insert(tables.kept_answer))


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was sent, to be sent again byte for byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Once(Generic[_Outcome]):
    """One call that is to be done once; `render` makes the answer that is kept.

    `render` is called inside the transaction, perhaps several times, and must change nothing.
    """

    key_hash: str
    request_hmac: str
    render: Callable[[_Outcome], KeptAnswer]

    @classmethod
    def of(
        cls,
        caller: Caller,
        key: str,
        request: Sequence[bytes],
        render: Callable[[_Outcome], KeptAnswer],
    ) -> Once[_Outcome]:
        """Return the call that `caller` names by `key`; `request` is all that they asked for.

        The key is the caller's own: another organisation, system or user has others. Under it the
        request is hashed, so that nobody without the key can guess what was asked.
        """
        owner = [caller.organisation_type, caller.organisation, caller.system, caller.user]
        parts = canonical([sha256(part).hexdigest() for part in request])
        return cls(
            sha256(canonical([*owner, key]).encode()).hexdigest(),
            hmac.new(key.encode(), parts.encode(), "sha256").hexdigest(),
            render,
        )

    @property
    def lock(self) -> int:
        """The number of the lock that this call holds while it runs."""
        return int.from_bytes(bytes.fromhex(self.key_hash[:16]), "big", signed=True)

    @property
    def tidies(self) -> bool:
        """Whether old answers are thrown away after this call: one in 64, whoever makes it."""
        return int(self.key_hash[-2:], 16) < 4


class AnsweredBefore(RegistryError):
    """No error of anybody: the call was done before, and this is what was answered then."""

    def __init__(self, answer: KeptAnswer, about: About, decision_id: str | None) -> None:
        self.answer = answer
        self.about = about
        self.decision_id = decision_id
        super().__init__("the call was answered before")


def claim(unit: UnitOfWork, once: Once[_Outcome], now: datetime) -> None:
    """Return when the call is to be done; nobody else does it until the unit ends.

    Raises `AnsweredBefore`, `KeyOfOtherCall`, and `KeyInUse` while it is being done elsewhere.

    # INVARIANT: first of all in its transaction. The lock lets the second one be answered at once;
    # without it they would be turned back by the primary key when they keep their own answer.
    """
    is_ours = unit.try_lock(once.lock)
    row = unit.execute(_FIND, {"key_hash": once.key_hash}).one_or_none()
    is_over = row is not None and row.recorded_at <= to_microseconds(now - KEPT_FOR)
    if row is None or is_over:
        if not is_ours:
            raise KeyInUse
        if is_over:
            unit.execute(delete(tables.kept_answer).where(_KEPT.key_hash == once.key_hash))
        return
    if not hmac.compare_digest(row.request_hmac, once.request_hmac):
        raise KeyOfOtherCall
    raise AnsweredBefore(
        KeptAnswer(row.status, orjson.loads(row.headers), bytes(row.body)),
        About(row.citizen_id, row.interview_id),
        row.decision_id,
    )


def is_kept(unit: UnitOfWork, once: Once[_Outcome]) -> bool:
    """Return whether the call was done, so that nobody needs to wait for whoever is at it."""
    query = select(_KEPT.key_hash).where(_KEPT.key_hash == once.key_hash)
    return unit.execute(query).one_or_none() is not None


def keep(unit: UnitOfWork, once: Once[_Outcome], outcome: _Outcome, line: AuditEntry) -> None:
    """Store what is answered, with the change; `line` is the audit line of the same call."""
    answer = once.render(outcome)
    unit.execute(
        _KEEP,
        {
            "key_hash": once.key_hash,
            "request_hmac": once.request_hmac,
            "citizen_id": line.about.citizen_id,
            "interview_id": line.about.interview_id,
            "decision_id": line.decision_id,
            "status": answer.status,
            "headers": canonical(dict(answer.headers)),
            "body": answer.body,
            "recorded_at": to_microseconds(line.at),
        },
    )


def forget(unit: UnitOfWork, now: datetime) -> int:
    """Throw away answers that are no longer given, the oldest first; return how many.

    At most `MOST_AT_ONCE`; two who do it at a time do no harm.
    """
    old = unit.execute(
        select(_KEPT.key_hash)
        .where(_KEPT.recorded_at <= to_microseconds(now - KEPT_FOR))
        .order_by(_KEPT.recorded_at)
        .limit(MOST_AT_ONCE)
    )
    hashes = sorted(old.scalars())
    if hashes:
        unit.execute(delete(tables.kept_answer).where(_KEPT.key_hash.in_(hashes)))
    return len(hashes)
