"""Who is known at this desk, so that a slip in a number is pointed out before a case goes to nobody."""

from casedesk.desk.desk import Desk


def stranger(desk: Desk, who: str) -> str:
    """What is said of a number that nobody here is known by: what goes to it is in nobody's list. Empty otherwise."""
    if not who or who == desk.store.actor:
        return ""
    (known,) = desk.store.connection.execute(
        "SELECT EXISTS (SELECT 1 FROM queue WHERE owner = ? AND stage <> 'closed') "
        "OR EXISTS (SELECT 1 FROM absence WHERE away = ? OR cover = ?) "
        "OR EXISTS (SELECT 1 FROM member WHERE person = ? AND state = 'active')",
        (who, who, who, who),
    ).fetchone()
    return "" if known else f"Nobody here is known as {who} yet: check the number."
