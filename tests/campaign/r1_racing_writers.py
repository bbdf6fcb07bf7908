"""Sixteen writers begin at once and register on five citizens; no rule is broken in what is stored.

Rules are checked by hand-written ones, on rows read past the registry. Control: a server whose
writers take no lock, without the unique constraints behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.campaign.control import broken_at_last

from tests.campaign.databases import damage, fresh, on_each
from tests.campaign.racing import broken_rules, gaps, race, told
from tests.campaign.row import Row, Scale
from tests.campaign.serving import MEANT_FOR, WITHOUT_LOCK, serving
from tests.campaign.stored import versions

WRITERS, CITIZENS = 16, 5


def run(scale: Scale) -> Iterator[Row]:
    registrations = scale.of(small=240, large=2000)
    with on_each() as kinds:
        for kind, folder in kinds:
            url = fresh(kind, folder)
            with serving(folder / "protected", url, *MEANT_FOR[kind]) as served:
                fared = race(
                    served, registrations=registrations, writers=WRITERS, citizens=CITIZENS
                )
            stored = versions(url)
            accepted = sum(len(each) for each in stored.values())
            broken = [*told(broken_rules(stored)), *gaps(stored), *damage(url)]
            if fared[201] != accepted:
                broken.append(f"{fared[201]} answers 201, but {accepted} interviews")
            if other := {status for status in fared if status not in {201, 422}}:
                broken.append(f"answers other than 201 and 422: {sorted(other)}")
            yield Row(
                *("R1", kind),
                load=f"{registrations:,} registrations, {WRITERS} writers, {CITIZENS} citizens",
                broken=tuple(broken),
                control=broken_at_last(partial(_control, kind, folder, scale)),
                note=f"{accepted} accepted, {fared[422]} refused",
            )


def _control(kind: str, folder: Path, scale: Scale, attempt: int) -> str:
    url = fresh(kind, folder)
    registrations = scale.of(small=240, large=600)
    with serving(folder / f"unprotected-{attempt}", url, command=WITHOUT_LOCK) as served:
        race(served, registrations=registrations, writers=WRITERS, citizens=CITIZENS)
    return "; ".join(told(broken_rules(versions(url))))
