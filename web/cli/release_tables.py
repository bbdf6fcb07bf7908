"""Rulebooks and activations as tables for people and as JSON for programs.

In: releases, activations, files. Out: text on standard output; the same columns in both shapes.
Does not know: where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import click

from engine.facts import Text
from registry.release import Activation, ActivationKind, Release
from web.cli.output import as_json, columns, console, said

SHORT = len("sha256:") + 12
"""As much of an identifier as people are shown in a table; it is enough to name one."""
_RULEBOOK = Text("regelsæt", "rulebook")
_ACTIVE = Text("aktivt", "active")
_PUBLISHED = Text("offentliggjort", "published")
_BY = Text("af", "by")
_CASES = Text("eksempler", "cases")
_ENGINE = Text("program", "engine")
_NOTE = Text("note", "note")
_RELEASE_HEADINGS = (_RULEBOOK, _ACTIVE, _PUBLISHED, _BY, _CASES, _ENGINE, _NOTE)
_ACTIVATION_HEADINGS = (
    Text("nr.", "no."),
    _RULEBOOK,
    Text("slags", "kind"),
    Text("tidspunkt", "at"),
    _BY,
    _NOTE,
)
_KINDS = {
    ActivationKind.START: Text("ved opstart", "start"),
    ActivationKind.WATCH: Text("gemt i mappen", "watch"),
    ActivationKind.PUBLISH: Text("offentliggjort", "publish"),
    ActivationKind.ACTIVATE: Text("aktiveret", "activate"),
    ActivationKind.ROLLBACK: Text("rullet tilbage", "rollback"),
}


def show_releases(releases: tuple[Release, ...], shape: str) -> None:
    """Print every release, the newest first."""
    if shape == "json":
        as_json([plain_release(each) for each in releases])
        return
    rows = [
        (
            each.id[:SHORT],
            said(_ACTIVE) if each.active_since else "",
            _moment(each.published_at),
            each.published_by,
            said(_passed(each)),
            each.engine,
            _line(each.note),
        )
        for each in releases
    ]
    heading, *lines = columns([[said(each) for each in _RELEASE_HEADINGS], *rows])
    out = console()
    out.print(heading, style="bold")
    for each, line in zip(releases, lines, strict=True):
        out.print(line, style="bold green" if each.active_since else None)


def show_activations(activations: tuple[Activation, ...], shape: str) -> None:
    """Print the log of activations, the newest first."""
    newest_first = activations[::-1]
    if shape == "json":
        as_json([plain_activation(each) for each in newest_first])
        return
    rows = [
        (
            str(each.number),
            each.rulebook[:SHORT],
            said(_KINDS[each.kind]),
            _moment(each.at),
            each.by,
            _line(each.note),
        )
        for each in newest_first
    ]
    heading, *lines = columns([[said(each) for each in _ACTIVATION_HEADINGS], *rows])
    out = console()
    out.print(heading, style="bold")
    for line in lines:
        out.print(line)


def show_release(
    release: Release, files: Mapping[str, bytes], log: tuple[Activation, ...], shape: str
) -> None:
    """Print one release whole, with the sizes of its files and when it was activated."""
    if shape == "json":
        as_json(
            plain_release(release)
            | {
                "files": {name: content.decode() for name, content in files.items()},
                "activations": [plain_activation(each) for each in log],
            }
        )
        return
    since = said(Text("nej", "no"))
    if release.active_since is not None:
        since = f"{said(Text('siden', 'since'))} {_moment(release.active_since)}"
    by = said(_BY)
    rows = [
        (said(_RULEBOOK), release.id),
        (said(_ACTIVE), since),
        (said(_PUBLISHED), f"{_moment(release.published_at)} {by} {release.published_by}"),
        (said(_ENGINE), release.engine),
        (said(_CASES), said(_passed(release))),
        (said(_NOTE), _line(release.note)),
        *(
            (said(Text("fil", "file")), f"{name}, {len(text)} bytes")
            for name, text in files.items()
        ),
        *((said(_KINDS[each.kind]), f"{_moment(each.at)} {by} {each.by}") for each in log),
    ]
    for line in columns(rows):
        click.echo(line)


def plain_release(release: Release) -> dict[str, object]:
    """Return a release as JSON shows it."""
    since = release.active_since
    return {
        "rulebook": release.id,
        "activeSince": None if since is None else _moment(since),
        "publishedAt": _moment(release.published_at),
        "publishedBy": release.published_by,
        "note": release.note,
        "casesRun": release.cases_run,
        "casesPassed": release.cases_passed,
        "engine": release.engine,
    }


def plain_activation(activation: Activation) -> dict[str, object]:
    """Return an activation as JSON shows it."""
    return {
        "number": activation.number,
        "rulebook": activation.rulebook,
        "kind": activation.kind.value,
        "at": _moment(activation.at),
        "by": activation.by,
        "note": activation.note,
    }


def _passed(release: Release) -> Text:
    passed, run = release.cases_passed, release.cases_run
    return Text(f"{passed} af {run}", f"{passed} of {run}")


def _line(text: str) -> str:
    return " ".join(text.split())


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
