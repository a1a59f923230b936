"""Who may authorise in the clinic: by rank, never whoever proposed it, and never a case worker for their own."""

from casedesk.desk.case_asks import RANK_TITLES
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter
from casedesk.desk.typed import one_of
from casedesk.model.errors import BadInputError
from casedesk.model.text import folded
from casedesk.model.words import Role
from casedesk.reference.eligibility import RANKS

CASE_WORKERS = frozenset({Role.OOCR_CASE_WORKER, Role.OOCR_COORDINATOR})
"""Roles whose own desk never authorises a resolution (control of casedesk)."""
LEAST = "sgt"
"""The lowest rank that decides on a breach or a variation. DPP guidance on conditional cautions, 2.1."""
_ABOVE = {"ddm": "insp", "fcr": "insp"}


def is_self(desk: Desk, who: str) -> bool:
    """Whether somebody named is the person at this desk."""
    own = desk.settings.person
    return folded(who) in {folded(one) for one in (desk.store.actor, own.name, own.number) if one}


def refuse_self(desk: Desk, matter: Matter, who: str, rank: str) -> None:
    """Raise BadInputError where somebody would authorise their own proposal, or a case worker any at all."""
    held = matter.resolution
    if rank == "staff":
        raise BadInputError(
            "Police staff do not authorise a resolution (R13: DPP guidance on conditional cautions, 2.1; for the other "
            "disposals a control of casedesk).",
            "Put it to a sergeant or above, and record who decided.",
        )
    proposer = (held.proposed_by if held else None) or ""
    if proposer and (folded(proposer) == folded(who) or (is_self(desk, proposer) and is_self(desk, who))):
        raise BadInputError(
            "Whoever proposes a resolution does not authorise it (control of casedesk).",
            "Give the name of the supervisor who decides.",
        )
    if is_self(desk, who) and desk.settings.person.role in CASE_WORKERS:
        raise BadInputError(
            "A case worker does not authorise: R13, the DPP's guidance on conditional cautions, 2.1.",
            "Put it to a sergeant or above, and record who decided.",
        )


def refuse_rank(desk: Desk, matter: Matter, rank: str, who: str, act: str) -> str:
    """The rank, where it may decide on a breach or a variation; raises BadInputError where it may not.

    R28: such a decision is for somebody who may authorise, or the prosecutor, never a case worker.
    """
    word = one_of(rank, list(RANK_TITLES), "rank")
    level = _ABOVE.get(word, word)
    if level not in RANKS or RANKS.index(level) < RANKS.index(LEAST):
        raise BadInputError(
            f"R28: {RANK_TITLES[word]} does not {act} (Criminal Justice Act 2003 s.24; DPP guidance 2.1).",
            "It is for a sergeant or above, or the prosecutor who decided.",
        )
    if is_self(desk, who) and desk.settings.person.role in CASE_WORKERS:
        raise BadInputError(
            f"R28: a case worker does not {act}.", "Record the officer who decided, and their rank."
        )
    return word
