"""What the calculator's screen can be asked: for each question its fields, and how they become an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from casedesk.desk import calculator
from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment, earliest, local, show_instant
from casedesk.model.typed_moments import Lean, parse_typed_moment
from casedesk.reference.clocks import Clock
from casedesk.reference.offences import Mode
from casedesk.reference.packs import Packs
from casedesk.rules.answers import Answer, event_words, span_words
from casedesk.rules.bail import CpsPause, Stay
from casedesk.rules.counting import Span
from casedesk.widgets.fields import (
    ChoiceField,
    Field,
    MomentField,
    NumberField,
    TextField,
    Values,
    YesNoField,
)

Reply = tuple[Answer, tuple[str, ...]]
"""An answer, and what had to be decided in reading the question."""

_DAY_HINT = "e.g. 18/12 16:40, 18/12, -2d"
_TIME_HINT = "e.g. 14:30, -2h, 18/12 16:40"


@dataclass(frozen=True)
class Question:
    """One thing to ask."""

    id: str
    title: str
    about: str
    """What it is about, in a sentence."""
    fields: Sequence[Field]
    ask: Callable[[Packs, Values], Reply]
    """Answers from the fields' values; every required one is there. Raises CasedeskError where there is none."""
    initial: Mapping[str, str] = field(default_factory=dict)
    """What stands in the fields at first."""


@dataclass(frozen=True, slots=True)
class LengthField(Field):
    """A length of time: hours and minutes."""

    def parse(self, text: str, now: datetime) -> timedelta:
        """Read ``5:30`` or ``5``."""
        hours, _, minutes = text.strip().partition(":")
        if not (hours.isascii() and hours.isdigit() and len(hours) < 4):
            raise BadInputError("Write hours and minutes: 5:30.")
        if not minutes:
            return timedelta(hours=int(hours))
        if not (minutes.isascii() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60):
            raise BadInputError("Write hours and minutes: 5:30.")
        return timedelta(hours=int(hours), minutes=int(minutes))

    def echo(self, value: Any) -> str:
        """The length in words."""
        return span_words(value)


@dataclass(frozen=True, slots=True)
class SpansField(Field):
    """Stretches of time, ``18/12 16:00 to 20:00; 22:00 to``: an end left out means that it lasts."""

    timed: bool = True
    """Whether a day alone is not enough."""
    lean: Lean = Lean.PAST

    def parse(self, text: str, now: datetime) -> list[tuple[date, date | None]]:
        """Read every stretch."""
        return [self._stretch(one.strip(), now) for one in text.split(";") if one.strip()]

    def _stretch(self, text: str, now: datetime) -> tuple[date, date | None]:
        start_text, to, end_text = f" {text} ".partition(" to ")
        if not to:
            raise BadInputError(f"{self.label}: from when to when?", "Write 16:00 to 20:00, or 16:00 to.")
        start = self._one(start_text, now, self.lean)
        if not end_text.strip():
            return start, None
        return start, self._one(end_text, _instant(start), Lean.FUTURE)

    def _one(self, text: str, now: datetime, lean: Lean) -> date:
        moment = parse_typed_moment(text, now, lean=lean, timed=self.timed)
        when = when_of(moment)
        if not self.timed:
            return local(when).date() if isinstance(when, datetime) else when
        if not isinstance(when, datetime):
            raise BadInputError(f"{self.label}: at what time?", "Add it, for example 18/12 16:00.")
        here = local(when)
        twice = here.utcoffset() != here.replace(fold=1 - here.fold).utcoffset()
        if twice and text.split()[-1].casefold() not in ("bst", "gmt"):
            raise BadInputError(
                f"{show_instant(when)} occurs twice, the clocks going back.", "Add BST or GMT."
            )
        return when

    def echo(self, value: Any) -> str:
        """Every stretch with its weekdays."""
        return "; ".join(
            f"{event_words(start)} {'and lasting' if end is None else f'to {event_words(end)}'}"
            for start, end in value
        )


@dataclass(frozen=True, slots=True)
class MomentsField(Field):
    """Several times that lie in the past, in order: ``20:25; 05:25``."""

    def parse(self, text: str, now: datetime) -> list[Moment]:
        """Read every time, each the first that follows the one before."""
        found: list[Moment] = []
        for one in filter(str.strip, text.split(";")):
            after, lean = (earliest(found[-1]), Lean.FUTURE) if found else (now, Lean.PAST)
            moment = parse_typed_moment(one, after, lean=lean, timed=True)
            if len(moment) == 10:
                raise BadInputError(f"{self.label}: at what time?", "Add it, for example 18/12 20:25.")
            found.append(moment)
        return found

    def echo(self, value: Any) -> str:
        """Every time with its weekday."""
        return "; ".join(event_words(earliest(one)) for one in value)


