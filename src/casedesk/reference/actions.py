"""Action plans: templates by offence and role, enabling teams, and the words of an action (pack ``actions``).

Everything in it is a convention of casedesk in its own words, but the categories: those are the ones in which the
CPS sorts the items of an action plan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casedesk.model.facts import Case
from casedesk.model.words import Confidence, Flag, Role
from casedesk.reference.clocks import Unit
from casedesk.reference.loading import Pack, Row, hint, read_pack
from casedesk.reference.offence_groups import KINDS, OffenceGroup, Recorded, offence_group

OIC = "oic"
"""The owner of an action that the officer in the case is asked to do."""
DESK = "desk"
"""The owner of an action that whoever has the case here does."""
_OWNERS = (OIC, DESK)
_UNITS = (Unit.HOURS, Unit.DAYS, Unit.WORKING_DAYS)
_MOST = 3660
"""The longest an action may be given, in whatever unit."""


class About(StrEnum):
    """What a theme of feedback is about, for reports."""

    EVIDENCE = "evidence"
    VICTIM = "victim"
    FILE = "file"
    DECISION = "decision"
    TIMELINESS = "timeliness"


@dataclass(frozen=True, slots=True)
class Item:
    """One action of a template."""

    id: str
    what: str
    why: str
    """Why it matters: what the case lacks without it."""
    owner: str
    """:data:`OIC`, :data:`DESK`, or the id of an enabling team."""
    due: tuple[int, Unit]
    """How long it is given from the day it is set: hours, days or working days."""
    after: str
    """The id of the action of the same template that must be done first; empty where none must."""
    evidence: str
    """What evidence it will produce; empty where it produces none."""
    category: str
    """The id of a category of the pack."""


@dataclass(frozen=True, slots=True)
class Template:
    """An action plan for one kind of case."""

    id: str
    title: str
    offences: OffenceGroup | None
    flags: frozenset[str]
    """Any of these is enough, whatever the offence."""
    with_flags: frozenset[str]
    """Besides the offence, one of these must be there; empty where none needs to."""
    roles: frozenset[str]
    """Whose work it is: words of :class:`casedesk.model.words.Role`; empty where it is anybody's."""
    items: tuple[Item, ...]
    """In the order of doing: an action comes after those it depends on."""
    status: Confidence


@dataclass(frozen=True, slots=True)
class Team:
    """An enabling team that is asked for something."""

    id: str
    title: str
    needs: tuple[str, ...]
    """What a request to it must say."""
    due: tuple[int, Unit]
    """How long it is usually given."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of feedback to officers."""

    id: str
    title: str
    about: About


@dataclass(frozen=True, slots=True)
class Actions:
    """The whole pack."""

    version: str
    status: Confidence
    source: str
    templates: Mapping[str, Template]
    teams: Mapping[str, Team]
    categories: Mapping[str, str]
    """The title of each category, by id."""
    late_reasons: Mapping[str, str]
    """The usual reasons why an action is late, by id."""
    themes: Mapping[str, Theme]
    chase_working_days: int
    """How many working days after a chase the next one is due."""
    supervisor_at_chase: int
    """With which chase the supervisor is told."""
    supervisor_says: str
    """What the desk is told with that chase."""

    def after_chase(self, chases: int) -> str:
        """What is to be done besides, once an action was chased so many times; empty while nothing is."""
        return self.supervisor_says if chases >= self.supervisor_at_chase else ""

    def owner_title(self, owner: str) -> str:
        """An owner's name on screen; an unknown one (a person's number) as it stands."""
        if owner in self.teams:
            return self.teams[owner].title
        return {OIC: "OIC", DESK: "This desk"}.get(owner, owner)


def load_actions(overlay: Path | None = None) -> Actions:
    """Load the pack. Raises PackError when an action names an owner, category or earlier action that is not there."""
    pack = read_pack("actions", overlay)
    pack.unknown({"chase", "category", "team", "late", "theme", "template"})
    meta, chase = pack.table("pack"), pack.table("chase")
    chase.unknown({"working_days", "supervisor_at", "supervisor_says"})
    categories = pack.build("category", _category)
    teams = pack.build("team", _team)
    return Actions(
        pack.version,
        meta.choice("status", Confidence),
        meta.text("source"),
        pack.build("template", lambda row: _template(row, teams, categories)),
        teams,
        categories,
        pack.build("late", _late),
        _themes(pack),
        _amount(chase, "working_days"),
        _amount(chase, "supervisor_at"),
        chase.text("supervisor_says"),
    )


