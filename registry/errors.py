"""Why the registry did not answer: its exceptions.

In: nothing. Out: `RegistryError` and what derives from it.
Does not know: HTTP. A refusal is not among them: it is a value, `outcome.Refused`. No message
carries a civil registration number, a name or free text.
"""

from __future__ import annotations

from typing import final

from engine.cases.results import CaseResult


class RegistryError(Exception):
    """Root of everything the registry raises."""


@final
class NotFound(RegistryError):
    """Unknown, or about a citizen whom the caller may not see; the two are never told apart."""

    def __init__(self) -> None:
        super().__init__("there is no such citizen, interview or participant")


@final
class Conflict(RegistryError):
    """Someone changed the interview meanwhile; `current` is the version it has now."""

    def __init__(self, expected: int | frozenset[int], current: int) -> None:
        self.expected = expected
        self.current = current
        versions = {expected} if isinstance(expected, int) else expected
        named = " or ".join(str(each) for each in sorted(versions))
        super().__init__(f"expected version {named}, found version {current}")


@final
class NotAuthorised(RegistryError):
    """Organisations of this type may not do this to any citizen; `code` is the published one."""

    code = "4575"

    def __init__(self, organisation_type: str, operation: str) -> None:
        self.organisation_type = organisation_type
        self.operation = operation
        super().__init__(
            f"an organisation of type `{organisation_type}` may not call `{operation}`"
        )


@final
class Unavailable(RegistryError):
    """The database cannot do it now; the same call may be made again.

    `cause` is busy, collision, full, memory, disk, connection or interrupted: nothing was stored.
    It is undecided when the connection was lost in the commit: all of it was stored, or nothing.
    Whoever asks whether the service is ready hears `rulebook` when the active one cannot be used.
    """

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(f"the database is not available: {cause}")


@final
class KeyInUse(RegistryError):
    """The first call with this idempotency key is still running: nothing was done by this one."""

    def __init__(self) -> None:
        super().__init__("another call with this idempotency key is running")


@final
class KeyOfOtherCall(RegistryError):
    """The caller has used this idempotency key for another call: nothing was done by this one."""

    def __init__(self) -> None:
        super().__init__("expected the call that this idempotency key was used for")


@final
class DatabaseFault(RegistryError):
    """The database refused a statement that should have worked: a fault of this program."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(f"the database refused a statement: {kind}")


@final
class NotSetUp(RegistryError):
    """The database is not there, or its tables are not those of this program."""

    def __init__(self, found: str) -> None:
        super().__init__(f"expected a database that `samtale` has set up, found {found}")


@final
class FactsNotSupplied(RegistryError):
    """The fact catalogue names facts that the registry cannot give; `names` holds each."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        listed = ", ".join(f"`{name}`" for name in names)
        super().__init__(f"the fact catalogue names what the registry cannot give: {listed}")


@final
class HistoryUnusable(RegistryError):
    """A history cannot be read, written or decided on; the reason is for whoever named it."""


@final
class ReplayRunning(RegistryError):
    """Another replay holds the work folder; nothing was done."""

    def __init__(self) -> None:
        super().__init__("another replay is running; wait until it has ended")


@final
class SequenceOpen(RegistryError):
    """The subscriber has messages in hand already, in the sequence `sequence_id`."""

    def __init__(self, sequence_id: str) -> None:
        self.sequence_id = sequence_id
        super().__init__(f"another sequence is open: `{sequence_id}`")


@final
class SequenceOver(RegistryError):
    """The sequence is terminated, closed or expired (`state`), and this needs an open one."""

    def __init__(self, sequence_id: str, state: str) -> None:
        self.sequence_id = sequence_id
        self.state = state
        super().__init__(f"expected an open sequence, found one that is {state}")


@final
class SubscriptionsRefused(RegistryError):
    """The wanted list cannot be had; nothing of it was done.

    `faults` holds a place in the list, counting from 0 (None: the list), and what was expected.
    """

    def __init__(self, faults: tuple[tuple[int | None, str], ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"expected {expected}" for _, expected in faults))


@final
class LeaseLost(RegistryError):
    """Another relay or an operator has taken the stream over: nothing was marked."""

    def __init__(self) -> None:
        super().__init__("the stream is no longer held by this relay")


@final
class NotNext(RegistryError):
    """A message can be skipped at the head of its stream only; `expected` stands there."""

    def __init__(self, number: int, expected: int | None) -> None:
        self.number = number
        self.expected = expected
        there = "nothing" if expected is None else f"message {expected}"
        super().__init__(f"expected the next message of the stream, which is {there}")


@final
class NotKept(RegistryError):
    """The log does not hold this number: it holds `first` up to `last`."""

    def __init__(self, number: int, first: int, last: int) -> None:
        self.number = number
        self.first = first
        self.last = last
        super().__init__(f"expected a number from {first} to {last}, found {number}")


@final
class NoActiveRulebook(RegistryError):
    """Nothing was ever activated in this database, so nothing can be decided."""

    def __init__(self) -> None:
        super().__init__(
            "no rulebook is active: start `samtale serve`, or `samtale publish --activate` one"
        )


@final
class NoSuchRulebook(RegistryError):
    """No rulebook of this identifier was published, or the beginning of one fits several."""

    def __init__(self, named: str, fitting: int = 0) -> None:
        self.named = named
        self.fitting = fitting
        found = f"{fitting} of them" if fitting else "none"
        super().__init__(f"expected one published rulebook `{named}`, found {found}")


@final
class RulebookDamaged(RegistryError):
    """What is stored under the identifier is not what was published: somebody changed the row."""

    def __init__(self, rulebook: str) -> None:
        self.rulebook = rulebook
        super().__init__(
            f"the stored rulebook `{rulebook}` is not the one that was published: "
            "restore its row of `rulebook_release` from a backup"
        )


@final
class NothingToRollBackTo(RegistryError):
    """No rulebook was active before the present one."""

    def __init__(self) -> None:
        super().__init__("expected a rulebook that was active before this one, found none")


@final
class RulebookNotAtHand(RegistryError):
    """The active rulebook has to be fetched first, outside this transaction; see `in_force`."""

    def __init__(self, rulebook: str) -> None:
        self.rulebook = rulebook
        super().__init__(f"the rulebook `{rulebook}` is not at hand")


@final
class CasesFailed(RegistryError):
    """The rulebook answers cases otherwise than expected; `results` holds those that passed too."""

    def __init__(self, results: tuple[CaseResult, ...]) -> None:
        self.results = results
        self.failed = tuple(each for each in results if not each.passed)
        super().__init__(
            f"expected every case to pass, {len(self.failed)} of {len(results)} did not"
        )
