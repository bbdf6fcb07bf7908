"""*Prøv en samtale*: the form, and the verdict as you type.

In: forms. Out: pages, or the part of a page that a script asked for. Nothing is registered.
Does not know: rules. A civil registration number comes in the body of a form and goes no further
than the registry: it stands in no address, and on no page that is answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import Response, g, request

from engine.cases.files import Case
from engine.facts import Facts, Text
from engine.model import Rulebook
from registry.errors import NotFound
from registry.facts import citizen_facts
from web.ui.editing.saving import NotSaved, Saver
from web.ui.pages import Entry, Page
from web.ui.parts import parts, signed_in
from web.ui.preferences import language
from web.ui.rendering import for_htmx, page
from web.ui.trial.case_text import CaseRefused, case_text, file_name
from web.ui.trial.drawing import Drawing, drawn
from web.ui.trial.examples import EXAMPLES, example, new_row
from web.ui.trial.form import MOST_ROWS, Form, form_of, rows_in
from web.ui.trial.passes import Way, ways_to_pass
from web.ui.trial.submitted import Submitted, inputs_of, read_inputs
from web.ui.trial.verdict import NotDecided, Verdict, verdict_of
from web.ui.viewer import Right
from web.ui.wording import TEXTS

PATH = "/proev"
VERDICT = "verdict"
"""The id of the part that a script asks for while somebody types."""
LOOKED_UP = Text(
    "Borgerens oplysninger er hentet ind i formularen. Nummeret gemmes ikke.",
    "What is known of the citizen has been put into the form. The number is not kept.",
)
NO_CITIZEN = Text(
    "Der er ingen borger med det nummer, eller du må ikke se alle borgerens samtaler.",
    "There is no citizen with that number, or you may not see all of the citizen's interviews.",
)
NO_NUMBER = Text(
    "Et personnummer er ti cifre: fødselsdagen og fire cifre til.",
    "A civil registration number is ten digits: the day of birth and four more.",
)
_CPR = re.compile(r"[0-9]{6}[- ]?[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a page shows of one trial."""

    rulebook: Rulebook
    operation: str
    form: Form
    faults: Mapping[str, Text]
    facts: Facts | None
    verdict: Verdict | None = None
    not_decided: Text | None = None
    drawing: Drawing | None = None
    notice: Text | None = None
    alarm: Text | None = None
    focus: str = ""
    """The id of the element that gets the cursor, when a row was added or removed."""
    case_name: str = ""
    case: str | None = None
    example: str = ""
    ways: tuple[Way, ...] | None = None
    """What would make it pass; None as long as nobody has looked for it."""

    def title_of(self, rule: str) -> Text:
        """Return the title of a rule that spoke up."""
        branches = () if self.verdict is None else self.verdict.branches
        found = (each.title for each in branches if each.rule == rule)
        return next(found, Text(rule, rule))


def show() -> Response:
    """Show the form, filled in with an example or with a case of the analysts'."""
    rulebook = parts().decider().rulebook
    stated = request.args.get("sag")
    case = None if stated is None else _case(stated, rulebook)
    if case is not None:
        inputs = inputs_of(rulebook, case.operation, case.facts)
        title = case.name.in_language(language())
        return _answer(
            replace(_tried(case.operation, inputs), case_name=title, example=stated or "")
        )
    chosen = example(request.args.get("eksempel"))
    operation = _operation(request.args.get("operation", chosen.operation), rulebook)
    inputs = inputs_of(rulebook, operation, chosen.facts(parts().clock()))
    return _answer(replace(_tried(operation, inputs), example=chosen.key))


def tried() -> Response:
    """Answer what was typed, add or remove a row, or write it down as a case."""
    rulebook = parts().decider().rulebook
    operation = _operation(request.form.get("operation", ""), rulebook)
    before = request.form.get("operation_before", operation)
    inputs = {name: text for name, text in request.form.items() if "." in name}
    if before != operation:
        # what the new operation asks for besides begins as the example has it
        base = inputs_of(rulebook, operation, EXAMPLES[0].facts(parts().clock()))
        inputs = {**base, **inputs}
    done, _, rest = request.form.get("do", "").partition(":")
    focus = ""
    if done == "add":
        focus = _add(rulebook, operation, rest, inputs)
    elif done == "remove":
        focus = _remove(rest, inputs)
    trial = replace(
        _tried(operation, inputs), focus=focus, case_name=request.form.get("case_name", "")[:200]
    )
    if done in {"case", "download", "keep"}:
        return _as_case(trial, done)
    return _answer(trial)


def would_pass() -> Response:
    """Return what would make it pass, as a part of the page; it is asked for after the verdict."""
    trial = _read(request.form)
    return page("trial_ways.html", trial=replace(trial, ways=_ways(trial)))


def looked_up() -> Response:
    """Fill in the form with what is known of a citizen whom the viewer may see."""
    rulebook = parts().decider().rulebook
    now = parts().clock()
    operation = "create_interview"
    stated = inputs_of(rulebook, operation, EXAMPLES[0].facts(now))
    number = re.sub(r"[- ]", "", request.form.get("cpr", "").strip())
    if not _CPR.fullmatch(number):
        return _answer(replace(_tried(operation, stated), alarm=NO_NUMBER), 400)
    seen = signed_in()
    try:
        known = parts().registry.known_of(seen.caller(g.request_id), number)
    except NotFound:
        return _answer(replace(_tried(operation, stated), alarm=NO_CITIZEN), 404)
    facts = {
        **EXAMPLES[0].facts(now),
        **citizen_facts(known.facts, known.interviews),
        "caller.organisation_type": seen.organisation_type,
        "caller.organisation": seen.organisation,
    }
    trial = _tried(operation, inputs_of(rulebook, operation, facts))
    return _answer(replace(trial, notice=LOOKED_UP))


