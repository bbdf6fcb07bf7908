"""Operations and outcomes of the audit log in words that a citizen understands.

In: names as the log keeps them. Out: words in Danish and English.
Does not know: who did it. A test holds that nothing is without words.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.facts import Text
from registry import commands
from registry.audit import AuditOutcome

OPERATIONS: Mapping[str, Text] = {
    commands.CREATE_INTERVIEW: Text("registrering af en samtale", "registering an interview"),
    commands.UPDATE_INTERVIEW: Text("ændring af en samtale", "changing an interview"),
    commands.ADD_PARTICIPANT: Text(
        "tilføjelse af en deltager i en samtale", "adding a participant to an interview"
    ),
    commands.UPDATE_PARTICIPANT: Text(
        "ændring af en deltager i en samtale", "changing a participant of an interview"
    ),
    commands.DELETE_PARTICIPANT: Text(
        "sletning af en deltager i en samtale", "removing a participant from an interview"
    ),
    commands.READ_INTERVIEW: Text("opslag af en samtale", "reading an interview"),
    commands.READ_VERSIONS: Text(
        "opslag af alle udgaver af en samtale", "reading all versions of an interview"
    ),
    commands.FIND_INTERVIEWS: Text("opslag af borgerens samtaler", "listing the interviews"),
    commands.DRY_RUN: Text(
        "prøve af reglerne på en samtale, uden at den blev registreret",
        "trying the rules on an interview, without registering it",
    ),
    commands.PUT_CITIZEN: Text(
        "ændring af borgerens stamoplysninger", "changing what is known about the citizen"
    ),
    commands.REPORT_CITIZEN: Text(
        "dannelse af en rapport som denne", "making a report like this one"
    ),
    commands.FIND_DECISIONS: Text("opslag af afgørelser", "listing decisions"),
    commands.READ_DECISION: Text(
        "opslag af en afgørelse om borgeren", "reading a decision about the citizen"
    ),
    commands.EXPORT_DECISIONS: Text("udtræk af alle afgørelser", "exporting all stored decisions"),
    commands.REPLAY_DECISIONS: Text(
        "genberegning af alle afgørelser", "deciding all stored decisions again"
    ),
    commands.OPEN_SEQUENCE: Text("åbning af beskeder", "opening messages"),
    commands.READ_SEQUENCE: Text("opslag af åbnede beskeder", "looking at opened messages"),
    commands.FETCH_MESSAGES: Text("hentning af beskeder", "fetching messages"),
    commands.TERMINATE_SEQUENCE: Text("kvittering for beskeder", "acknowledging messages"),
    commands.CLOSE_SEQUENCE: Text("tilbagelevering af beskeder", "giving messages back"),
    commands.PUT_SUBSCRIPTIONS: Text("ændring af abonnementer", "changing subscriptions"),
    commands.READ_SUBSCRIPTIONS: Text("opslag af abonnementer", "reading subscriptions"),
    commands.LIST_MESSAGES: Text("opslag af beskeder", "listing messages"),
    commands.REPLAY_STREAM: Text("genafsendelse af beskeder", "sending messages again"),
    commands.SKIP_MESSAGE: Text("udeladelse af en besked", "leaving a message out"),
    commands.RESUME_STREAM: Text("genoptagelse af beskeder", "going on with messages"),
    commands.PUBLISH_RULEBOOK: Text("udgivelse af regler", "publishing rules"),
    commands.ACTIVATE_RULEBOOK: Text("ibrugtagning af regler", "putting rules into use"),
    commands.ROLL_BACK_RULEBOOK: Text("tilbagerulning af regler", "taking rules back"),
    commands.CHANGE_RULE_FILE: Text("ændring af en fil med regler", "changing a file of rules"),
}

OUTCOMES: Mapping[str, Text] = {
    AuditOutcome.ACCEPTED: Text("gennemført", "done"),
    AuditOutcome.REFUSED: Text("afvist efter reglerne", "refused by the rules"),
    AuditOutcome.READ: Text("oplysningerne blev vist", "it was shown"),
    AuditOutcome.NOT_FOUND: Text(
        "ikke fundet, eller uden adgang: intet blev vist eller ændret",
        "not found, or without access: nothing was shown or changed",
    ),
    AuditOutcome.NOT_AUTHORISED: Text(
        "ikke bemyndiget: intet blev vist eller ændret",
        "not authorised: nothing was shown or changed",
    ),
    AuditOutcome.REPLAYED: Text(
        "gentaget: svaret fra første gang blev givet igen, intet blev ændret",
        "made again: the answer of the first time was given, nothing was changed",
    ),
    AuditOutcome.CONFLICT: Text(
        "samtalen var ændret i mellemtiden: intet blev ændret",
        "the interview had changed meanwhile: nothing was changed",
    ),
}


def in_words(words: Mapping[str, Text], name: str) -> Text:
    """Return the words for a name; a log of a newer program may hold one that has none."""
    return words.get(name) or Text(name, name)
