"""What a letter is written from: one suspect's matter, the appointment, the victim and the condition it is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from casedesk.desk.case_asks import name_of
from casedesk.desk.desk import Desk
from casedesk.desk.matter import Matter, read_matter
from casedesk.desk.people import safe_contact_warning
from casedesk.model.clinic import Clinic, Resolution
from casedesk.model.errors import BadInputError
from casedesk.model.facts import Appointment, Condition, Victim
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest_day, local
from casedesk.model.words import AppointmentState, Channel, Flag, ResolutionState, VictimKind
from casedesk.reference.letter_words import Audience, Given, When
from casedesk.reference.letters import Letter
from casedesk.store.clinics import read_clinics

STANDING = frozenset({AppointmentState.BOOKED, AppointmentState.INVITED, AppointmentState.CONFIRMED})
GIVEN_STATES = frozenset({ResolutionState.ACTIVE, ResolutionState.COMPLETED, ResolutionState.FAILED})
"""A resolution that was accepted, whatever became of it."""
ALLOWED_STATES = GIVEN_STATES | {ResolutionState.AUTHORISED, ResolutionState.OFFERED}
"""A resolution that somebody authorised and that was not turned down."""
OTHER_KIND = "It belongs to another kind of resolution."
"""Why a document of one disposal cannot be written for another."""
CAUTIONS = frozenset({"cc", "sc"})
REPARATIVE, RESTRICTIVE = "reparative", "restrictive"


@dataclass(frozen=True)
class Scene:
    """Everything that one letter is written from."""

    desk: Desk
    matter: Matter
    victim_id: EntityId | None = None
    condition_id: EntityId | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    """What was typed for this letter, by the placeholder."""

    @property
    def resolution(self) -> Resolution:
        """The resolution that is worked on; an empty one where there is none."""
        return self.matter.resolution or Resolution()

    @property
    def disposal(self) -> str:
        """The id of its disposal; empty where there is none."""
        return self.resolution.disposal or ""

    @property
    def state(self) -> str:
        """Where it stands; empty where there is none."""
        return self.resolution.state or ""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Its conditions, those taken out left out."""
        return tuple(one for _, one in self.matter.conditions)

    @property
    def victim(self) -> Victim | None:
        """The victim that a letter is to; None for nobody."""
        return dict(self.matter.victims).get(self.victim_id) if self.victim_id else None

    @property
    def appointments(self) -> tuple[Appointment, ...]:
        """The suspect's appointments, in the order of their times."""
        held = [
            one for _, one in self.matter.file.appointments if one.suspect == self.matter.suspect and one.at
        ]
        return tuple(sorted(held, key=lambda one: one.at or self.desk.now))

    @property
    def appointment(self) -> Appointment | None:
        """The next appointment, today's included; None where none is kept."""
        today = local(self.desk.now).date()
        coming = (
            one
            for one in self.appointments
            if one.state in STANDING and one.at and local(one.at).date() >= today
        )
        return next(coming, None)

    @property
    def seen(self) -> Appointment | None:
        """The next appointment, or else the last one that was attended: who came along to it."""
        attended = [one for one in self.appointments if one.state == AppointmentState.ATTENDED]
        return self.appointment or (attended[-1] if attended else None)

    @property
    def missed(self) -> Appointment | None:
        """The last appointment that was missed."""
        held = [one for one in self.appointments if one.state == AppointmentState.MISSED]
        return held[-1] if held else None

    @property
    def clinic(self) -> Clinic | None:
        """The clinic of the next appointment, or else of the last that was attended."""
        own = self.seen.clinic if self.seen else None
        return dict(read_clinics(self.desk.store.connection)).get(own) if own else None

    @property
    def condition(self) -> Condition | None:
        """The condition that the letter is about: the one that was named, or the only one with a provider."""
        if self.condition_id is not None:
            return dict(self.matter.conditions).get(self.condition_id)
        held = [one for one in self.conditions if one.provider]
        return held[0] if len(held) == 1 else None

    def is_told(self, condition: Condition) -> bool:
        """Whether a letter to this victim may speak of a condition: not of one that concerns another victim."""
        return self.victim_id is None or condition.victim in (None, self.victim_id)

    @property
    def payment(self) -> Condition | None:
        """The condition of compensation that was met, of the victim that the letter is to."""
        held = [one for one in self.conditions if is_payment(one) and self.is_told(one)]
        named = self.condition
        return named if named in held else held[-1] if held else None


