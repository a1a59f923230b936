"""What a case file says of its limit on prosecution: the offence, its day, a statement, a certificate."""

from datetime import date

from casedesk.model.errors import BadInputError
from casedesk.model.facts import CaseFile, standing
from casedesk.model.moments import earliest_day
from casedesk.model.words import EventKind, Flag
from casedesk.reference.offences import Mode
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer
from casedesk.rules.limits import Alleged, prosecution_limit, special_limit


def offences_of(file: CaseFile) -> tuple[str, ...]:
    """The codes of the offences a prosecution may be for: the one charged or put forward, then the one recorded."""
    codes = (file.case.charge_code, file.case.offence_code)
    return tuple(dict.fromkeys(plain for code in codes if (plain := (code or "").replace(" ", "").upper())))


def offence_of(file: CaseFile) -> str | None:
    """The code of the offence that a prosecution would be for: the first of them; None where the case has none."""
    return next(iter(offences_of(file)), None)


def limited_offence(file: CaseFile, packs: Packs) -> str | None:
    """The code of the offence whose limit on prosecution counts; None where the case has no code.

    The first that has a limit of its own or is summary-only: with another offence put forward, the limit of the one
    recorded still runs. Where none is limited, the first of them.
    """
    codes = offences_of(file)
    return next((code for code in codes if _is_limited(code, packs)), offence_of(file))


def _is_limited(code: str, packs: Packs) -> bool:
    mode, special = mode_of(code, packs), special_limit(packs.clocks, code)
    return (mode is not None and mode.summary_only) or (special is not None and special.amount is not None)


def mode_of(code: str | None, packs: Packs) -> Mode | None:
    """Where an offence can be tried, as the pack has it; None for a code it does not have."""
    offence = packs.offences.get(code) if code else None
    return offence.mode if offence else None


def alleged_of(file: CaseFile, code: str, mode: Mode | None, day: date) -> Alleged:
    """What the limit depends on, for an offence committed on a day."""
    case = file.case
    evidence = min(
        (e.at for _, e in standing(file.events) if e.kind == EventKind.CERTIFICATE and e.at), default=None
    )
    return Alleged(
        offence=day,
        code=code,
        mode=mode,
        domestic_abuse=Flag.DOMESTIC_ABUSE in (case.flags or ()),
        statement=earliest_day(case.first_statement_on) if case.first_statement_on else None,
        evidence=evidence,
    )


def summary_limit(file: CaseFile, packs: Packs) -> Answer | None:
    """The limit on prosecution of a case that is summary-only, from the first day it may have been committed.

    None where the offence can be tried elsewhere or is not known, or where the limit cannot be counted.
    """
    code = limited_offence(file, packs) or ""
    committed = file.case.offence_from or file.case.offence_to
    mode = mode_of(code, packs)
    if mode is None or not mode.summary_only or committed is None:
        return None
    day = earliest_day(committed)
    plain = Alleged(offence=day, code=code, mode=mode)
    full = alleged_of(file, code, mode, day) if special_limit(packs.clocks, code) else plain
    for alleged in (full, plain):
        try:
            return prosecution_limit(packs.clocks, alleged)
        except (
            BadInputError,
            OverflowError,
        ):  # a statement dated before the offence; a day past the year 9999
            continue
    return None
