"""The verbs of handing a case over: given, lent, taken back."""

from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import text_of
from casedesk.desk.colleagues import known, stranger
from casedesk.desk.desk import Desk
from casedesk.desk.handover import WAY_TITLES, Handed, Way, hand_over, loan
from casedesk.model.text import clean


def handed_said(way: Way, handed: Handed) -> str:
    """What a handover did, in a sentence."""
    what = handed.refs[0] if len(handed.refs) == 1 else f"{len(handed.refs):,} cases"
    said = f"{WAY_TITLES[way]}: {what}, now with {', '.join(handed.receivers)}."
    return f"{said} {handed.doubt}" if handed.doubt else said


def unknown_receiver(desk: Desk, to: str) -> str:
    """What is asked before a case goes to a number that nobody here is known by; empty where somebody is."""
    receiver = clean(to)
    return (
        f"Nobody of the number “{receiver}” is known here: give anyway?" if stranger(desk, receiver) else ""
    )


def _asks(at: At, way: Way) -> list[Ask]:
    others = [one for one in known(at.desk) if one[0] != at.file.case.owner]
    asked = [
        Ask("to", "To", Kind.COLLEAGUE, required=True, choices=others, hint="a number, or words of a name"),
        Ask("first", "To do first", Kind.LINES),
        Ask("text", "Note", Kind.LINES),
    ]
    if way is Way.LEND:
        asked.insert(1, Ask("until", "Until", Kind.FUTURE, required=True))
    return asked


def _hand(at: At, values: Values, way: Way) -> str:
    handed = hand_over(
        at.desk,
        [at.case_id],
        way.value,
        text_of(values, "to"),
        text=text_of(values, "text"),
        first=text_of(values, "first"),
        until=values.get("until"),
    )
    return handed_said(way, handed)


def _doubts(at: At, values: Values) -> str:
    if not (values.get("first") or values.get("text")):
        return ""  # a handover that says nothing is refused
    return unknown_receiver(at.desk, text_of(values, "to"))


def _lent(at: At) -> str | None:
    return None if loan(at.dossier) else "This case is not lent."


HANDOVER: tuple[Verb, ...] = (
    Verb(
        "handover.give", "Give", "Give the case to a colleague for good, with what to do first.",
        lambda at, values: _hand(at, values, Way.GIVE), lambda at: _asks(at, Way.GIVE), key="G", doubts=_doubts,
    ),
    Verb(
        "handover.lend", "Lend", "Lend the case to a colleague until a time.",
        lambda at, values: _hand(at, values, Way.LEND), lambda at: _asks(at, Way.LEND), key="L", doubts=_doubts,
    ),
    Verb(
        "handover.take-back", "Take back", "Take back a case that was lent.",
        lambda at, values: _hand(at, values, Way.TAKE_BACK), lambda _at: [Ask("text", "Note", Kind.LINES)], _lent,
        key="B",
    ),
)  # fmt: skip
"""The verbs of handing over."""