def read_scene(
    desk: Desk,
    case_id: EntityId,
    suspect: EntityId | None = None,
    *,
    victim: EntityId | None = None,
    condition: EntityId | None = None,
    typed: Mapping[str, str] | None = None,
) -> Scene:
    """Read what letters are written from. The only suspect, and the only victim, need not be named.

    Raises BadInputError for a person or condition that is not of the case, NotFoundError for the case.
    """
    matter = read_matter(desk, case_id, suspect)
    held = dict(matter.victims)
    if victim is not None and victim not in held:
        raise BadInputError("That victim is not in this case.", "Choose one that is listed.")
    if condition is not None and condition not in dict(matter.conditions):
        raise BadInputError("That condition is not of this resolution.", "Choose one that is listed.")
    whom = victim if victim is not None else next(iter(held)) if len(held) == 1 else None
    return Scene(desk, matter, whom, condition, typed or {})


def is_payment(condition: Condition) -> bool:
    """Whether a condition was a payment to somebody that was made."""
    return bool(condition.amount_pence and condition.done_on and condition.kind == REPARATIVE)


def is_open(condition: Condition) -> bool:
    """Whether a condition is still to be done."""
    return condition.done_on is None and condition.failed_on is None


def is_at_risk(scene: Scene, condition: Condition) -> bool:
    """Whether a condition was not kept, or its day has gone by."""
    late = condition.due_on is not None and earliest_day(condition.due_on) < local(scene.desk.now).date()
    return condition.failed_on is not None or (is_open(condition) and late)


def concerns_victim(condition: Condition) -> bool:
    """Whether a condition is the victim's concern: it makes good, keeps away, or is the remedy they chose.

    Conditions of rehabilitation tell of somebody's needs and are never told.
    """
    return bool(condition.remedy) or condition.kind in (REPARATIVE, RESTRICTIVE)


# -- when a letter can be written -------------------------------------------------------------------------------


def _state_in(states: frozenset[ResolutionState], why: str) -> Callable[[Scene], str]:
    return lambda scene: "" if scene.state in set(states) else why


_READY: dict[When, Callable[[Scene], str]] = {
    When.APPOINTMENT: lambda scene: "" if scene.appointment else "No appointment is booked.",
    When.MISSED: lambda scene: "" if scene.missed else "No appointment was missed.",
    When.RESOLUTION: lambda scene: "" if scene.matter.resolution else "No resolution was proposed.",
    When.AUTHORISED: _state_in(ALLOWED_STATES, "The resolution is not authorised."),
    When.ACTIVE: _state_in(frozenset({ResolutionState.ACTIVE}), "No resolution is running."),
    When.ACCEPTED: _state_in(GIVEN_STATES, "The resolution was not accepted yet."),
    When.OPEN_CONDITIONS: lambda scene: (
        "" if any(is_open(one) for one in scene.conditions) and scene.state == ResolutionState.ACTIVE
        else "No condition is still to be done."
    ),
    When.AT_RISK: lambda scene: (
        "" if any(is_at_risk(scene, one) for one in scene.conditions) and scene.state in GIVEN_STATES
        else "No condition is late or was not kept."
    ),
    When.ENDED: _state_in(frozenset({ResolutionState.COMPLETED, ResolutionState.FAILED}), "It has not ended."),
    When.COMPLETED: _state_in(frozenset({ResolutionState.COMPLETED}), "It is not completed."),
    When.FAILED: _state_in(frozenset({ResolutionState.FAILED}), "It did not end in a breach."),
    When.VICTIM: lambda scene: _victim_why(scene),
    When.PROVIDER: lambda scene: _provider_why(scene),
    When.PAYMENT: lambda scene: "" if scene.payment else "No compensation is recorded as paid.",
    When.ASSESSMENT: lambda scene: "" if scene.matter.assessment else "No needs assessment was begun.",
}  # fmt: skip