def when_of(moment: Moment) -> date:
    """A moment as the rules take it: a day, or an aware instant."""
    return date.fromisoformat(moment) if len(moment) == 10 else earliest(moment)


def _instant(when: date) -> datetime:
    return when if isinstance(when, datetime) else earliest(Moment(when.isoformat()))


def _day_or_none(value: Moment | None) -> date | None:
    return None if value is None else when_of(value)


def _plain(answer: Answer) -> Reply:
    return answer, ()


# -- the questions --------------------------------------------------------------------------------------------


def _detention(packs: Packs, given: Values) -> Reply:
    return _plain(
        calculator.detention(
            packs,
            earliest(given["relevant"]),
            int(given["hours"] or "24"),
            hospital=[Span(*one) for one in given["hospital"] or ()],
            questioned=[Span(*one) for one in given["questioned"] or ()],
            already=given["already"] or timedelta(),
            bail_arrest=bool(given["bail_arrest"]),
        )
    )


def _reviews(packs: Packs, given: Values) -> Reply:
    held = [earliest(one) for one in given["held"] or ()]
    return _plain(
        calculator.reviews(packs, earliest(given["authorised"]), held, charged=bool(given["charged"]))
    )


def _bail(packs: Packs, given: Values) -> Reply:
    return _plain(
        calculator.bail(
            packs,
            when_of(given["arrest"]),
            months=int(given["months"]) if given["months"] else None,
            by=given["by"],
            cps=[CpsPause(*one) for one in given["cps"] or ()],
            hospital=[Stay(*one) for one in given["hospital"] or ()],
        )
    )


def _bail_extended(packs: Packs, given: Values) -> Reply:
    ends = when_of(given["current"])
    day = local(ends).date() if isinstance(ends, datetime) else ends
    return _plain(calculator.bail_extended(packs, day, int(given["months"]) if given["months"] else None))


def _first_court(packs: Packs, given: Values) -> Reply:
    return _plain(calculator.limit(packs, calculator.FIRST_COURT, when_of(given["charged"])))


def _custody_limit(packs: Packs, given: Values) -> Reply:
    if (given["stage"] is None) == (given["days"] is None):
        raise BadInputError("Give either what it runs to, or the days.", "56, 70 or 182 days.")
    start, less = when_of(given["from"]), given["less"] or 0
    if given["days"] is not None:
        return _plain(calculator.custody_days(packs, start, given["days"], less=less))
    decided = _day_or_none(given["decided"])
    return _plain(calculator.custody_stage(packs, start, given["stage"], decided=decided, less=less))


def _prosecution(packs: Packs, given: Values) -> Reply:
    if given["code"] is None and given["mode"] is None:
        raise BadInputError("Which offence?", "Give its code, as CJ88116, or where it can be tried.")
    return calculator.prosecution(
        packs,
        when_of(given["committed"]),
        code=given["code"],
        mode=Mode(given["mode"]) if given["mode"] else None,
        domestic_abuse=bool(given["domestic_abuse"]),
        statement=_day_or_none(given["statement"]),
        evidence=_day_or_none(given["evidence"]),
    )


def _notice(packs: Packs, given: Values) -> Reply:
    return _plain(calculator.limit(packs, calculator.NOTICE, earliest(given["given"])))


def _working_days(packs: Packs, given: Values) -> Reply:
    return _plain(calculator.working_days(packs, when_of(given["from"]), given["count"]))


