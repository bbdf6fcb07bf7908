"""`samtale explain`: one decision in words, and what would have been accepted instead.

In: the id of a stored decision, the name of a case, or a file with a request. Out: a tree or JSON.
Does not know: how anything is decided or told. Names and free text in the facts are not shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from engine.cases.files import Case
from engine.decide import Decider
from engine.explain.account import account
from engine.facts import Facts, FactsError, Text, read_facts
from engine.what_passes import nearest_accepted
from registry.commands import Caller
from registry.own_facts import OWN_FACTS, consistent
from web.cli.explain_report import Explained, show_explained
from web.cli.options import (
    CouldNotRun,
    language_option,
    plain_format_option,
    setting_options,
    settings_from,
)
from web.cli.output import said, wrong_usage
from web.cli.rulebook import read, read_with_cases, refuse
from web.settings import Settings

if TYPE_CHECKING:
    from web.api.faults import Fault

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be explained: facts of one operation, and by whom they are decided."""

    called: str
    decider: Decider
    operation: str
    facts: Facts


@click.command()
@click.argument("decision_id", required=False)
@click.option(
    "--case",
    envvar="SAMTALE_CASE",
    show_envvar=True,
    metavar='"FILE: NAME"',
    help="Explain a case: its name, or the name of its file, a colon and its name.",
)
@click.option(
    "--request",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="SAMTALE_REQUEST",
    show_envvar=True,
    metavar="FILE",
    help="Explain a JSON request as `POST /v1/decisions` takes it, with a citizen made up in it.",
)
@click.option(
    "--org-type",
    envvar="SAMTALE_ORG_TYPE",
    show_envvar=True,
    help="With --request: type of the organisation that registers; else the responsible one's.",
)
@click.option(
    "--org-code",
    envvar="SAMTALE_ORG_CODE",
    show_envvar=True,
    help="With --request: code of the organisation that registers; else the responsible one's.",
)
@setting_options("rules", "config", "cases", "database_url", "engines")
@plain_format_option
@language_option
def explain(
    decision_id: str | None,
    case: str | None,
    request: Path | None,
    org_type: str | None,
    org_code: str | None,
    shape: str,
    language: str,
    **given: Any,
) -> None:
    """Explain one decision: what decided, what did not and why, and what would pass.

    Name a stored decision by its DECISION_ID, a case, or a request. A stored decision is explained
    with the rulebook it was made with, and the look at it is noted in the audit log.
    """
    if sum(each is not None for each in (decision_id, case, request)) != 1:
        raise wrong_usage(
            "angiv én ting: en afgørelses nummer, `--case` eller `--request`",
            "name one of a decision's id, `--case` and `--request`",
        )
    settings = settings_from(given)
    if decision_id is not None:
        asked = _stored(decision_id, settings)
    elif case is not None:
        asked = _case(case, settings, shape)
    else:
        assert request is not None  # noqa: S101  # one of the three is there
        asked = _request(request, settings, shape, org_type, org_code)
    show_explained(_explained(asked, language), shape)


def _explained(asked: _Asked, language: str) -> Explained:
    decider, rulebook = asked.decider, asked.decider.rulebook
    decision = decider.decide(asked.operation, asked.facts, traced=True)
    return Explained(
        asked.called,
        decision,
        account(decision, rulebook.catalogue, rulebook.tables),
        None
        if decision.accepted
        else nearest_accepted(decider, asked.operation, asked.facts, OWN_FACTS, consistent),
        rulebook,
        language,
    )


# --- a stored decision ----------------------------------------------------------------------------


def _stored(decision_id: str, settings: Settings) -> _Asked:
    # imported here, so that explaining a case does not wait for a database
    from registry.decision_reading import read_decision
    from registry.errors import NotFound
    from web.cli.operator import operator
    from web.cli.stored_rules import opened

    try:
        asked = str(UUID(decision_id))
    except ValueError:
        raise wrong_usage(
            "ventede en afgørelses nummer som `3f2b8c1e-…`: 32 tegn i fem grupper",
            "expected the id of a decision, such as `3f2b8c1e-…`: 32 digits in five groups",
        ) from None
    with opened(settings) as (database, releases):
        try:
            stored = read_decision(database, operator(), asked, datetime.now(UTC))
        except NotFound:
            raise wrong_usage(
                f"der er ingen afgørelse `{asked}` i databasen",
                f"there is no decision `{asked}` in the database",
            ) from None
        decider = releases.decider_of(stored.line.rulebook)
    try:
        facts = read_facts(decider.rulebook.catalogue, stored.line.operation, stored.facts)
    except FactsError:
        raise CouldNotRun(
            said(
                Text(
                    f"afgørelsen `{asked}` kan ikke forklares: dens oplysninger passer ikke til "
                    "dens regelsæt; kør `samtale verify-decisions`",
                    f"decision `{asked}` cannot be explained: its facts are not those of its "
                    "rulebook; run `samtale verify-decisions`",
                )
            )
        ) from None
    return _Asked(asked, decider, stored.line.operation, facts)