def _tried(operation: str, inputs: Mapping[str, str]) -> Trial:
    decider = parts().decider()
    rulebook = decider.rulebook
    read: Submitted = read_inputs(rulebook, operation, inputs)
    form = form_of(rulebook, operation, inputs, read.faults, _day(inputs))
    trial = Trial(rulebook, operation, form, read.faults, read.facts)
    if read.facts is None:
        return trial
    try:
        verdict = verdict_of(decider, operation, read.facts)
    except NotDecided as reason:
        return replace(trial, not_decided=reason.why)
    timeline = verdict.timeline
    return replace(trial, verdict=verdict, drawing=None if timeline is None else drawn(timeline))


def _answer(trial: Trial, status: int = 200) -> Response:
    whole = request.headers.get("HX-Target") != VERDICT
    if not for_htmx():
        # a script asks for this afterwards, so that the verdict does not wait
        trial = replace(trial, ways=_ways(trial))
    return page(
        "trial.html" if whole else "trial_verdict.html",
        status,
        trial=trial,
        examples=EXAMPLES,
        operations=_operations(trial.rulebook),
        editing=_may_save(),
    )


def _read(form: Mapping[str, str]) -> Trial:
    rulebook = parts().decider().rulebook
    operation = _operation(form.get("operation", ""), rulebook)
    return _tried(operation, {name: text for name, text in form.items() if "." in name})


def _ways(trial: Trial) -> tuple[Way, ...]:
    if trial.facts is None or trial.verdict is None or trial.verdict.decision.accepted:
        return ()
    return ways_to_pass(parts().decider(), trial.operation, trial.facts)


def _as_case(trial: Trial, done: str) -> Response:
    if trial.verdict is None or trial.facts is None:
        return _answer(trial, 400)
    try:
        text = case_text(
            trial.rulebook, trial.case_name, trial.operation, trial.facts, trial.verdict.decision
        )
    except CaseRefused as refused:
        return _answer(replace(trial, alarm=refused.why, focus="case-name"), 400)
    name = file_name(trial.case_name)
    if done == "download":
        response = Response(text, mimetype="text/yaml")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    trial = replace(trial, case=text)
    if done == "keep" and _may_save():
        return _answer(_kept(trial, name, text))
    return _answer(trial)


def _kept(trial: Trial, name: str, text: str) -> Trial:
    desk = parts().desk
    assert desk is not None  # noqa: S101  # `_may_save` was asked
    path = f"tests/cases/{name}"
    try:
        Saver(desk, parts().registry, signed_in().caller(g.request_id)).keep(path, text)
    except NotSaved as refused:
        return replace(trial, alarm=refused.why)
    said = TEXTS["trial.case_kept"]
    return replace(trial, notice=Text(said.da.format(name=name), said.en.format(name=name)))


def _may_save() -> bool:
    return parts().desk is not None and signed_in().analyst


def _add(rulebook: Rulebook, operation: str, name: str, inputs: dict[str, str]) -> str:
    fact = rulebook.catalogue.of_operations([operation]).get(name)
    numbers = rows_in(name, inputs)
    if fact is None or len(numbers) >= MOST_ROWS:
        return ""
    number = numbers[-1] + 1 if numbers else 0
    row = new_row(fact, parts().clock(), rulebook.tables)
    added = inputs_of(rulebook, operation, {name: [row]})
    fields = {key.replace(f"{name}.0.", f"{name}.{number}."): text for key, text in added.items()}
    inputs.update(fields)
    return next(iter(fields), "").replace(".", "-")


def _remove(row: str, inputs: dict[str, str]) -> str:
    for name in [each for each in inputs if each.startswith(f"{row}.")]:
        del inputs[name]
    return "add-" + row.rpartition(".")[0].replace(".", "-")


def _operation(stated: str, rulebook: Rulebook) -> str:
    known = rulebook.catalogue.operations
    return stated if stated in known else next(iter(known))


def _operations(rulebook: Rulebook) -> tuple[tuple[str, Text], ...]:
    return tuple(
        (name, TEXTS.get(f"operation.{name}", Text(name, name)))
        for name in rulebook.catalogue.operations
        if rulebook.rules_of(name)
    )


def _day(inputs: Mapping[str, str]) -> date:
    """Return the day codes are named as on: the day held or asked about, else today."""
    for name in ("interview.held_at", "interview.held_on", "access.day", "change.recorded_on"):
        try:
            return datetime.fromisoformat(inputs[name]).date()
        except (KeyError, ValueError):
            continue
    return parts().clock().date()


def _case(stated: str, rulebook: Rulebook) -> Case | None:
    """Return the case that `tests/cases/….yaml:12` names by its file and line."""
    return next((each for each in parts().cases(rulebook) if case_key(each) == stated), None)


def case_key(case: Case) -> str:
    """Return how an address names a case."""
    return f"{case.file}:{case.place.line}"


PAGES = (
    Page(PATH, "trial", show, Right.TRY, entry=Entry("trial.entry", 20)),
    Page(PATH, "try", tried, Right.TRY, methods=("POST",)),
    Page(f"{PATH}/hvis", "would_pass", would_pass, Right.TRY, methods=("POST",)),
    Page(f"{PATH}/borger", "look_up", looked_up, Right.TRY, methods=("POST",)),
)
