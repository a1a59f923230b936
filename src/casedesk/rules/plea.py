"""What plea the accounts of the suspects let anticipate (pack ``charging``)."""

from collections.abc import Mapping
from dataclasses import dataclass

from casedesk.model.dossier import Dossier, Interview
from casedesk.model.facts import CaseFile, standing
from casedesk.model.ids import EntityId
from casedesk.model.words import Account, SuspectStatus
from casedesk.reference.charging import Said
from casedesk.reference.charging_words import Plea
from casedesk.reference.packs import Packs
from casedesk.rules.people import identified

_AGAINST_A_PLEA = frozenset({Account.DENIAL.value, Account.PART_ADMISSION.value, Account.SELF_DEFENCE.value})


@dataclass(frozen=True, slots=True)
class PleaView:
    """What plea can be anticipated from the accounts on record; None where a person must say."""

    plea: Plea | None
    rule: Said
    why: str


def anticipated_plea(
    file: CaseFile, dossier: Dossier, packs: Packs, suspect_id: EntityId | None = None
) -> PleaView:
    """What plea the accounts on record let anticipate, of one suspect or of all who are named.

    The latest account of each offence counts. Where nothing was denied and not all was admitted, a person must say
    whether the evidence allows a guilty plea to be anticipated.
    """
    rules = packs.charging.plea_rules
    wanted = [
        (key, one)
        for key, one in file.suspects
        if key == suspect_id
        or (suspect_id is None and identified(one) and one.status != SuspectStatus.ELIMINATED)
    ]
    accounts = _latest_accounts(dossier, {key for key, _ in wanted})
    for account in accounts.values():
        if account in _AGAINST_A_PLEA:
            words = account.replace("-", " ")
            return PleaView(Plea.NOT_GUILTY, rules["denied"], f"In interview: {words}")
    spoken = {key for key, _ in accounts}
    if wanted and all(
        _admitted_all(accounts, key) if key in spoken else one.admitted is True for key, one in wanted
    ):
        return PleaView(Plea.GUILTY, rules["admitted"], "Every account on record is an admission")
    if accounts or any(one.interviewed_on for _, one in wanted):
        return PleaView(None, rules["not-denied"], "Neither admitted throughout nor denied")
    return PleaView(None, rules["silent"], "No interview is recorded")


def _latest_accounts(
    dossier: Dossier, suspects: set[EntityId]
) -> dict[tuple[EntityId | None, str | None], str]:
    """The last account of each suspect on each offence. One of nobody in particular counts as of the only suspect."""
    only = next(iter(suspects)) if len(suspects) == 1 else None
    held: list[Interview] = [one for _, one in standing(dossier.interviews) if one.account]
    held.sort(key=lambda one: (one.at is not None, one.at.timestamp() if one.at else 0))
    found: dict[tuple[EntityId | None, str | None], str] = {}
    for one in held:
        whose = one.suspect or only
        if one.account and (whose in suspects or whose is None):
            found[whose, one.offence] = one.account
    return found


def _admitted_all(accounts: Mapping[tuple[EntityId | None, str | None], str], suspect_id: EntityId) -> bool:
    own = [account for (whose, _), account in accounts.items() if whose == suspect_id]
    return bool(own) and all(account == Account.ADMISSION for account in own)
