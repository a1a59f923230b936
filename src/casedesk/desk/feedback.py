"""Feedback to officers: what they were told about their work, in a structured way, for praise or for learning."""

from datetime import datetime

from casedesk.desk.case_asks import line
from casedesk.desk.desk import Desk
from casedesk.desk.typed import existing, given, not_future, one_of, required_text
from casedesk.model.entities import FEEDBACK, Value
from casedesk.model.ids import EntityId, new_id
from casedesk.store.records import read_dossier


def give_feedback(
    desk: Desk,
    case_id: EntityId,
    *,
    theme: str,
    praise: bool,
    text: str,
    officer: str = "",
    at: datetime | None = None,
    about: EntityId | None = None,
) -> EntityId:
    """Record feedback to an officer, the OIC where nobody is named; with ``about`` it corrects an earlier one.

    Raises BadInputError for an unknown theme, an empty text, a time in the future, or no officer at all.
    """
    case = desk.case(case_id).file.case
    dossier = read_dossier(desk.store.connection, case_id)
    entry_id = new_id()
    fields: dict[str, Value] = {
        "officer": required_text(line(officer, "The officer") or case.oic or "", "The officer"),
        "theme": one_of(theme, list(desk.packs.actions.themes), "theme"),
        "praise": praise,
        "text": required_text(text, "The feedback"),
        "at": not_future(desk, at),
        "about": existing(about, [own for own, _ in dossier.feedback], "feedback"),
    }
    with desk.store.unit_of_work("feedback.add") as unit:
        unit.entry(FEEDBACK, entry_id, case_id, given(fields))
    return entry_id
