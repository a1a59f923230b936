"""Who may authorise in the clinic: by rank, never whoever proposed it, the suspect, nor a case worker for their own."""

from casedesk.desk.case_asks import RANK_TITLES, line
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter
from casedesk.desk.typed import one_of, required_text
from casedesk.model.errors import BadInputError
from casedesk.model.words import Role
from casedesk.reference.eligibility import RANKS
from casedesk.rules.clinic.names import foreign_letters, read_name, same_person

CASE_WORKERS = frozenset({Role.OOCR_CASE_WORKER, Role.OOCR_COORDINATOR})
"""Roles whose own desk never authorises a resolution (control of casedesk)."""
LEAST = "sgt"
"""The lowest rank that decides on a breach or a variation. DPP guidance on conditional cautions, 2.1."""


def named(text: str, what: str) -> str:
    """Who did something, as it was typed; ``what`` names it. Raises BadInputError for what names nobody.

    Letters of other scripts that look like Latin ones are refused: two names must not look alike and differ.
    """
    said = required_text(line(text, what) or "", what)
    strange = foreign_letters(said)
    if strange:
        raise BadInputError(
            f"{what}: {strange!r} is not written in Latin letters and digits.",
            "Type the name or number anew.",
        )
    if not read_name(said).says_who:
        raise BadInputError(f"{what}: {said!r} names nobody.", "Give the surname, or the collar number.")
    return said


def is_self(desk: Desk, who: str) -> bool:
    """Whether somebody named may be the person at this desk, however they are written."""
    own = desk.settings.person
    return same_person(who, f"{own.name} {own.number}") or same_person(who, desk.store.actor)


def _known_as(desk: Desk, person: str) -> str:
    """Somebody as they were written, with the name and number that this desk or the team knows them by."""
    if is_self(desk, person):
        own = desk.settings.person
        return f"{own.name} {own.number} {person}"
    known = desk.store.connection.execute("SELECT name FROM member WHERE person = ?", (person,)).fetchall()
    return " ".join([*dict.fromkeys(str(name) for (name,) in known if name), person])


def _are_one(desk: Desk, proposer: str, who: str) -> bool:
    """Whether whoever proposed it and somebody named may be one: by what is written, this desk, or the team."""
    if same_person(proposer, who) or (is_self(desk, proposer) and is_self(desk, who)):
        return True
    return same_person(_known_as(desk, proposer), who)


def _refuse_unknown(desk: Desk, matter: Matter, who: str) -> None:
    """Raise BadInputError where a name cannot be told from a suspect's, or from a proposer known by number alone."""
    if read_name(who).identifies:
        return
    for _, one in matter.file.suspects:
        if one.name and same_person(one.name, who):
            raise BadInputError(
                f"{who!r} may be the suspect, who decides on nothing of it (control of casedesk).",
                "Give the officer who decided; where the names are alike, give the number.",
            )
    proposer = (matter.resolution.proposed_by if matter.resolution else None) or ""
    if proposer and not read_name(_known_as(desk, proposer)).names:
        raise BadInputError(
            f"Whether {who!r} is {proposer}, who proposed it, cannot be told: no name of theirs is known here.",
            "Give the number of whoever decided.",
        )


def _refuse_proposer(desk: Desk, matter: Matter, who: str, said: str) -> None:
    proposer = (matter.resolution.proposed_by if matter.resolution else None) or ""
    if proposer and _are_one(desk, proposer, who):
        raise BadInputError(
            f"Whoever proposes a resolution does not {said} (control of casedesk).",
            "Give the supervisor who decides; where the names are alike, give the number, or the whole name with it.",
        )


def refuse_self(desk: Desk, matter: Matter, who: str, rank: str) -> None:
    """Raise BadInputError where somebody would authorise their own proposal, or a case worker any at all."""
    if rank == "staff":
        raise BadInputError(
            "Police staff do not authorise a resolution (R13: DPP guidance on conditional cautions, 2.1; for the other "
            "disposals a control of casedesk).",
            "Put it to a sergeant or above, and record who decided.",
        )
    _refuse_proposer(desk, matter, who, "authorise it")
    if is_self(desk, who) and desk.settings.person.role in CASE_WORKERS:
        raise BadInputError(
            "A case worker does not authorise: R13, the DPP's guidance on conditional cautions, 2.1.",
            "Put it to a sergeant or above, and record who decided.",
        )
    _refuse_unknown(desk, matter, who)


def refuse_rank(desk: Desk, matter: Matter, rank: str, who: str, act: str) -> str:
    """The rank, where it may decide on a breach or a variation; raises BadInputError where it may not.

    R28: such a decision is for somebody who may authorise, or the prosecutor, never a case worker, nor whoever proposed
    the resolution (control of casedesk: the same as when it is authorised).
    """
    word = one_of(rank, list(RANK_TITLES), "rank")
    if word not in RANKS or RANKS.index(word) < RANKS.index(LEAST):
        raise BadInputError(
            f"R28: {RANK_TITLES[word]} may not {act} (Criminal Justice Act 2003 s.24; DPP guidance 2.1).",
            "It is for a sergeant or above, or the prosecutor who decided.",
        )
    if is_self(desk, who) and desk.settings.person.role in CASE_WORKERS:
        raise BadInputError(
            f"R28: a case worker does not {act}.", "Record the officer who decided, and their rank."
        )
    _refuse_proposer(desk, matter, who, act)
    _refuse_unknown(desk, matter, who)
    return word
