"""The verbs of custody: a screen builds its forms from :data:`VERBS`, the command line its commands."""

from casedesk.desk import custody_plans as plans
from casedesk.desk.custody_asks import Ask, AskKind, Verb
from casedesk.model.words import CustodyState
from casedesk.reference.profiles import NOTICES, SITUATIONS


def _at(label: str = "When", *, required: bool = False) -> Ask:
    return Ask("at", label, AskKind.PAST, required, "now if nothing is given" if not required else "")


_TEXT = Ask("text", "Note", AskKind.LINES)
_WHY = Ask("text", "Why", AskKind.LINES, required=True)
_BY = Ask("by", "By", AskKind.LINE, hint="name of the officer or court")
_RANK = Ask(
    "rank", "Rank", AskKind.CHOICE,
    choices=(
        ("sgt", "Sergeant"), ("insp", "Inspector"), ("ci", "Chief inspector"), ("supt", "Superintendent"),
        ("ch-supt", "Chief superintendent"), ("acc", "Assistant chief constable"), ("court", "Court"),
    ),
)  # fmt: skip
_CONDITIONS = Ask("conditions", "Conditions", AskKind.LINES)
_RETURN = Ask("return_at", "Return", AskKind.FUTURE)
_NFA = Ask("nfa", "No further action", AskKind.YES_NO, hint="the decision not to prosecute was made")
_KEPT = Ask("kept", "Kept for court", AskKind.YES_NO, required=True)
_NEXT_REVIEW = Ask("review_on", "Next review", AskKind.DAY, hint="the local interval if nothing is given")

_DETAINED = frozenset({CustodyState.DETAINED})
_IN = frozenset({CustodyState.DETAINED, CustodyState.CHARGED})
_BAILED = frozenset({CustodyState.BAILED})
_OUT = frozenset({CustodyState.BAILED, CustodyState.UNDER_INVESTIGATION})
_OPEN = frozenset({*_DETAINED, *_OUT, CustodyState.VOLUNTARY})
_ANY = frozenset(CustodyState)

