"""Checks every pack, shipped and the force's own: what ``casedesk packs check`` runs.

:data:`LOADERS` and :data:`FOLDERS` are the registry: a pack that neither names is reported as unknown.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from casedesk.model.errors import PackError
from casedesk.model.words import Confidence
from casedesk.reference.actions import load_actions
from casedesk.reference.calendar import load_bank_holidays
from casedesk.reference.charging import load_charging
from casedesk.reference.clinic import load_clinic
from casedesk.reference.clocks import load_clocks
from casedesk.reference.conditions import load_conditions
from casedesk.reference.demo import load_demo
from casedesk.reference.duties import load_duties
from casedesk.reference.eligibility import load_eligibility
from casedesk.reference.finalisation import load_finalisation
from casedesk.reference.forms import load_form
from casedesk.reference.gravity import load_gravity
from casedesk.reference.guidance import load_guidance
from casedesk.reference.letters import load_letter, load_letters
from casedesk.reference.loading import DATA, PackEntryError, PackProblem, hint, pack_names, read_pack, shown
from casedesk.reference.offences import ROWS, load_offences
from casedesk.reference.outcomes import load_outcomes
from casedesk.reference.paths import load_paths
from casedesk.reference.points import load_points
from casedesk.reference.police_uk import load_police_uk
from casedesk.reference.priority import load_priority
from casedesk.reference.profiles import load_profile
from casedesk.reference.remand import load_remand
from casedesk.reference.resolutions import load_resolutions
from casedesk.reference.retention import load_retention
from casedesk.reference.returns import load_returns
from casedesk.reference.rulings import load_rulings
from casedesk.reference.thor import load_thor

Loader = Callable[[Path | None], object]
"""Loads one pack with the overlay; raises PackError when it does not hold together."""


def _police_uk(overlay: Path | None) -> None:
    outcomes = load_outcomes(overlay)
    load_police_uk(overlay)
    for row in read_pack("police-uk", overlay).rows("outcome"):
        for code in row.texts("codes"):
            if code not in outcomes:
                raise row.error("codes", f"there is no outcome “{code}”", hint(code, outcomes))


def _returns(overlay: Path | None) -> None:
    load_returns(overlay)
    known = (*load_finalisation(), *load_finalisation(overlay))  # one switched off is known too
    rules = {rule.id for rule in known}
    for row in read_pack("returns", overlay).rows("reason"):
        for rule in row.texts("rules", ()):
            if rule not in rules:
                raise row.error("rules", f"there is no rule “{rule}”", hint(rule, rules))


def _rulings(overlay: Path | None) -> None:
    outcomes = load_outcomes(overlay)
    for code in load_rulings(overlay).several:
        if code not in outcomes:
            several = read_pack("rulings", overlay).table("several")
            raise several.error("outcomes", f"there is no outcome “{code}”", hint(code, outcomes))


def _offences(overlay: Path | None) -> None:
    load_offences(overlay)
    pack = read_pack("offences", overlay)
    content = (DATA / ROWS).read_bytes().replace(b"\r\n", b"\n")
    if hashlib.sha256(content).hexdigest() != pack.table("file").text("sha256"):
        raise pack.error(ROWS, "has been changed since it was built", "Install casedesk again.")


LOADERS: dict[str, Loader] = {
    "outcomes": load_outcomes,
    "offences": _offences,
    "bank-holidays": load_bank_holidays,
    "police-uk": _police_uk,
    "finalisation": load_finalisation,
    "guidance": load_guidance,
    "paths": load_paths,
    "clocks": load_clocks,
    "duties": load_duties,
    "priority": load_priority,
    "resolutions": load_resolutions,
    "conditions": load_conditions,
    "eligibility": load_eligibility,
    "gravity": load_gravity,
    "retention": load_retention,
    "returns": _returns,
    "rulings": _rulings,
    "thor": load_thor,
    "actions": load_actions,
    "charging": load_charging,
    "clinic": load_clinic,
    "points": load_points,
    "remand": load_remand,
    "demo": load_demo,
    "letters": load_letters,
}
"""What checks each pack, by its name."""

FOLDERS: dict[str, Callable[[str, Path | None], object]] = {
    "profiles": load_profile,
    "forms": load_form,
    "letters": load_letter,
}
"""What checks each pack of a folder; it is given the name within the folder and the overlay."""


def check_packs(overlay: Path | None = None, also: Mapping[str, Loader] | None = None) -> list[PackProblem]:
    """Find everything that is wrong with the packs, shipped and laid over them; empty when all is well.

    An overlay folder that does not exist is no fault: nothing is laid over.

    ``also`` adds checks that only a floor above can make, by pack name: that the predicates of the
    finalisation rules exist, for one. Such a check runs when the pack itself has no problem.
    """
    problems = list(_unread(overlay)) if overlay is not None else []
    for name in sorted({*pack_names(overlay=overlay), *LOADERS}):
        loader = _loader(name)
        if loader is None:
            problems.append(_unknown(name, overlay))
            continue
        found = _run(name, loader, overlay) or _meta(name, overlay)
        if not found and also is not None and name in also:
            found = _run(name, also[name], overlay)
        problems.extend(found)
    return list(dict.fromkeys(problems))


def _loader(name: str) -> Loader | None:
    folder, _, rest = name.partition("/")
    if rest and folder in FOLDERS:
        return partial(FOLDERS[folder], rest)
    return LOADERS.get(name)


def _run(name: str, loader: Loader, overlay: Path | None) -> list[PackProblem]:
    try:
        loader(overlay)
    except PackEntryError as error:
        return list(error.problems)
    except PackError as error:
        return [PackProblem(f"{name}.toml", "", error.message, error.cure)]
    return []


def _meta(name: str, overlay: Path | None) -> list[PackProblem]:
    """Check that a shipped pack says what it is, from where, under what licence and how well sourced."""
    if not (DATA / f"{name}.toml").is_file():
        return []
    try:
        row = read_pack(name, overlay).table("pack")
        for key in ("title", "version", "source", "licence"):
            row.text(key)
        row.choice("status", Confidence)
    except PackEntryError as error:
        return list(error.problems)
    return []


def _unknown(name: str, overlay: Path | None) -> PackProblem:
    path = DATA / f"{name}.toml"
    if overlay is not None and not path.is_file():
        path = overlay / f"{name}.toml"
    last = name.rpartition("/")[2]
    meant = [*LOADERS, *(f"{folder}/{last}" for folder in FOLDERS)]
    return PackProblem(shown(path), "", "there is no pack of this name", hint(name, meant))


def _unread(overlay: Path) -> Iterator[PackProblem]:
    """Files that were meant to be packs, by their names, but do not end in ``.toml``."""
    if overlay.is_file():
        cure = "Make a folder of this name and put the packs into it."
        yield PackProblem(str(overlay), "", "is a file where a folder is expected", cure)
    for path in sorted(overlay.rglob("*")):
        name = path.relative_to(overlay).as_posix().split(".")[0].lower()
        meant = name in LOADERS or ".toml" in path.name.lower()
        if meant and path.suffix != ".toml" and path.is_file():
            yield PackProblem(str(path), "", "is not read", f"A pack's name ends in .toml: {name}.toml.")
