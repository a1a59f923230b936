"""Who may authorise a disposal in a case, by the force's table of authority."""

from collections.abc import Iterator
from dataclasses import dataclass

from casedesk.model.words import Confidence
from casedesk.reference.eligibility import NOT_APPLICABLE, RANKS, REFUSE, AuthorityRow, Eligibility
from casedesk.rules.clinic.known import ClinicFacts

WORDS = {
    "pc": "a constable", "sgt": "a sergeant or above", "insp": "an inspector or above",
    "ci": "a chief inspector or above", "supt": "a superintendent or above", "cps": "the CPS",
    REFUSE: "nobody", NOT_APPLICABLE: "not applicable",
}  # fmt: skip
"""The cells of the table, as they are shown."""
_BECAUSE = {
    "normal": "the usual case", "domestic": "domestic abuse", "hate": "hate crime", "weapon": "knife or weapon",
    "repeat": "a similar offence in 24 months", "indictable": "indictable-only",
}  # fmt: skip
_ORDER = (NOT_APPLICABLE, *RANKS, REFUSE)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may authorise a disposal in this case, by the force's table."""

    rank: str
    """A rank of :data:`casedesk.reference.eligibility.RANKS`, ``refuse`` or ``n-a``."""
    words: str
    """``an inspector or above``."""
    why: tuple[str, ...]
    """Which circumstances ask for it, and the table's notes."""
    because: str
    """Which circumstances ask for it, in brackets: ``(domestic abuse)``."""
    status: Confidence
    source: str


def authority_of(book: Eligibility, facts: ClinicFacts, disposal: str) -> Authority | None:
    """Who may authorise it: the highest that the circumstances ask for; None where the table has no row."""
    row = book.authority.get(disposal)
    if row is None:
        return None
    rank = _highest(row, facts)
    because = [one for one in _circumstances(facts) if row.ranks[one] == rank]
    why = [f"{_BECAUSE[one][:1].upper()}{_BECAUSE[one][1:]}." for one in because]
    why += [row.notes[one] for one in because if one in row.notes]
    phrase = f"({', '.join(_BECAUSE[one] for one in because)})"
    return Authority(rank, WORDS[rank], tuple(why), phrase, row.status, row.source)


def rank_of_table(
    book: Eligibility, facts: ClinicFacts, disposal: str, *, unknown_counts: bool = False
) -> str | None:
    """The rank the table asks for; with ``unknown_counts`` as if what is not recorded were so."""
    row = book.authority.get(disposal)
    return _highest(row, facts, unknown_counts=unknown_counts) if row is not None else None


def rank_enough(rank: str, needed: str) -> bool:
    """Whether a rank is at least the one needed. Police staff are below every rank; nobody may do what is refused."""
    if needed == NOT_APPLICABLE:
        return True
    return rank in RANKS and needed in RANKS and RANKS.index(rank) >= RANKS.index(needed)


def _highest(row: AuthorityRow, facts: ClinicFacts, *, unknown_counts: bool = False) -> str:
    asked = (row.ranks[one] for one in _circumstances(facts, unknown_counts=unknown_counts))
    return max(asked, key=_ORDER.index)


def _circumstances(facts: ClinicFacts, *, unknown_counts: bool = False) -> Iterator[str]:
    yield "normal"
    if facts.domestic:
        yield "domestic"
    if facts.hate:
        yield "hate"
    if facts.weapon:
        yield "weapon"
    if facts.similar or (facts.similar is None and unknown_counts):
        yield "repeat"
    if facts.mode == "indictable" or (facts.mode is None and unknown_counts):
        yield "indictable"