QUESTIONS: tuple[Question, ...] = (
    Question(
        "detention", "Detention", "The end of detention without charge.",
        (
            MomentField("relevant", "Relevant time", True, _TIME_HINT, lean=Lean.PAST),
            ChoiceField("hours", "Hours", choices=[(n, n) for n in ("24", "36", "72", "96")]),
            SpansField("hospital", "In hospital", hint="e.g. 16:00 to 20:00; 22:00 to"),
            SpansField("questioned", "Questioned there", hint="e.g. 18:00 to 18:45"),
            LengthField("already", "Held before bail", hint="e.g. 5:30, which counts"),
            YesNoField("bail_arrest", "Bail breach arrest"),
        ),
        _detention,
        {"hours": "24"},
    ),
    Question(
        "reviews", "Review of detention", "The latest time of the next review.",
        (
            MomentField("authorised", "Authorised", True, _TIME_HINT, lean=Lean.PAST),
            MomentsField("held", "Reviews held", hint="e.g. 20:25; 05:25"),
            YesNoField("charged", "Charged"),
        ),
        _reviews,
    ),
    Question(
        "bail", "Pre-charge bail", "The end of the applicable bail period.",
        (
            MomentField("arrest", "Arrest", True, _DAY_HINT, lean=Lean.PAST, timed=False),
            ChoiceField("months", "Months", choices=[(n, n) for n in ("3", "6", "9", "12", "18", "24")]),
            ChoiceField("by", "Or who decides", choices=[
                ("custody-officer", "Custody officer"), ("inspector", "Inspector"),
                ("superintendent", "Superintendent"), ("assistant-chief-constable", "Asst chief constable"),
                ("magistrates", "Magistrates"), ("agency", "Other agency"),
            ]),
            SpansField("cps", "Bail for the CPS", hint="e.g. 14/2 to 10/3", timed=False),
            SpansField("hospital", "In-patient", hint="e.g. 14/2 to 20/2", timed=False),
        ),
        _bail,
    ),
    Question(
        "bail-extended", "Bail extended again", "The end of a bail period that a court extends again.",
        (
            MomentField("current", "Present end", True, _DAY_HINT, timed=False),
            ChoiceField("months", "Months", choices=[("3", "3"), ("6", "6")]),
        ),
        _bail_extended,
    ),
    Question(
        "first-court", "First court", "The latest day of the first court for somebody charged and kept in custody.",
        (MomentField("charged", "Charged", True, _DAY_HINT, lean=Lean.PAST, timed=False),),
        _first_court,
    ),
    Question(
        "custody-limit", "Custody time limit", "The custody time limit after charge.",
        (
            MomentField("from", "First day", True, _DAY_HINT, timed=False),
            ChoiceField("stage", "Runs to", choices=[
                ("summary", "Summary"), ("either-way", "Either way"), ("crown", "Crown Court"),
            ]),
            NumberField("days", "Or so many days", hint="56, 70 or 182", least=1, most=99_999),
            MomentField("decided", "Trial chosen on", hint=_DAY_HINT, timed=False),
            NumberField("less", "Days already spent", hint="0", most=99_999),
        ),
        _custody_limit,
    ),
    Question(
        "prosecution", "Time limit to charge", "The statutory time limit for starting a prosecution.",
        (
            MomentField("committed", "Offence", True, _DAY_HINT, lean=Lean.PAST, timed=False),
            TextField("code", "Offence code", hint="e.g. CJ88116"),
            ChoiceField("mode", "Or mode of trial", choices=[
                ("summary", "Summary"), ("either-way", "Either way"), ("indictable", "Indictable"),
                ("summary-motoring", "Motoring"),
            ]),
            YesNoField("domestic_abuse", "Domestic abuse"),
            MomentField("statement", "First statement", hint=_DAY_HINT, lean=Lean.PAST, timed=False),
            MomentField("evidence", "Evidence known", hint=_DAY_HINT, lean=Lean.PAST, timed=False),
        ),
        _prosecution,
    ),
    Question(
        "notice", "DAPN: 48 hours", "By when an application after a domestic abuse protection notice is heard.",
        (MomentField("given", "Notice given", True, _TIME_HINT, lean=Lean.PAST),),
        _notice,
    ),
    Question(
        "working-days", "Working days", "The last of so many working days after an event.",
        (
            MomentField("from", "Event", True, _DAY_HINT, timed=False),
            NumberField("count", "Working days", True, hint="e.g. 5", least=1, most=99_999),
        ),
        _working_days,
    ),
)  # fmt: skip
"""What can be asked at once; any clock of the pack is asked by :func:`about_clock`."""


def about_clock(clock: Clock) -> Question:
    """The question when one clock of the pack falls due."""

    def ask(packs: Packs, given: Values) -> Reply:
        enhanced, amount = bool(given.get("enhanced")), given.get("amount")
        return _plain(
            calculator.limit(packs, clock.id, when_of(given["event"]), enhanced=enhanced, amount=amount)
        )

    fields: list[Field] = [
        MomentField("event", _fitting(clock.starts.capitalize()), True, _DAY_HINT, timed=False)
    ]
    if clock.enhanced is not None:
        fields.append(YesNoField("enhanced", "Enhanced rights"))
    if clock.rule is not None:
        used = calculator.limit_words(clock) or "as agreed"
        fields.append(NumberField("amount", "Another number", hint=used, least=1, most=99_999))
    return Question(f"clock {clock.id}", clock.id, clock.title, tuple(fields), ask)


_LABEL = 17
"""The characters of a required field's label that a form shows."""


def _fitting(label: str) -> str:
    return label if len(label) <= _LABEL else "Starts"
