"""What a finalisations officer looks up, from the ``guidance`` pack: topics in our own words, with the source."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Row, hint, read_pack
from casedesk.reference.outcomes import load_outcomes


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing explained."""

    id: str
    title: str
    text: str
    outcomes: tuple[str, ...]
    """The outcome codes it is about; none where it is about all of them."""
    words: tuple[str, ...]
    """What else it is called."""
    status: Confidence
    source: str


def load_guidance(overlay: Path | None = None) -> dict[str, Topic]:
    """Load the topics by id, in pack order. Raises PackError when an entry does not hold together."""
    pack = read_pack("guidance", overlay)
    pack.unknown({"topic"})
    codes = load_outcomes(overlay)
    return pack.build("topic", lambda row: _topic(row, codes))


def _topic(row: Row, codes: Mapping[str, object]) -> Topic:
    row.unknown({"id", "title", "text", "outcomes", "words", "status", "source", "severity"})
    outcomes = tuple(row.texts("outcomes", ()))
    for code in outcomes:
        if code not in codes:
            raise row.error("outcomes", f"there is no outcome “{code}”", hint(code, codes))
    return Topic(
        row.id,
        row.text("title"),
        row.text("text"),
        outcomes,
        tuple(row.texts("words", ())),
        row.choice("status", Confidence),
        row.text("source"),
    )