def _victim_why(scene: Scene) -> str:
    if not scene.matter.victims:
        return "The case has no victim."
    if scene.victim is None:
        return "The case has several victims: choose one."
    return "The victim is the state." if scene.victim.kind == VictimKind.STATE else ""


def _provider_why(scene: Scene) -> str:
    if scene.condition is not None:
        return "" if scene.condition.provider else "That condition names no provider."
    several = any(one.provider for one in scene.conditions)
    return "Several conditions have a provider: choose one." if several else "No condition names a provider."


_DISPOSALS = {
    "agreement": frozenset({"o22"}),
    "resolution-agreement": frozenset({"cr"}),
    "caution-record": frozenset({"cc"}),
}
"""The documents that belong to one kind of resolution alone."""


def why_not(scene: Scene, letter: Letter) -> str:
    """Why a letter cannot be written now; empty when it can."""
    wanted = _DISPOSALS.get(letter.id)
    if wanted is not None and scene.disposal and scene.disposal not in wanted:
        return OTHER_KIND
    return next((said for when in letter.when if (said := _READY[when](scene))), "")


# -- what is so -------------------------------------------------------------------------------------------------


def givens(scene: Scene) -> frozenset[Given]:
    """What is so in this matter, for paragraphs that wait for it."""
    seen, conditions = scene.seen, scene.conditions
    case = scene.matter.file.case
    truths = {
        Given.ADULT: bool(seen and seen.appropriate_adult),
        Given.INTERPRETER: bool(seen and seen.interpreter),
        Given.SOLICITOR: bool(seen and seen.solicitor),
        Given.ADJUSTMENTS: bool(seen and seen.adjustments),
        Given.CAUTION: scene.disposal in CAUTIONS,
        Given.CONDITIONAL_CAUTION: scene.disposal == "cc",
        Given.COMMUNITY_RESOLUTION: scene.disposal == "cr",
        Given.OUTCOME_22: scene.disposal == "o22",
        Given.CONDITIONS: bool(conditions),
        Given.VICTIM: scene.victim is not None and scene.victim.kind != VictimKind.STATE,
        Given.VICTIM_CONDITIONS: any(concerns_victim(one) and scene.is_told(one) for one in conditions),
        Given.REMEDY: bool(scene.victim and scene.victim.remedy),
        Given.COMPLETED: scene.state == ResolutionState.COMPLETED,
        Given.FAILED: scene.state == ResolutionState.FAILED,
        Given.PENALTY: any(one.kind == "punitive" and one.amount_pence for one in conditions),
        Given.ACCEPTED: scene.state in GIVEN_STATES,
        Given.VIEWS: bool(scene.victim and scene.victim.views),
        Given.VARIED: any(one.variations for one in conditions),
        Given.CPS: bool(scene.matter.review.cps_decision or case.cps_reference),
    }
    return frozenset(word for word, so in truths.items() if so)


# -- safe contact -----------------------------------------------------------------------------------------------


def warning_of(scene: Scene, audience: Audience) -> str:
    """What must be read before anything is sent to this person; empty where nothing is known against it."""
    file = scene.matter.file
    lines: list[str] = []
    if audience is Audience.VICTIM:
        lines += safe_contact_warning(file, scene.victim_id).splitlines() if scene.victim_id else []
    elif audience is Audience.SUSPECT:
        for one in scene.appointments:
            if one.safe_contact:
                lines.append(f"{name_of(file, one.suspect)}: {one.safe_contact}")
            if Channel.LETTER in (one.avoid or ()):
                lines.append("A letter is not a safe way to reach them.")
        lines += [
            f"They may live together or meet. {line}" for line in safe_contact_warning(file).splitlines()
        ]
    else:
        return ""
    if {Flag.DOMESTIC_ABUSE, Flag.INTIMATE_PARTNER} & set(file.case.flags or ()):
        lines.append("Domestic abuse: plain envelope, nothing on a voicemail.")
    return "\n".join(dict.fromkeys(lines))