def match(templates: Iterable[Template], case: Case, role: Role | None = None) -> tuple[Template, ...]:
    """The templates that fit a case, best first.

    One that asks for a flag of the case is better than one for the offence alone, then the one that names the
    offence more exactly; those for any case of a role come last. Without a role none of a role is left out.
    """
    offence = Recorded(
        case.offence_code, case.ho_class, None if case.ho_class else case.offence_title, case.category
    )
    flags = frozenset(case.flags or ())
    ranked = [
        (rank, template)
        for template in templates
        if (role is None or not template.roles or role in template.roles)
        and (rank := _rank(template, offence, flags)) is not None
    ]
    return tuple(template for _, template in sorted(ranked, key=lambda one: one[0], reverse=True))


def _rank(
    template: Template, offence: Recorded, flags: frozenset[str]
) -> tuple[bool, tuple[int, int]] | None:
    """How well a template fits, higher is better; None where it does not."""
    if template.with_flags and template.with_flags.isdisjoint(flags):
        return None
    flagged = bool(template.with_flags) or not template.flags.isdisjoint(flags)
    exact = template.offences.match(offence) if template.offences else (0, 0)
    if template.offences is None and not template.flags:
        return (flagged, exact)
    if exact == (0, 0) and template.flags.isdisjoint(flags):
        return None
    return (flagged, exact)


def _category(row: Row) -> str:
    row.unknown({"id", "title", "status", "source", "severity"})
    row.choice("status", Confidence)
    row.text("source")
    return row.text("title")


def _team(row: Row) -> Team:
    row.unknown({"id", "title", "needs", "due", "unit", "severity"})
    if row.id in _OWNERS:
        raise row.error("id", "stands for a person", f"Not any of: {', '.join(_OWNERS)}.")
    needs = tuple(row.texts("needs"))
    if not needs or not all(needs):
        raise row.error("needs", "says nothing", "Say what a request must contain.")
    return Team(row.id, row.text("title"), needs, _due(row))


def _late(row: Row) -> str:
    row.unknown({"id", "title", "severity"})
    return row.text("title")


def _themes(pack: Pack) -> dict[str, Theme]:
    def theme(row: Row) -> Theme:
        row.unknown({"id", "title", "about", "severity"})
        return Theme(row.id, row.text("title"), row.choice("about", About))

    return pack.build("theme", theme)


def _template(row: Row, teams: Mapping[str, Team], categories: Mapping[str, str]) -> Template:
    row.unknown({"id", "title", "flags", "with_flags", "roles", "item", "status", "severity", *KINDS})
    flags, with_flags = row.choices("flags", Flag, ()), row.choices("with_flags", Flag, ())
    offences, roles = offence_group(row), row.choices("roles", Role, ())
    if not (offences or flags or with_flags or roles):
        raise row.error("", "fits every case", "Name offences, flags or roles.")
    items: dict[str, Item] = {}
    for one in row.rows("item"):
        item = _item(one, items, teams, categories)
        items[item.id] = item
    if not items:
        raise row.error("item", "has no actions", f"Add [[template.item]] under {row.id}.")
    return Template(
        row.id,
        row.text("title"),
        offences,
        frozenset(flag.value for flag in flags),
        frozenset(flag.value for flag in with_flags),
        frozenset(role.value for role in roles),
        tuple(items.values()),
        row.choice("status", Confidence, Confidence.CONVENTION),
    )


def _item(
    row: Row, earlier: Mapping[str, Item], teams: Mapping[str, Team], categories: Mapping[str, str]
) -> Item:
    row.unknown({"id", "what", "why", "owner", "due", "unit", "after", "evidence", "category"})
    item_id, owner, category = (row.text(key) for key in ("id", "owner", "category"))
    after = row.text("after", "")
    if item_id in earlier:
        raise row.error("id", f"“{item_id}” stands twice in this template", "Give it another id.")
    if owner not in _OWNERS and owner not in teams:
        raise row.error("owner", f"there is no team “{owner}”", hint(owner, [*_OWNERS, *teams]))
    if category not in categories:
        raise row.error("category", f"there is no category “{category}”", hint(category, categories))
    if after and after not in earlier:
        raise row.error("after", f"no earlier action “{after}”", hint(after, earlier) or "Put it before.")
    return Item(
        item_id,
        row.text("what"),
        row.text("why"),
        owner,
        _due(row),
        after,
        row.text("evidence", ""),
        category,
    )


def _due(row: Row) -> tuple[int, Unit]:
    unit = row.choice("unit", Unit, Unit.WORKING_DAYS)
    if unit not in _UNITS:
        raise row.error("unit", f"“{unit}” is too long for an action", f"One of: {', '.join(_UNITS)}.")
    return _amount(row, "due"), unit


def _amount(row: Row, key: str) -> int:
    value = row.integer(key)
    if not 1 <= value <= _MOST:
        raise row.error(key, f"{value} does not fit", f"Between 1 and {_MOST}.")
    return value