# --- a case ---------------------------------------------------------------------------------------


def _case(name: str, settings: Settings, shape: str) -> _Asked:
    rulebook, cases = read_with_cases(settings, "human" if shape == "json" else shape)
    found = [each for each in cases if _is_called(each, name)]
    if len(found) != 1:
        raise _not_one(name, found, cases)
    case = found[0]
    return _Asked(
        f"{case.place}: {case.name.da}",
        Decider(rulebook, settings.engines),
        case.operation,
        case.facts,
    )


def _is_called(case: Case, name: str) -> bool:
    """Tell whether `file: name` or `name` means the case, whatever the letters' case."""
    wanted = name.strip().casefold()
    files = (case.file, Path(case.file).name, Path(case.file).stem)
    names = {each.casefold() for each in (case.name.da, case.name.en)}
    return wanted in names or any(
        wanted == f"{file.casefold()}: {each}" for file in files for each in names
    )


def _not_one(name: str, found: list[Case], cases: tuple[Case, ...]) -> click.UsageError:
    if found:
        files = ", ".join(f"`{Path(each.file).stem}: {name}`" for each in found[:_MOST_NAMED])
        return wrong_usage(
            f"{len(found)} eksempler hedder `{name}`; skriv et af {files}",
            f"{len(found)} cases are called `{name}`; write one of {files}",
        )
    listed = {f"{Path(each.file).stem}: {each.name.da}": each for each in cases}
    near = ", ".join([f"`{each}`" for each in _near(name, listed)][:_MOST_NAMED])
    return wrong_usage(
        f"der er intet eksempel `{name}`" + (f"; der er {near}" if near else ""),
        f"there is no case `{name}`" + (f"; there is {near}" if near else ""),
    )


def _near(name: str, listed: Iterable[str]) -> list[str]:
    """Return the cases that hold all the words, else those that are written alike."""
    known = list(listed)
    asked = name.casefold().replace(":", " ").split()
    holding = [each for each in known if all(word in each.casefold() for word in asked)]
    return holding or get_close_matches(name, known, n=_MOST_NAMED, cutoff=0.5)


# --- a request ------------------------------------------------------------------------------------


def _request(
    path: Path, settings: Settings, shape: str, org_type: str | None, org_code: str | None
) -> _Asked:
    from registry.supposed import supposed_facts
    from web.api.problems import ProblemRaised
    from web.api.request_body import read_json
    from web.api.schemas import check
    from web.api.wire_decisions import faults_of_what_if, what_if

    rulebook, problems = read(settings)
    if rulebook is None:
        refuse(problems, "human" if shape == "json" else shape)
    try:
        body = read_json(path.read_bytes())
    except ProblemRaised as raised:
        raise _faulty(path, raised.errors) from None
    faults = check("DecisionRequest", body)
    if not faults:
        faults = faults_of_what_if(body)
    if faults:
        raise _faulty(path, faults)
    wish = what_if(body, None)
    if wish.citizen is None:
        raise wrong_usage(
            f"`{path}` har ingen `citizen`; find på en, og skriv den i filen",
            f"`{path}` has no `citizen`; make one up in it",
        )
    authority = wish.content.responsible_authority
    caller = Caller(
        org_type or authority.organisation_type, org_code or authority.organisation, "", ""
    )
    facts = supposed_facts(rulebook.catalogue, caller, wish, datetime.now(UTC))
    return _Asked(f"{path}", Decider(rulebook, settings.engines), wish.operation, facts)


def _faulty(path: Path, faults: Iterable[Fault]) -> click.UsageError:
    listed = [(each.pointer, each.da, each.en) for each in faults]
    da = "; ".join(f"{at or 'filen'}: {words}" for at, words, _ in listed)
    en = "; ".join(f"{at or 'the file'}: {words}" for at, _, words in listed)
    return wrong_usage(
        f"`{path}` er ikke en anmodning, der kan forklares: {da}",
        f"`{path}` is no request that can be explained: {en}",
    )