VERBS: dict[str, Verb] = {
    verb.id: verb
    for verb in (
        Verb(
            "authorise",
            "Detention authorised",
            (_at(required=True),),
            _DETAINED,
            plans.authorise,
            lambda scene: scene.custody.authorised_at is None,
        ),
        Verb(
            "relevant-time",
            "Relevant time",
            (
                Ask("relevant_at", "Relevant time", AskKind.PAST),
                Ask(
                    "situation",
                    "How detention began",
                    AskKind.CHOICE,
                    choices=tuple((word, word.replace("-", " ")) for word in SITUATIONS),
                ),
            ),
            _DETAINED,
            plans.relevant,
        ),
        Verb("review", "Review held", (_at("Held"), _BY, _TEXT), _IN, plans.review),
        Verb("postpone", "Review postponed", (_at(), _WHY, _BY), _IN, plans.postpone),
        Verb(
            "extend",
            "Detention extended",
            (
                _at("Given"),
                Ask("until", "Until", AskKind.FUTURE, hint="36 hours from the relevant time if not given"),
                _BY,
                _RANK,
                _TEXT,
            ),
            _DETAINED,
            plans.extend,
        ),
        Verb(
            "warrant",
            "Warrant granted",
            (_at("Granted"), Ask("until", "Until", AskKind.FUTURE, required=True), _BY, _TEXT),
            _DETAINED,
            plans.warrant,
        ),
        Verb(
            "hospital",
            "Left for hospital",
            (_at(), _TEXT),
            _DETAINED,
            plans.hospital,
            lambda scene: not plans.in_hospital(scene),
        ),
        Verb("back", "Back from hospital", (_at(), _TEXT), _DETAINED, plans.back, plans.in_hospital),
        Verb(
            "questioned",
            "Questioned in hospital",
            (_at("From", required=True), Ask("until", "To", AskKind.PAST, required=True), _TEXT),
            _DETAINED,
            plans.questioned,
            plans.in_hospital,
        ),
        Verb(
            "appropriate-adult",
            "Appropriate adult",
            (Ask("name", "Who", AskKind.LINE, required=True),),
            _DETAINED | {CustodyState.VOLUNTARY},
            plans.appropriate_adult,
        ),
        Verb(
            "bail",
            "Released on bail",
            (_at("Released"), Ask("return_at", "Return", AskKind.FUTURE, required=True), _CONDITIONS, _TEXT),
            _DETAINED | {CustodyState.UNDER_INVESTIGATION},
            plans.bail,
        ),
        Verb(
            "rui",
            "Released (RUI)",
            (_at("Released"), _NEXT_REVIEW, _TEXT),
            _DETAINED | _BAILED,
            plans.rui,
        ),
        Verb(
            "charge",
            "Charged",
            (_at("Charged"), _KEPT, Ask("return_at", "Court date", AskKind.FUTURE), _TEXT),
            _OPEN,
            plans.charge,
        ),
        Verb(
            "release",
            "Released without charge",
            (_at("Released"), _NFA, _TEXT),
            _DETAINED | _OUT,
            plans.release,
        ),
        Verb(
            "remand",
            "Remanded by a court",
            (
                Ask("first_appearance_on", "First appearance", AskKind.DAY, required=True),
                Ask("sent_on", "Sent to the Crown Court", AskKind.DAY),
            ),
            frozenset({CustodyState.CHARGED, CustodyState.REMANDED}),
            plans.remand,
        ),
        Verb(
            "extend-bail",
            "Bail period extended",
            (
                _at("Decided"),
                Ask("months", "Months in all", AskKind.NUMBER, hint="6, 9 or 12 from the day after arrest"),
                Ask("until_on", "Last day", AskKind.DAY, hint="by a court, where months do not say it"),
                _BY,
                _RANK,
                _TEXT,
            ),
            _BAILED,
            plans.extend_bail,
        ),
        Verb(
            "bail-return",
            "Return date changed",
            (Ask("return_at", "Return", AskKind.FUTURE, required=True),),
            _BAILED,
            plans.bail_return,
        ),
        Verb(
            "conditions",
            "Conditions changed",
            (_at(), _CONDITIONS, _TEXT),
            _BAILED,
            plans.conditions,
        ),
        Verb("breach", "Breach reported", (_at(), _WHY), _BAILED, plans.breach),
        Verb(
            "breach-dealt-with",
            "Breach dealt with",
            (_at(), _WHY),
            _BAILED | _IN,
            plans.breach_dealt_with,
            plans.has_breach,
        ),
        Verb(
            "safeguarding",
            "Safeguarding check made",
            (_at(), _WHY),
            _OUT | {CustodyState.RELEASED},
            plans.safeguarded,
        ),
        Verb(
            "cps-bail",
            "Bail for the CPS",
            (_at(), _RETURN, _CONDITIONS, _TEXT),
            _DETAINED | _BAILED,
            plans.cps_bail,
            lambda scene: not plans.awaits_cps(scene),
        ),
        Verb(
            "cps-request",
            "The CPS asked for more",
            (_at(), _TEXT),
            _BAILED,
            plans.cps_request,
            plans.awaits_cps,
        ),
        Verb(
            "in-patient",
            "In-patient while on bail",
            (_at("First day", required=True), Ask("until", "Last day", AskKind.PAST), _TEXT),
            _BAILED,
            plans.in_patient,
        ),
        Verb(
            "rui-review",
            "RUI review held",
            (_at(), _WHY, _NEXT_REVIEW),
            frozenset({CustodyState.UNDER_INVESTIGATION}),
            plans.rui_reviewed,
        ),
        Verb(
            "notice",
            "DA notice given",
            (
                Ask(
                    "kind",
                    "Which",
                    AskKind.CHOICE,
                    required=True,
                    choices=tuple((word, word.upper()) for word in NOTICES),
                ),
                _at("Given", required=True),
            ),
            _ANY,
            plans.notice,
        ),
        Verb(
            "notice-heard",
            "Order applied for",
            (_at("Heard", required=True),),
            _ANY,
            plans.notice_heard,
            lambda scene: scene.custody.notice_at is not None and scene.custody.notice_heard_at is None,
        ),
        Verb(
            "state",
            "Correct the state",
            (
                Ask(
                    "state",
                    "State",
                    AskKind.CHOICE,
                    required=True,
                    choices=tuple((word.value, word.value.replace("-", " ")) for word in CustodyState),
                ),
                _WHY,
            ),
            _ANY,
            plans.state,
        ),
    )
}
"""Every verb by its id, in the order in which a menu shows them."""

CUSTODY_ACTS = {verb.act: f"custody: {verb.title[0].lower()}{verb.title[1:]}" for verb in VERBS.values()}
"""How the acts are called on screen."""
