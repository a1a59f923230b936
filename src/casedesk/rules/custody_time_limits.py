"""Custody time limits after charge: Prosecution of Offences (Custody Time Limits) Regulations 1987.

The first day of custody is left out; an expiry on a Saturday, Sunday, Christmas Day, Good Friday or bank
holiday moves back to the next day before it that is none of these. Each charge has its own limit.
"""

from dataclasses import replace
from datetime import date
from enum import StrEnum

from casedesk.model.errors import BadInputError
from casedesk.reference.calendar import BankHolidays
from casedesk.reference.clocks import Clock, Clocks, Group
from casedesk.rules.answers import Answer, day_words, number, plural
from casedesk.rules.counting import add_days, day_of
from casedesk.rules.due import due


class Stage(StrEnum):
    """The stage of the case that a custody time limit runs to."""

    SUMMARY = "summary"
    """A summary-only offence, to the start of the trial: reg 4."""
    EITHER_WAY = "either-way"
    """An either-way offence, to the start of a summary trial: reg 4."""
    CROWN = "crown"
    """Sent to the Crown Court, to the start of the trial: reg 5."""


_CLOCKS = {Stage.SUMMARY: "CTL-56S", Stage.EITHER_WAY: "CTL-70", Stage.CROWN: "CTL-182"}


def custody_time_limit(
    clocks: Clocks,
    first: date,
    days: int,
    holidays: BankHolidays,
    *,
    clock: Clock | None = None,
    less: int = 0,
) -> Answer:
    """When a custody time limit of ``days`` from the first day of custody expires.

    ``less``: days already spent in custody of the magistrates' court, which shorten the Crown Court's limit.
    Raises BadInputError when they use it up.
    """
    known = [one for one in clocks.group(Group.CUSTODY_TIME_LIMIT) if days in (one.amount, *one.further)]
    used = clock or (known[0] if known else clocks["CTL-56S"])
    left = days - less
    if less < 0 or left < 1:
        raise BadInputError(
            f"{plural(less, 'day')} cannot be taken off a limit of {plural(days, 'day')}.",
            "Give the days already spent in custody of the magistrates' court.",
        )
    answer = due(clocks, used, day_of(first), holidays, amount=left)
    steps = list(answer.steps)
    if less:
        steps.insert(
            1, f"{days} days less {less} already spent in custody of the magistrates' court: {left} days."
        )
    warnings = answer.warnings
    if not known:
        warnings += (f"No custody time limit is {plural(days, 'day')}: check the number.",)
    if used.notes:
        steps.append(used.notes)
    return replace(answer, steps=tuple(steps), warnings=warnings)


def stage_limit(
    clocks: Clocks,
    stage: Stage,
    first: date,
    holidays: BankHolidays,
    *,
    decided: date | None = None,
    less: int = 0,
) -> Answer:
    """When the custody time limit of a stage expires.

    ``decided`` is the day summary trial of an either-way offence was decided: within 56 days of the first
    appearance the limit is 56 days, otherwise 70.
    """
    clock = clocks[_CLOCKS[stage]]
    days = number(clock)
    steps: tuple[str, ...] = ()
    if stage is Stage.EITHER_WAY and decided is not None and clock.further:
        shorter = clock.further[0]
        within = day_of(first) <= day_of(decided) <= add_days(day_of(first), shorter)
        days = shorter if within else days
        how = "within" if within else "not within"
        steps = (f"Summary trial decided {day_words(day_of(decided))}, {how} {shorter} days: {days} days.",)
    answer = custody_time_limit(clocks, first, days, holidays, clock=clock, less=less)
    return replace(answer, steps=(*steps, *answer.steps))
