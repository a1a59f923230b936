"""The verbs of referrals: made, considered and not made, and what came of them; of victims and of suspects alike."""

from casedesk.desk import people
from casedesk.desk.asking import Ask, At, Kind, Values
from casedesk.desk.case_asks import (
    SERVICE_TITLES,
    Choices,
    first_of,
    id_of,
    name_of,
    person_ask,
    person_meant,
    text_of,
)
from casedesk.model.errors import BadInputError
from casedesk.model.words import Service
from casedesk.store.records import read_dossier

_FOR_VICTIMS = (
    Service.VICTIM_SUPPORT, Service.IDVA, Service.ISVA, Service.MARAC, Service.MASH, Service.THREAT_TO_LIFE,
    Service.ADULT_SAFEGUARDING, Service.RESTORATIVE_JUSTICE, Service.WITNESS_CARE,
)  # fmt: skip
OTHER = "other"
"""The choice that stands for a service to be named."""


def referral_asks(at: At, *kinds: str, services: tuple[Service, ...] = _FOR_VICTIMS) -> list[Ask]:
    """The questions of a referral, with these services first."""
    rest = [one for one in SERVICE_TITLES if one not in services]
    titles = tuple((one.value, SERVICE_TITLES[one]) for one in (*services, *rest))
    return [
        person_ask(at, *kinds),
        Ask("to", "Referral to", Kind.CHOICE, required=True, choices=(*titles, (OTHER, "Another, named below"))),
        Ask("named", "Another service", Kind.TEXT),
        Ask("made", "Made", Kind.YES_NO, required=True, hint="no: considered, and not made"),
        Ask("why", "Why, or why not", Kind.LINES, required=True),
        Ask("reference", "Reference", Kind.TEXT),
        Ask("on", "On", Kind.DAY, hint="today if nothing is given"),
    ]  # fmt: skip


def refer(at: At, values: Values) -> str:
    """Record a referral from the answers to :func:`referral_asks`."""
    subject = person_meant(at, values, "victims", "suspects", "witnesses")
    if subject is None:
        raise BadInputError("Of whom is the referral?", "Choose the person.")
    if values.get("made") is None:
        raise BadInputError("Was the referral made?", "Say yes, or no with the reason.")
    to, why = text_of(values, "to"), text_of(values, "why")
    made = bool(values["made"])
    people.refer(
        at.desk,
        at.case_id,
        subject,
        text_of(values, "named") if to == OTHER else to,
        made=made,
        why=why if made else "",
        not_made_why="" if made else why,
        on=values.get("on"),
        reference=text_of(values, "reference"),
    )
    return "Referral recorded." if made else "Recorded why no referral was made."


def result_asks(at: At) -> list[Ask]:
    """The questions of what came of a referral."""
    known = referrals_made(at)
    return [
        Ask("referral", "Referral", Kind.CHOICE, required=True, choices=known, initial=first_of(at, known)),
        Ask("result", "Result", Kind.LINES, required=True),
        Ask("reference", "Reference", Kind.TEXT),
    ]


def referrals_made(at: At) -> Choices:
    """The referrals of the case that were made, as choices."""
    return tuple(
        (own.hex(), f"{people.service_title(one.to or '')}: {name_of(at.file, one.subject)}")
        for own, one in at.dossier.referrals
        if one.made_on
    )


def record_result(at: At, values: Values) -> str:
    """Record what came of a referral from the answers to :func:`result_asks`."""
    own = id_of(values, "referral") or at.subject
    if own is None or own not in dict(read_dossier(at.desk.store.connection, at.case_id).referrals):
        raise BadInputError("Which referral?", "Choose one.")
    people.referral_result(at.desk, at.case_id, own, text_of(values, "result"), text_of(values, "reference"))
    return "Result of the referral recorded."
