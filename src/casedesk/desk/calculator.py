"""When does it end? The questions of the calculator, asked before there is a case.

The command line and the calculator's screen read what was typed each in its own way and ask here. Nothing is read
but the packs. Each function raises BadInputError where the rules have no answer to what was given.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from casedesk.model.errors import BadInputError
from casedesk.model.moments import local
from casedesk.model.text import clean, clip
from casedesk.rules.answers import Answer, instant_words

if TYPE_CHECKING:
    from casedesk.reference.clocks import Clock
    from casedesk.reference.offences import Mode
    from casedesk.reference.packs import Packs
    from casedesk.rules.bail import CpsPause, Stay
    from casedesk.rules.counting import Span

FIRST_COURT = "CRT-1"
NOTICE = "DAPN-48"
"""The clock of a domestic abuse protection notice: by when the application for an order must be heard."""


def working_days(packs: "Packs", event: date, count: int) -> Answer:
    """The last of so many working days after an event."""
    from casedesk.rules.due import count_working_days

    return count_working_days(packs.clocks, event, count, packs.bank_holidays)


def bail(
    packs: "Packs",
    arrest: date,
    *,
    months: int | None = None,
    stage: str | None = None,
    by: str | None = None,
    cps: "Sequence[CpsPause]" = (),
    hospital: "Sequence[Stay]" = (),
) -> Answer:
    """The end of the applicable bail period, by its length, its stage or who decides."""
    from casedesk.rules import bail as rules

    for stay in hospital:
        if stay.last is not None and stay.last < stay.first:
            raise BadInputError(
                f"The stay in hospital ends ({stay.last}) before it begins ({stay.first}).",
                "Give the first and the last day in that order.",
            )
    clock, length = rules.stage(packs.clocks, months=months, by=by and by.casefold(), clock_id=stage)
    return rules.bail(packs.clocks, arrest, clock, length, cps=cps, hospital=hospital)


def bail_extended(packs: "Packs", current_end: date, months: int | None = None) -> Answer:
    """The end of a bail period that a court extends later on."""
    from casedesk.rules.bail import extended_by_court

    return extended_by_court(packs.clocks, current_end, months)


def detention(
    packs: "Packs",
    relevant: datetime,
    hours: int,
    *,
    hospital: "Sequence[Span]" = (),
    questioned: "Sequence[Span]" = (),
    already: timedelta = timedelta(),
    bail_arrest: bool = False,
) -> Answer:
    """The end of so many hours of detention without charge: any number that an authority can have given.

    A superintendent and a court may give fewer hours than they could, so that 30 or 48 are possible; fewer than the
    hours that need no authority limit nothing.
    """
    from casedesk.rules.answers import number
    from casedesk.rules.detention import detention as ends

    least = number(packs.clocks["DET-24"])
    if 0 < hours < least:
        raise BadInputError(
            f"Nothing limits detention without charge to {hours} hours: {least} need no authority.",
            "Give 24, 36, 72 or 96, or the hours from the relevant time that an authority gave.",
        )
    return ends(
        packs.clocks,
        relevant,
        hours,
        hospital=hospital,
        questioned=questioned,
        already=already,
        bail_arrest=bail_arrest,
    )


def reviews(
    packs: "Packs", authorised: datetime, held: Sequence[datetime] = (), *, charged: bool = False
) -> Answer:
    """The latest time of the next review of detention."""
    from casedesk.rules.detention import reviews as next_review

    return next_review(packs.clocks, authorised, held, charged=charged)


def prosecution(
    packs: "Packs",
    committed: date,
    *,
    code: str | None = None,
    mode: "Mode | None" = None,
    domestic_abuse: bool = False,
    statement: date | None = None,
    evidence: date | None = None,
) -> tuple[Answer, tuple[str, ...]]:
    """The statutory time limit for starting a prosecution, and a note that says which offence was understood.

    Raises BadInputError also for a code in no list when the mode of trial is not given.
    """
    from casedesk.rules.limits import Alleged, prosecution_limit

    plain, found, note = _offence(packs, code, mode) if code is not None else (None, mode, ())
    alleged = Alleged(
        offence=committed,
        code=plain,
        mode=found,
        domestic_abuse=domestic_abuse,
        statement=statement,
        evidence=evidence,
    )
    return prosecution_limit(packs.clocks, alleged), note


def custody_days(packs: "Packs", start: date, days: int, *, less: int = 0) -> Answer:
    """The end of so many days of a custody time limit; ``less`` days were spent under an earlier one."""
    from casedesk.rules.custody_time_limits import custody_time_limit

    return custody_time_limit(packs.clocks, start, days, packs.bank_holidays, less=less)


def custody_stage(
    packs: "Packs", start: date, stage: str, *, decided: date | None = None, less: int = 0
) -> Answer:
    """The custody time limit to a stage: ``summary``, ``either-way`` or ``crown``.

    For either-way without the day summary trial was decided the longer limit is given, with a warning.
    """
    from casedesk.rules.custody_time_limits import Stage, stage_limit

    answer = stage_limit(packs.clocks, Stage(stage), start, packs.bank_holidays, decided=decided, less=less)
    if Stage(stage) is not Stage.EITHER_WAY or decided is not None:
        return answer
    shorter = stage_limit(
        packs.clocks, Stage.EITHER_WAY, start, packs.bank_holidays, decided=start, less=less
    )
    if shorter.due is None or shorter.due == answer.due:
        return answer
    days = packs.clocks[answer.clock].further[0]
    said = f"If summary trial was decided within {days} days it ends sooner: {instant_words(shorter.due)}."
    return replace(answer, warnings=(*answer.warnings, said))


def limit(
    packs: "Packs", clock_id: str, event: date, *, enhanced: bool = False, amount: int | None = None
) -> Answer:
    """When any clock of the pack falls due."""
    from casedesk.rules.due import due

    clock = packs.clocks[clock_id]
    return due(packs.clocks, clock, event, packs.bank_holidays, enhanced=enhanced, amount=amount)


def limit_words(clock: "Clock") -> str:
    """The length of a clock: ``5 working-days (enhanced 1)``; empty where there is no fixed number."""
    amounts = "" if clock.amount is None else f"{clock.amount} {clock.unit}"
    return amounts if clock.enhanced is None else f"{amounts} (enhanced {clock.enhanced})"


def _offence(packs: "Packs", code: str, mode: "Mode | None") -> "tuple[str, Mode | None, tuple[str, ...]]":
    """The code, mode of trial and title of the offence that was asked about."""
    plain = clean(code).upper()
    found = packs.offences.get(plain)
    if found is not None:
        return plain, mode or found.mode, (f"{plain}: {found.title} ({found.mode}).",)
    if mode is None and plain not in packs.clocks.by_offence:
        raise BadInputError(
            f"There is no offence “{clip(plain, 20)}” in the list.",
            "Check the code, or give the mode of trial: summary, either-way or indictable.",
        )
    return plain, mode, (f"{clip(plain, 20)} is not in the offence list.",)


def answer_lines(answer: Answer, notes: tuple[str, ...] = ()) -> list[str]:
    """The lines a person reads: when, the steps (``notes`` first), the source, how well it is sourced."""
    due = "none" if answer.due is None else instant_words(answer.due)
    return [
        f"Due: {due}",
        *(f"  {number}. {step}" for number, step in enumerate((*notes, *answer.steps), 1)),
        *((f"Rule: {answer.rule}",) if answer.rule else ()),
        f"Source: {answer.source}",
        f"Status: {answer.status}",
        *(f"Warning: {warning}" for warning in answer.warnings),
    ]


def answer_json(answer: Answer, notes: tuple[str, ...] = ()) -> str:
    """The answer for a program: ``due`` is ISO 8601 with the offset of Europe/London, or null."""
    return json.dumps(
        {
            "due": None if answer.due is None else local(answer.due).isoformat(),
            "rule": answer.rule,
            "steps": [*notes, *answer.steps],
            "source": answer.source,
            "status": answer.status,
            "warnings": list(answer.warnings),
            "clock": answer.clock,
        },
        indent=2,
    )
