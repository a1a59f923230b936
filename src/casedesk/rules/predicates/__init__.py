"""The named predicates that the rules packs compose, by subject. Importing this registers them all."""

from casedesk.rules.predicates import (
    cancellation,
    dates,
    decisions,
    limits,
    offences,
    outcomes,
    published,
    suspects,
    victims,
)
from casedesk.rules.predicates.registry import PREDICATES, Named, Predicate, predicate

__all__ = [
    "PREDICATES", "Named", "Predicate", "cancellation", "dates", "decisions", "limits", "offences", "outcomes",
    "predicate", "published", "suspects", "victims",
]  # fmt: skip
