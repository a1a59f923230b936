"""Who is known at this desk, so that a slip in a number is pointed out before a case goes to nobody."""

from casedesk.desk.desk import Desk

_OWNERS = """
    WITH RECURSIVE one(who) AS (
        SELECT min(owner) FROM queue WHERE stage <> 'closed' AND owner > ''
        UNION ALL
        SELECT (SELECT min(owner) FROM queue WHERE stage <> 'closed' AND owner > one.who) FROM one WHERE one.who <> ''
    )
    SELECT who FROM one WHERE who <> ''
"""
"""Who has open cases, found by stepping through an index: as quick with a million cases as with ten."""


def known(desk: Desk) -> list[tuple[str, str]]:
    """Everybody who is known here, by number, each with what they are called on screen: ``7043 · Roe's desk``."""
    connection = desk.store.connection
    called = dict.fromkeys((str(who) for (who,) in connection.execute(_OWNERS)), "")
    for away, cover in connection.execute("SELECT away, cover FROM absence"):
        called |= {who: called.get(who, "") for who in (away, cover) if who}
    members = "SELECT person, name FROM member WHERE state = 'active' AND person <> ''"
    called |= {str(person): str(name or "") for person, name in connection.execute(members)}
    called[desk.store.actor] = "you"
    return [(who, f"{who} · {name}" if name and name != who else who) for who, name in sorted(called.items())]


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
