"""Reads the made-up caseload's parts from the ``demo`` pack.

What is made of them, and when each thing happened, is worked out at the desk (:mod:`casedesk.desk.demo`).
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from casedesk.model.entities import CASE, SUSPECT, VICTIM, Entity, Kind, Value
from casedesk.model.words import Channel, Flag, Role, Support, SuspectStatus
from casedesk.reference.demo_clinic import TABLES, read_clinic, read_requests
from casedesk.reference.demo_parts import (
    Candidate,
    Change,
    Colleague,
    DemoPack,
    Detention,
    Flaw,
    Force,
    Happening,
    Line,
    Manner,
    Proposal,
    Published,
    Scene,
    Span,
    Todo,
)
from casedesk.reference.loading import Pack, Row, hint, read_pack

OWNERS: dict[str, Entity] = {"case": CASE, "suspect": SUSPECT, "victim": VICTIM}
"""Whose fields a change may name."""

_SPAN = re.compile(r"(\d+)-(\d+)")
_DAY = re.compile(r"[a-z_]+([+-]\d+)?|\d{4}-\d{2}-\d{2}")
_WHOSE = ("anyone", "da", "child")
_VICTIMS = ("person", "child", "business", "state")
_PLAIN = (Kind.TEXT, Kind.INT, Kind.FLAG)


WORDS = ("surnames", "female", "male", "businesses", "streets", "towns", "suites", "units", "languages")
_PEOPLE, _VICTIM_YEARS = Span(19, 62), Span(19, 78)
_TABLES = {
    "force", "words", "colleague", "scene", "kind", "manner", "detention", "bail", "log", "contact", "action",
    "candidate", "proposal", "flaw", "published",
}  # fmt: skip
_PROPOSAL_KEYS = {
    "id", "often", "kinds", "rank", "suspect", "sub_status", "years", "victim", "interviewed", "admitted",
    "support", "vrr", "withdrawn", "disposals", "days_old", "recorded", "rationale", "set", "days", "drop",
}  # fmt: skip


def load_demo(overlay: Path | None = None) -> DemoPack:
    """Load the pack. Raises PackError for an entry that does not hold together."""
    pack = read_pack("demo", overlay)
    pack.unknown(_TABLES | TABLES)
    kinds = pack.build("kind", _happening)
    proposals = {row.id: row for row in pack.rows("proposal")}
    return DemoPack(
        force=_force(pack.table("force")),
        words={key: _some(pack.table("words"), key) for key in WORDS},
        colleagues=tuple(pack.build("colleague", _colleague).values()),
        scenes=tuple(pack.build("scene", lambda row: _scene(row, kinds)).values()),
        kinds=kinds,
        manners=tuple(pack.build("manner", _manner).values()),
        detentions=tuple(pack.build("detention", lambda row: _detention(row, kinds)).values()),
        conditions={key: _some(pack.table("bail"), key) for key in ("guarding", "other")},
        log={key: _lines(pack.table("log"), key) for key in pack.table("log").keys},
        contact={key: _some(pack.table("contact"), key) for key in pack.table("contact").keys},
        todos=tuple(pack.build("action", _todo).values()),
        candidates=tuple(pack.build("candidate", lambda row: _candidate(row, kinds)).values()),
        proposals=tuple(pack.build("proposal", lambda row: _proposal(row, kinds)).values()),
        flaws=tuple(pack.build("flaw", lambda row: _flaw(row, proposals, kinds)).values()),
        published=tuple(pack.build("published", _published).values()),
        requests=read_requests(pack, kinds),
        clinic=read_clinic(pack, kinds),
    )


def demo_colleagues(overlay: Path | None = None) -> tuple[Colleague, ...]:
    """The team alone, the person at whose desk the demo opens first. Raises PackError."""
    pack: Pack = read_pack("demo", overlay)
    return tuple(pack.build("colleague", _colleague).values())


def demo_force(overlay: Path | None = None) -> Force:
    """The made-up force alone. Raises PackError."""
    return _force(read_pack("demo", overlay).table("force"))


def _force(row: Row) -> Force:
    row.unknown({"name", "code", "mail", "published"})
    return Force(row.text("name"), row.text("code"), row.text("mail"), row.text("published"))


def _colleague(row: Row) -> Colleague:
    row.unknown({"id", "name", "number", "rank", "team"})
    return Colleague(
        row.choice("id", Role), row.text("name"), row.text("number"), row.text("rank"), row.text("team")
    )


def _scene(row: Row, kinds: Collection[str]) -> Scene:
    row.unknown({"id", "cases", "owners", "unassigned", "kinds", "days"})
    return Scene(
        row.id,
        row.integer("cases"),
        tuple(row.choices("owners", Role)),
        row.integer("unassigned", 20),
        _known(row, "kinds", kinds),
        _span(row, "days", Span(3, 90)),
    )


def _happening(row: Row) -> Happening:
    row.unknown(
        {
            "id",
            "code",
            "over",
            "hours",
            "often",
            "victim",
            "flags",
            "relationship",
            "pence",
            "circumstances",
            "log",
        }
    )
    return Happening(
        row.id,
        row.text("code"),
        row.integer("over", 0),
        _span(row, "hours") if "hours" in row else None,
        row.integer("often"),
        _word(row, "victim", _VICTIMS),
        tuple(row.choices("flags", Flag, ())),
        row.text("relationship", ""),
        _span(row, "pence") if "pence" in row else None,
        _some(row, "circumstances"),
        _lines(row, "log"),
    )


def _manner(row: Row) -> Manner:
    row.unknown({"id", "whose", "years", "channel", "preference", "enhanced", "safe"})
    return Manner(
        _word(row, "whose", _WHOSE) if "whose" in row else "anyone",
        _span(row, "years", _VICTIM_YEARS),
        row.choice("channel", Channel).value,
        row.text("preference"),
        row.text("enhanced", ""),
        row.text("safe", ""),
    )


def _detention(row: Row, kinds: Collection[str]) -> Detention:
    row.unknown({
        "id", "kind", "years", "relevant", "authorised", "note", "reviews", "hospital", "extended", "vulnerable",
        "adult", "charged", "notice", "voluntary",
    })  # fmt: skip
    stay = _minutes(row, "hospital")
    if stay and len(stay) != 2:
        raise row.error(
            "hospital", "two numbers expected", "Write minutes since leaving and since the return."
        )
    return Detention(
        _word(row, "kind", kinds),
        _span(row, "years", _PEOPLE),
        row.integer("relevant") or None,
        row.integer("authorised") or None,
        _line(row, "note", row.text("note")),
        reviews=_minutes(row, "reviews"),
        hospital=(stay[0], stay[1]) if stay else None,
        extended=row.flag("extended", False),
        vulnerable=row.flag("vulnerable", False),
        adult=row.text("adult", ""),
        charged=row.integer("charged", 0),
        notice=row.integer("notice", 0),
        voluntary=row.integer("voluntary", 0),
    )


def _minutes(row: Row, key: str) -> tuple[int, ...]:
    raw = row.values.get(key, [])
    if not isinstance(raw, list) or not all(type(one) is int and one >= 0 for one in raw):
        raise row.error(key, "a list of minutes expected", "Write it as [845, 310].")
    return tuple(raw)


def _todo(row: Row) -> Todo:
    row.unknown({"id", "what", "why", "result"})
    return Todo(row.text("what"), row.text("why"), row.text("result"))


def _candidate(row: Row, kinds: Collection[str]) -> Candidate:
    row.unknown({"id", "kinds", "years", "set", "days", "log", "what", "due"})
    return Candidate(
        _known(row, "kinds", kinds),
        _span(row, "years"),
        _change(row),
        _line(row, "log", row.text("log")),
        row.text("what", ""),
        row.integer("due", 0),
    )


def _proposal(row: Row, kinds: Collection[str], *more: Change) -> Proposal:
    row.unknown(_PROPOSAL_KEYS)
    return Proposal(
        code=row.id,
        often=row.integer("often", 1),
        kinds=_known(row, "kinds", kinds),
        rank=row.text("rank"),
        suspect=_status(row),
        sub_status=row.text("sub_status", ""),
        years=_span(row, "years", _PEOPLE),
        victim=row.text("victim", ""),
        interviewed=row.flag("interviewed", False),
        admitted=row.optional_flag("admitted"),
        support=row.choice("support", Support, Support.YES).value,
        vrr=row.text("vrr", "not-applicable"),
        withdrawn=row.flag("withdrawn", False),
        disposals=tuple(row.texts("disposals", ())),
        days=_span(row, "days_old", Span(20, 120)),
        recorded=row.day("recorded").isoformat() if "recorded" in row else "",
        rationale=_some(row, "rationale"),
        changes=(_change(row), *more),
    )


def _flaw(row: Row, proposals: Mapping[str, Row], kinds: Collection[str]) -> Flaw:
    row.unknown({"id", "breaks", "of", "with", "set", "days", "drop", "note"})
    otherwise = row.table("with").values
    made = []
    for code in _known(row, "of", proposals):
        sound = proposals[code]
        merged = Row(f"{row.place}, of {code}", {**sound.values, **otherwise}, row.files)
        made.append(_proposal(merged, kinds, _change(row)))
    return Flaw(row.id, _some(row, "breaks"), tuple(made), row.text("note"))


def _published(row: Row) -> Published:
    row.unknown({"id", "category", "status", "text", "lines"})
    lines = []
    for text in row.texts("lines"):
        months, _, words = text.partition(": ")
        if not months.isdigit() or not words:
            raise row.error("lines", f"“{text}” is not months and words", "Write it as 1: Suspect charged.")
        lines.append((int(months), words))
    filed = _word(row, "status", ("open", "filed")) == "filed"
    return Published(row.text("category"), filed, row.text("text"), tuple(lines))


def _change(row: Row) -> Change:
    drop = tuple(row.texts("drop", ()))
    values, days = row.table("set"), row.table("days")
    for name in (*drop, *values.keys, *days.keys):
        _check_field(row, name)
    for name in days.keys:
        if not _DAY.fullmatch(days.text(name)):
            cure = "Write today+3, outcome_date-1 or a date."
            raise row.error("days", f"“{days.text(name)}” is not a day", cure)
    return Change(
        drop,
        {name: _value(values, name) for name in values.keys},
        {name: days.text(name) for name in days.keys},
    )


def _check_field(row: Row, name: str) -> None:
    owner, _, own = name.partition(".")
    if owner not in OWNERS:
        raise row.error("", f"“{name}” does not begin with case, suspect or victim")
    if own not in OWNERS[owner].by_name:
        raise row.error("", f"there is no field “{name}”", hint(own, OWNERS[owner].by_name))


def _value(values: Row, name: str) -> Value:
    owner, _, own = name.partition(".")
    kind = OWNERS[owner].by_name[own].kind
    if kind not in _PLAIN:
        raise values.error(name, "is no field of text, number or yes and no", "Give days under days.")
    if kind is Kind.FLAG:
        return values.flag(name)
    return values.integer(name) if kind is Kind.INT else values.text(name)


def _status(row: Row) -> str:
    return row.choice("suspect", SuspectStatus).value if row.text("suspect", "") else ""


def _span(row: Row, key: str, default: Span | None = None) -> Span:
    if default is not None and key not in row:
        return default
    found = _SPAN.fullmatch(row.text(key))
    if not found or int(found[1]) > int(found[2]):
        raise row.error(key, f"“{row.text(key)}” is not a range", "Write it as 19-62.")
    return Span(int(found[1]), int(found[2]))


def _some(row: Row, key: str) -> tuple[str, ...]:
    texts = tuple(row.texts(key))
    if not texts:
        raise row.error(key, "must not be empty")
    return texts


def _lines(row: Row, key: str) -> tuple[Line, ...]:
    return tuple(_line(row, key, text) for text in _some(row, key))


def _line(row: Row, key: str, text: str) -> Line:
    topic, _, words = text.partition(": ")
    if not words or " " in topic:
        raise row.error(key, f"“{text[:40]}” has no topic", "Begin it with note: or chase: and a space.")
    return Line(topic, words)


def _known(row: Row, key: str, known: Collection[str]) -> tuple[str, ...]:
    words = tuple(row.texts(key, ()))
    for word in words:
        if word not in known:
            raise row.error(key, f"there is no “{word}”", hint(word, known))
    return words


def _word(row: Row, key: str, known: Collection[str]) -> str:
    word = row.text(key)
    if word not in known:
        raise row.error(key, f"there is no “{word}”", hint(word, known))
    return word
