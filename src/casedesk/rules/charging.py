"""Who decides on a charge, by every limb of the pack ``charging``.

Only limbs sourced as official text, or reported by somebody who cites it, settle who decides. An unverified one can
turn "the police may charge" into "check", never into an answer; and what is not known is asked, not assumed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from casedesk.model.dossier import Dossier
from casedesk.model.facts import CaseFile
from casedesk.model.words import Confidence, CustodyState
from casedesk.reference.charging import Exclusion, PoliceLimb, Said
from casedesk.reference.charging_words import Plea
from casedesk.reference.offence_groups import Recorded
from casedesk.reference.offences import Mode, Offence
from casedesk.reference.packs import Packs
from casedesk.rules.answers import plural
from casedesk.rules.plea import PleaView, anticipated_plea
from casedesk.rules.thor import under_18

_SETTLES = frozenset({Confidence.CONFIRMED, Confidence.SECONDARY})
_MODES = {
    Mode.EITHER_WAY: "either-way",
    Mode.INDICTABLE: "indictable-only",
    Mode.SUMMARY: "summary-only",
    Mode.SUMMARY_MOTORING: "summary-only",
}


class Who(StrEnum):
    """Who decides on the charge."""

    POLICE = "police"
    CPS = "cps"
    CHECK = "check"
    """Something that decides it is not known, or only an unverified limb speaks for it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One limb that speaks for the police or the CPS, with its standing."""

    says: Who
    text: str
    status: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A fact that is still missing."""

    id: str
    question: str
    decides: bool
    """Whether the answer is open until it is known; otherwise the answer holds unless this is yes."""


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, why, and what is still to be found out."""

    who: Who
    reasons: tuple[Reason, ...]
    asks: tuple[ToAsk, ...]
    notes: tuple[Said, ...] = ()
    """What is to be borne in mind besides."""


@dataclass(frozen=True, slots=True)
class _Proposed:
    """One proposed charge with what decides on it."""

    recorded: Recorded
    mode: Mode | None
    plea: Plea | None
    suitable: bool | None
    value_pence: int | None


def who_decides(
    file: CaseFile,
    dossier: Dossier,
    packs: Packs,
    plea: Plea | None = None,
    suitable: bool | None = None,
    *,
    codes: Sequence[str] = (),
    answers: Mapping[str, bool] | None = None,
) -> Decider:
    """Who decides on the charge of a case, by every limb of the pack.

    ``plea`` is the anticipated plea (taken from the interviews where it is not given), ``suitable`` whether the case
    suits a magistrates' sentence, ``codes`` further proposed charges, ``answers`` what a person answered to the
    questions of exclusions, by the exclusion's id.
    """
    view = anticipated_plea(file, dossier, packs)
    said = plea or view.plea
    own = file.case.charge_code or file.case.offence_code
    found = [
        _decide(file, packs, _proposed(file, packs, code, said, suitable), answers or {})
        for code in dict.fromkeys((own, *codes))
    ]
    whos = {one.who for one in found}
    who = next(one for one in (Who.CPS, Who.CHECK, Who.POLICE) if one in whos)
    reasons = [reason for one in found for reason in one.reasons]
    if who is Who.CPS and len(whos) > 1:
        whole = packs.charging.notes["whole-case"]
        reasons.append(Reason(Who.CPS, whole.text, whole.status, whole.source))
    asks = [ask for one in found for ask in one.asks if who is not Who.CPS]
    notes = tuple(_notes(file, packs, who, plea, view))
    return Decider(who, tuple(dict.fromkeys(reasons)), tuple(dict.fromkeys(asks)), notes)


def _proposed(
    file: CaseFile, packs: Packs, code: str | None, plea: Plea | None, suitable: bool | None
) -> _Proposed:
    case = file.case
    listed: Offence | None = packs.offences.get(code) if code else None
    own = code in (None, case.offence_code, case.charge_code)
    ho_class = (listed.ho_class if listed else None) or (_own_class(file, code) if own else None)
    title = (listed.title if listed else None) or (case.offence_title if own else None)
    recorded = Recorded(code, ho_class, title)
    return _Proposed(recorded, listed.mode if listed else None, plea, suitable, case.value_pence)


def _own_class(file: CaseFile, code: str | None) -> str | None:
    if code is not None and code == file.case.charge_code:
        return file.case.charge_ho_class or file.case.ho_class
    return file.case.ho_class


def _decide(file: CaseFile, packs: Packs, proposed: _Proposed, answers: Mapping[str, bool]) -> Decider:
    """Who decides on one proposed charge."""
    excluded, asks = _excluded(file, packs, proposed, answers)
    settled = [reason for reason in excluded if reason.says is Who.CPS and reason.status in _SETTLES]
    if settled:
        return Decider(Who.CPS, tuple(reason for reason in excluded if reason.says is Who.CPS), ())
    allowed, open_asks, open_limb = _allowed(packs, proposed)
    reasons = (*allowed, *excluded)
    asks = (*open_asks, *asks)
    doubtful = any(reason.says is Who.CPS for reason in excluded) or any(ask.decides for ask in asks)
    if any(reason.status in _SETTLES for reason in allowed):
        return Decider(Who.CHECK if doubtful else Who.POLICE, reasons, asks)
    if open_limb or allowed:
        return Decider(Who.CHECK, reasons, asks)
    otherwise = packs.charging.notes["otherwise"]
    text = f"{otherwise.text} ({_described(proposed)})"
    return Decider(Who.CPS, (Reason(Who.CPS, text, otherwise.status, otherwise.source), *excluded), ())


def _excluded(
    file: CaseFile, packs: Packs, proposed: _Proposed, answers: Mapping[str, bool]
) -> tuple[tuple[Reason, ...], tuple[ToAsk, ...]]:
    """The exclusions that apply, and what must still be asked to know."""
    reasons: list[Reason] = []
    asks: list[ToAsk] = []
    for exclusion in packs.charging.exclusions.values():
        applies = answers.get(exclusion.id)
        if applies is None:
            applies = _applies(exclusion, file, proposed)
        if applies is None and exclusion.young:
            asks.append(
                ToAsk(exclusion.id, "Was a suspect or victim under 18? Dates of birth are missing.", True)
            )
        elif applies is None:
            asks.append(ToAsk(exclusion.id, exclusion.ask, False))
        elif applies and exclusion.pilot and _in_pilot(packs, proposed):
            reasons.append(_pilot(exclusion))
        elif applies:
            reasons.append(Reason(Who.CPS, exclusion.title, exclusion.status, exclusion.source))
    if file.case.flags is None and not any(reason.says is Who.CPS for reason in reasons):
        asks.append(ToAsk("flags", "Is it domestic abuse or hate crime? No flags are recorded.", False))
    return tuple(reasons), tuple(asks)


def _applies(exclusion: Exclusion, file: CaseFile, proposed: _Proposed) -> bool | None:
    shown = not exclusion.flags.isdisjoint(file.case.flags or ()) or (
        exclusion.offences is not None and exclusion.offences.has(proposed.recorded)
    )
    if shown and exclusion.young:
        return _anybody_young(file)
    if not shown and exclusion.ask:
        return None
    return shown


def _anybody_young(file: CaseFile) -> bool | None:
    born = [one.dob for _, one in file.suspects] + [one.dob for _, one in file.victims]
    if any(under_18(dob, file) for dob in born):
        return True
    return None if not born or None in born else False


def _in_pilot(packs: Packs, proposed: _Proposed) -> bool:
    code = (proposed.recorded.code or "").strip().upper()
    return any(code.startswith(one) for one in packs.charging.pilot_codes)


def _pilot(exclusion: Exclusion) -> Reason:
    text = f"{exclusion.title}, but this force's pilot lets the police charge this offence"
    return Reason(Who.POLICE, text, Confidence.CONVENTION, "The force's own pack: [pilot] codes")


def _allowed(packs: Packs, proposed: _Proposed) -> tuple[tuple[Reason, ...], tuple[ToAsk, ...], bool]:
    """The limbs by which the police may charge; what must be asked to know of others; whether any is still open."""
    reasons, asks, is_open = [], {}, False
    if proposed.mode is None:
        question = "Which offence is proposed? Its code, and so its mode of trial, is not known."
        asks["offence"] = ToAsk("offence", question, True)
        is_open = True
    for limb in packs.charging.limbs.values():
        wanted = dict(_missing(limb, proposed, packs))
        holds = _holds(limb, proposed)
        if holds:
            reasons.append(Reason(Who.POLICE, limb.title, limb.status, limb.source))
        elif holds is None:
            is_open = True
            asks |= wanted
    settled = any(reason.status in _SETTLES for reason in reasons)
    return tuple(reasons), () if settled else tuple(asks.values()), is_open and not settled


def _holds(limb: PoliceLimb, proposed: _Proposed) -> bool | None:
    """Whether a limb fits; None where what it asks for is not known."""
    tests: list[bool | None] = []
    if limb.offences is not None:
        tests.append(limb.offences.has(proposed.recorded))
    if limb.modes:
        tests.append(None if proposed.mode is None else proposed.mode in limb.modes)
    if limb.guilty_plea:
        tests.append(None if proposed.plea is None else proposed.plea is Plea.GUILTY)
    if limb.magistrates:
        tests.append(proposed.suitable)
    if limb.most_pence is not None:
        tests.append(None if proposed.value_pence is None else proposed.value_pence <= limb.most_pence)
    return False if False in tests else None if None in tests else True


def _missing(limb: PoliceLimb, proposed: _Proposed, packs: Packs) -> Iterator[tuple[str, ToAsk]]:
    if limb.guilty_plea and proposed.plea is None:
        yield "plea", ToAsk("plea", "Which plea is anticipated, and why?", True)
    if limb.magistrates and proposed.suitable is None:
        longest = plural(packs.charging.magistrates_months, "month")
        yield "suitable", ToAsk("suitable", f"Is a sentence of more than {longest} unlikely?", True)
    if limb.most_pence is not None and proposed.value_pence is None:
        yield "value", ToAsk("value", "What are the goods or the damage worth?", True)


def _described(proposed: _Proposed) -> str:
    words = [_MODES[proposed.mode]] if proposed.mode else []
    if proposed.mode is Mode.EITHER_WAY:
        if proposed.plea is Plea.NOT_GUILTY:
            words.append("not guilty anticipated")
        if proposed.suitable is False:
            words.append("beyond a magistrates' sentence")
    return ", ".join(words)


def _notes(file: CaseFile, packs: Packs, who: Who, plea: Plea | None, view: PleaView) -> Iterator[Said]:
    if plea is not None and view.plea is not None and plea is not view.plea:
        yield replace(view.rule, text=f"{plea} was said, but: {view.why.lower()}. {view.rule.text}")
    elif plea is Plea.GUILTY and view.plea is None:
        yield view.rule
    if who is not Who.CPS:
        return
    yield packs.charging.notes["breach"]
    if any(custody.state == CustodyState.DETAINED for _, custody in file.custody):
        yield packs.charging.notes["emergency"]
