"""The parts of one POST, and to which of them a frame of its stack belongs.

In: file and function of a frame. Out: a part; None for code that works for whoever called it.
Does not know: time.
"""

from __future__ import annotations

from functools import cache

SERVER = "server, sockets, client"
HTTP = "Flask"
ADMISSION = "token, admission"
JSON = "JSON in, schema"
FACTS = "facts"
COMPILED = "rules, compiled"
DURABLE = "rules, durable_rules"
WORDS = "words"
REGISTRY = "registry"
DOCUMENTS = "JSON documents, hash"
STATEMENTS = "statements"
COMMIT = "commit"
ANSWER = "JSON out"
LOG = "log, figures"
OTHERWISE = HTTP
PARTS = (
    SERVER,
    HTTP,
    ADMISSION,
    LOG,
    COMMIT,
    STATEMENTS,
    REGISTRY,
    DOCUMENTS,
    JSON,
    ANSWER,
    FACTS,
    COMPILED,
    DURABLE,
    WORDS,
)
OF_RULES_AND_JSON = (DOCUMENTS, JSON, ANSWER, FACTS, COMPILED, DURABLE, WORDS)
"""Rules, checking and JSON: all that a bare insert of the same rows would not do, but for them."""

# Where one file works for several parts, its functions are named; what stands first counts.
_PLACES: tuple[tuple[str, str, str | None], ...] = (
    ("engine/durable/", "", DURABLE),
    ("/durable/engine.py", "", DURABLE),
    ("engine/explain/", "", WORDS),
    ("engine/facts.py", "", None),
    ("engine/operators.py", "", None),
    ("engine/dated.py", "", None),
    ("engine/", "", COMPILED),
    ("<program ", "", COMPILED),
    ("registry/days.py", "", None),
    ("registry/documents.py", "", DOCUMENTS),
    ("registry/audit.py", "hash_of", DOCUMENTS),
    ("registry/facts.py", "", FACTS),
    ("registry/judgement.py", "", FACTS),
    ("registry/storage.py", "commit", COMMIT),
    ("registry/storage.py", "write", None),
    ("registry/storage.py", "", STATEMENTS),
    ("registry/statements.py", "", STATEMENTS),
    ("registry/dialects.py", "", STATEMENTS),
    ("registry/fair_lock.py", "", STATEMENTS),
    ("registry/", "", REGISTRY),
    ("web/api/admission.py", "", ADMISSION),
    ("web/api/tokens.py", "", ADMISSION),
    ("web/api/proved_tokens.py", "", ADMISSION),
    ("web/api/rates.py", "", ADMISSION),
    ("web/api/request_body.py", "", JSON),
    ("web/api/schemas.py", "", JSON),
    ("web/api/citizen_number.py", "", JSON),
    ("web/api/faults.py", "", JSON),
    ("web/api/wire_times.py", "show_instant", ANSWER),
    ("web/api/wire_times.py", "", JSON),
    ("web/api/wire.py", "show_interview", ANSWER),
    ("web/api/wire.py", "show_participant", ANSWER),
    ("web/api/wire.py", "", JSON),
    ("web/api/wire_decisions.py", "", ANSWER),
    ("web/api/answers.py", "counted", None),
    ("web/api/answers.py", "answer", ANSWER),
    ("web/api/answers.py", "answer_in_language", ANSWER),
    ("web/api/interviews.py", "_receipt", ANSWER),
    ("web/api/interviews.py", "_created", ANSWER),
    ("web/api/language.py", "", ANSWER),
    ("web/api/metrics.py", "", LOG),
    ("web/api/request_log.py", "", LOG),
    ("web/api/redaction.py", "", LOG),
    ("web/api/routes.py", "_record", LOG),
    ("/structlog/", "", LOG),
    ("/prometheus_client/", "", LOG),
    ("web/api/", "", HTTP),
    ("/flask/app.py", "", HTTP),
)


@cache
def part_of(file: str, function: str) -> str | None:
    """Return the part that a frame belongs to, None when its caller knows."""
    for place, named, part in _PLACES:
        found = place in file and ("site-packages" not in file or place.startswith("/"))
        if found and named in ("", function):
            return part
    return None
