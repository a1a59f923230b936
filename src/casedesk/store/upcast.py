"""Reading operations of older formats: each step turns the fields of one version into those of the next.

Operations are never rewritten: what was signed stays as it was, and is brought up to date whenever it is read.
"""

from collections.abc import Callable
from typing import Any

Fields = dict[str, Any]
Step = Callable[[str, Fields], Fields]
"""Given the entity's name and the fields of a version, gives the fields of the next; changes nothing in place."""

STEPS: dict[int, Step] = {}
"""The step that leads away from each older version. The first version is the present one, so there is none yet."""


def to_present(version: int, present: int, entity: str, fields: Fields) -> Fields:
    """Bring the fields of an operation up to date. Raises ValueError when a step is missing."""
    while version < present:
        step = STEPS.get(version)
        if step is None:
            raise ValueError(f"no step from operation format {version}")
        fields = step(entity, fields)
        version += 1
    return fields
