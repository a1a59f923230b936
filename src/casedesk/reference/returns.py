"""Why a crime is sent back for rework, from the ``returns`` pack: each reason with its teaching text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.loading import Row, read_pack

_KEYS = {"id", "title", "text", "rules", "status", "source", "severity"}
_LONGEST = 365


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a return."""

    id: str
    title: str
    text: str
    """What the officer is asked to do, and why."""
    rules: tuple[str, ...]
    """Ids of the finalisation rules whose findings propose it."""
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Returns:
    """The whole pack."""

    version: str
    reasons: Mapping[str, Reason]
    due_in_days: int
    """How many days the officer has, unless another day is given."""
    escalate_from: int
    """The round from which on escalation to the supervisor is proposed."""

    def proposed(self, rules: Iterable[str]) -> tuple[str, ...]:
        """The reasons that findings of these rules propose, each once; a rule that none names stands for itself."""
        by_rule: dict[str, str] = {}
        for reason in self.reasons.values():
            for rule in reason.rules:
                by_rule.setdefault(rule, reason.id)
        return tuple(dict.fromkeys(by_rule.get(rule, rule) for rule in rules))


def load_returns(overlay: Path | None = None) -> Returns:
    """Load the reasons. Raises PackError when an entry does not hold together."""
    pack = read_pack("returns", overlay)
    pack.unknown({"reason", "rounds"})
    rounds = pack.table("rounds")
    rounds.unknown({"due_in_days", "escalate_from"})
    due, escalate = rounds.integer("due_in_days"), rounds.integer("escalate_from")
    if not 1 <= due <= _LONGEST:
        raise rounds.error("due_in_days", f"{due} days", f"Between 1 and {_LONGEST}.")
    if escalate < 1:
        raise rounds.error("escalate_from", f"{escalate} is not a round", "1 is the first return.")
    return Returns(pack.version, pack.build("reason", _reason), due, escalate)


def _reason(row: Row) -> Reason:
    row.unknown(_KEYS)
    return Reason(
        row.id,
        row.text("title"),
        row.text("text"),
        tuple(row.texts("rules", ())),
        row.choice("status", Confidence),
        row.text("source"),
    )
