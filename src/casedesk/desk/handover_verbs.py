"""The verbs of handing a case over: given, lent, taken back."""

from casedesk.desk.asking import Ask, At, Kind, Values, Verb
from casedesk.desk.case_asks import text_of
from casedesk.desk.handover import WAY_TITLES, Handed, Way, hand_over, loan


def handed_said(way: Way, handed: Handed) -> str:
    """What a handover did, in a sentence."""
    what = handed.refs[0] if len(handed.refs) == 1 else f"{len(handed.refs):,} cases"
    said = f"{WAY_TITLES[way]}: {what}, now with {', '.join(handed.receivers)}."
    return f"{said} {handed.doubt}" if handed.doubt else said


def _asks(way: Way) -> list[Ask]:
    asked = [
        Ask("to", "To", Kind.TEXT, required=True, hint="the number of whoever receives it"),
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


def _lent(at: At) -> str | None:
    return None if loan(at.dossier) else "This case is not lent."


HANDOVER: tuple[Verb, ...] = (
    Verb(
        "handover.give", "Give", "Give the case to a colleague for good, with what to do first.",
        lambda at, values: _hand(at, values, Way.GIVE), lambda _at: _asks(Way.GIVE), key="G",
    ),
    Verb(
        "handover.lend", "Lend", "Lend the case to a colleague until a time.",
        lambda at, values: _hand(at, values, Way.LEND), lambda _at: _asks(Way.LEND), key="L",
    ),
    Verb(
        "handover.take-back", "Take back", "Take back a case that was lent.",
        lambda at, values: _hand(at, values, Way.TAKE_BACK), lambda _at: [Ask("text", "Note", Kind.LINES)], _lent,
        key="B",
    ),
)  # fmt: skip
"""The verbs of handing over."""
