"""The answer to "when does it end?" as plain lines and as JSON."""

import json

from casedesk.model.moments import local
from casedesk.rules.answers import Answer, instant_words


def answer_lines(answer: Answer, notes: tuple[str, ...] = ()) -> list[str]:
    """The lines a person reads: when, the steps (``notes`` first), the source, how well it is sourced."""
    due = "none" if answer.due is None else instant_words(answer.due)
    return [
        f"Due: {due}",
        *(f"  {number}. {step}" for number, step in enumerate((*notes, *answer.steps), 1)),
        *((f"Rule: {answer.rule}",) if answer.rule else ()),
        f"Source: {answer.source}",
        f"Status: {answer.status}",
        *(f"Warning: {warning}" for warning in answer.warnings),
    ]


def answer_json(answer: Answer, notes: tuple[str, ...] = ()) -> str:
    """The answer for a program: ``due`` is ISO 8601 with the offset of Europe/London, or null."""
    return json.dumps(
        {
            "due": None if answer.due is None else local(answer.due).isoformat(),
            "rule": answer.rule,
            "steps": [*notes, *answer.steps],
            "source": answer.source,
            "status": answer.status,
            "warnings": list(answer.warnings),
            "clock": answer.clock,
        },
        indent=2,
    )
