"""How the queue is liked here: columns, grouping, the last view, filters saved under a name.

Kept in the store of this machine, as what is typed into a filter may name people. What is read is checked: what
this program does not know (a column that is gone, a view of a newer one) is dropped without a word.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from casedesk.desk.caseload import COLUMNS, VIEWS, natural_order
from casedesk.desk.desk import Desk
from casedesk.model.errors import BadInputError
from casedesk.model.text import clean
from casedesk.store.queue import ORDERS

DEFAULT_COLUMNS = ("due", "band", "ref", "why", "offence", "flags", "outcome", "oic", "owner", "since")
GROUPINGS = ("", "band")
"""Nothing, or a heading for each band."""
MAX_FILTERS = 50
_GROUPING = "band"
_KEY = "queue"
_LONGEST_NAME, _LONGEST_WORDS = 60, 500


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A view, the words that narrow it and its order, under a name."""

    name: str
    view: str = "open"
    words: str = ""
    order: str = "priority"
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Preferences:
    """What was chosen."""

    columns: tuple[str, ...] = DEFAULT_COLUMNS
    """Names of :data:`casedesk.desk.caseload.COLUMNS`, in the order shown."""
    grouping: str = _GROUPING
    """One of :data:`GROUPINGS`."""
    view: str = "open"
    """The view shown last."""
    order: str = "priority"
    reverse: bool = False
    filters: tuple[SavedFilter, ...] = ()
    """By name."""


def load_preferences(desk: Desk) -> Preferences:
    """What was chosen here, the unknown left out."""
    raw = desk.store.load_preference(_KEY)
    return _checked(raw) if isinstance(raw, Mapping) else Preferences()


def save_preferences(desk: Desk, preferences: Preferences) -> None:
    """Keep what was chosen, the unknown left out. A store open for reading only keeps nothing."""
    desk.store.save_preference(_KEY, asdict(_checked(asdict(preferences))))


def save_filter(desk: Desk, wanted: SavedFilter) -> Preferences:
    """Keep a filter under its name, in place of one of the same name; returns all that is kept.

    Raises BadInputError without a name, for an unknown view or order, or when there are too many.
    """
    name = clean(wanted.name)
    if not name or len(name) > _LONGEST_NAME:
        raise BadInputError(
            f"A filter needs a name of 1 to {_LONGEST_NAME} characters.", "Say what it finds, in a few words."
        )
    found = _filter({**asdict(wanted), "name": name})
    if found is None or (found.view, found.order) != (wanted.view, wanted.order):
        raise BadInputError("That view or order is not known.", f"Views: {', '.join(VIEWS)}.")
    held = load_preferences(desk)
    others = [one for one in held.filters if one.name.casefold() != name.casefold()]
    if len(others) >= MAX_FILTERS:
        raise BadInputError(f"There are {MAX_FILTERS} saved filters already.", "Delete one first.")
    kept = replace(held, filters=_by_name([*others, found]))
    save_preferences(desk, kept)
    return kept


def drop_filter(desk: Desk, name: str) -> Preferences:
    """Forget a saved filter; returns all that is kept. Raises BadInputError when there is none of that name."""
    held = load_preferences(desk)
    others = tuple(one for one in held.filters if one.name.casefold() != clean(name).casefold())
    if len(others) == len(held.filters):
        raise BadInputError(f"There is no saved filter {clean(name)!r}.", "Choose one that is listed.")
    kept = replace(held, filters=others)
    save_preferences(desk, kept)
    return kept


def _checked(raw: Mapping[str, Any]) -> Preferences:
    known = [name for name in _texts(raw.get("columns")) if name in COLUMNS]
    view = _one_of(raw.get("view"), VIEWS, "open")
    filters = raw.get("filters")
    some = [_filter(one) for one in filters] if isinstance(filters, list | tuple) else []
    named = {one.name.casefold(): one for one in some if one is not None}
    return Preferences(
        tuple(dict.fromkeys(known)) or DEFAULT_COLUMNS,
        _one_of(raw.get("grouping"), GROUPINGS, _GROUPING),
        view,
        _one_of(raw.get("order"), ORDERS, natural_order(view)),
        raw.get("reverse") is True,
        _by_name(named.values())[:MAX_FILTERS],
    )


def _filter(raw: Any) -> SavedFilter | None:
    """A saved filter as it was read; None where it has no name, or its view is unknown."""
    if not isinstance(raw, Mapping):
        return None
    name, words, view = raw.get("name"), raw.get("words"), raw.get("view")
    if not isinstance(name, str) or not clean(name) or view not in VIEWS:
        return None
    return SavedFilter(
        clean(name)[:_LONGEST_NAME],
        str(view),
        clean(words)[:_LONGEST_WORDS] if isinstance(words, str) else "",
        _one_of(raw.get("order"), ORDERS, natural_order(str(view))),
        raw.get("reverse") is True,
    )


def _by_name(filters: Iterable[SavedFilter]) -> tuple[SavedFilter, ...]:
    return tuple(sorted(filters, key=lambda one: one.name.casefold()))


def _texts(raw: Any) -> list[str]:
    return [one for one in raw if isinstance(one, str)] if isinstance(raw, list | tuple) else []


def _one_of(raw: Any, known: Collection[str], otherwise: str) -> str:
    return raw if isinstance(raw, str) and raw in known else otherwise
