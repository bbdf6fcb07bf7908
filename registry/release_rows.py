"""Releases and activations as stored: written once, read, never changed.

In: a unit of work. Out: the values of `release.py`, and the files of a rulebook as they were
published.
Does not know: whether a rulebook is any good. That its content still makes its identifier is for
who reads it to see.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from hashlib import sha256

import orjson
from sqlalchemy import Row, insert, select, update

from registry import tables
from registry.days import from_microseconds, to_microseconds
from registry.documents import canonical
from registry.errors import NoSuchRulebook, RulebookDamaged
from registry.release import Activation, ActivationKind, Present, Release
from registry.statements import Fixed
from registry.storage import UnitOfWork

MOST_BYTES = 64 * 1024 * 1024
"""All files of a rulebook together; a damaged row unpacks to no more."""

_RELEASE = tables.rulebook_release.c
_ACTIVATION = tables.rulebook_activation.c
_PRESENT = tables.active_rulebook.c
_SHORT = (
    _RELEASE.rulebook_id,
    _RELEASE.published_at,
    _RELEASE.published_by,
    _RELEASE.note,
    _RELEASE.cases_run,
    _RELEASE.cases_passed,
    _RELEASE.engine,
    _ACTIVATION.at,
)
_RELEASES = (
    select(*_SHORT)
    .outerjoin_from(
        tables.rulebook_release,
        tables.active_rulebook,
        _PRESENT.rulebook_id == _RELEASE.rulebook_id,
    )
    .outerjoin(tables.rulebook_activation, _ACTIVATION.number == _PRESENT.activation)
)
_ACTIVE = Fixed(select(_PRESENT.rulebook_id))


def active(unit: UnitOfWork) -> str | None:
    """Return the identifier of the rulebook that decides; asked in every registration and read."""
    found: str | None = unit.execute(_ACTIVE).scalar_one_or_none()
    return found


def present(unit: UnitOfWork, *, lock: bool = False) -> Present:
    """Return what is active; `lock` keeps others from activating until the unit ends."""
    query = select(_PRESENT.rulebook_id, _PRESENT.activation, _PRESENT.folder)
    row = unit.execute(query.with_for_update() if lock else query).one()
    return Present(row.rulebook_id, row.activation, row.folder)


def find(unit: UnitOfWork, rulebook: str) -> Release | None:
    """Return the release with this identifier."""
    row = unit.execute(_RELEASES.where(_RELEASE.rulebook_id == rulebook)).one_or_none()
    return None if row is None else _release(row)


def all_releases(unit: UnitOfWork) -> tuple[Release, ...]:
    """Return every release, the newest first."""
    query = _RELEASES.order_by(_RELEASE.published_at.desc(), _RELEASE.rulebook_id)
    return tuple(_release(row) for row in unit.execute(query))


def files_of(unit: UnitOfWork, rulebook: str) -> dict[str, bytes]:
    """Return the content of every file by its name (`rules/registration.yaml`).

    Raises `NoSuchRulebook`, and `RulebookDamaged` when the bytes are not those that were written.
    """
    row = unit.execute(
        select(_RELEASE.content, _RELEASE.content_hash).where(_RELEASE.rulebook_id == rulebook)
    ).one_or_none()
    if row is None:
        raise NoSuchRulebook(rulebook)
    try:
        unpacked = zlib.decompressobj()
        document = unpacked.decompress(row.content, MOST_BYTES)
        if sha256(document).hexdigest() != row.content_hash:
            raise RulebookDamaged(rulebook)
        return {name: text.encode() for name, text in orjson.loads(document).items()}
    except (zlib.error, ValueError, TypeError, AttributeError):
        raise RulebookDamaged(rulebook) from None


def write(unit: UnitOfWork, release: Release, files: Mapping[str, bytes]) -> None:
    """Store a release; the files are UTF-8, as every rulebook that was read."""
    document = canonical({name: content.decode() for name, content in files.items()}).encode()
    unit.execute(
        insert(tables.rulebook_release),
        {
            "rulebook_id": release.id,
            "content": zlib.compress(document, 9),
            "content_hash": sha256(document).hexdigest(),
            "published_at": to_microseconds(release.published_at),
            "published_by": release.published_by,
            "note": release.note,
            "cases_run": release.cases_run,
            "cases_passed": release.cases_passed,
            "engine": release.engine,
        },
    )


def activations(unit: UnitOfWork) -> tuple[Activation, ...]:
    """Return the log of activations, the first one first."""
    query = select(tables.rulebook_activation).order_by(_ACTIVATION.number)
    return tuple(
        Activation(
            row.number,
            row.rulebook_id,
            ActivationKind(row.kind),
            from_microseconds(row.at),
            row.by,
            row.note,
        )
        for row in unit.execute(query)
    )


def activate(unit: UnitOfWork, activation: Activation) -> None:
    """Write the next line of the log and make its rulebook the active one."""
    unit.execute(
        insert(tables.rulebook_activation),
        {
            "number": activation.number,
            "rulebook_id": activation.rulebook,
            "kind": activation.kind.value,
            "at": to_microseconds(activation.at),
            "by": activation.by,
            "note": activation.note,
        },
    )
    unit.execute(
        update(tables.active_rulebook),
        {"rulebook_id": activation.rulebook, "activation": activation.number},
    )


def note_folder(unit: UnitOfWork, rulebook: str) -> None:
    """Note which rulebook stands in the folder."""
    unit.execute(update(tables.active_rulebook), {"folder": rulebook})


def _release(row: Row[tuple[object, ...]]) -> Release:
    return Release(
        row.rulebook_id,
        from_microseconds(row.published_at),
        row.published_by,
        row.note,
        row.cases_run,
        row.cases_passed,
        row.engine,
        None if row.at is None else from_microseconds(row.at),
    )
