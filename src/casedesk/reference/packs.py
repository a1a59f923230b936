"""All packs in one place, each read when it is first asked for."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casedesk.reference.calendar import BankHolidays
    from casedesk.reference.clocks import Clocks
    from casedesk.reference.finalisation import Rule
    from casedesk.reference.offences import Offences
    from casedesk.reference.outcomes import Outcome
    from casedesk.reference.police_uk import PoliceUk
    from casedesk.reference.priority import Priority
    from casedesk.reference.profiles import Profile
    from casedesk.reference.retention import RetentionGroup


class Packs:
    """The packs as this installation sees them, with the force's overlay folder laid over the shipped ones.

    Each property raises :class:`casedesk.model.errors.PackError` on first use if its pack does not hold
    together. A module is imported with its pack, so that the first paint does not wait for it.
    """

    def __init__(self, overlay: Path | None = None) -> None:
        self.overlay = overlay

    @cached_property
    def outcomes(self) -> "dict[str, Outcome]":
        """The crime outcome types by code."""
        from casedesk.reference.outcomes import load_outcomes

        return load_outcomes(self.overlay)

    @cached_property
    def offences(self) -> "Offences":
        """The offence codes."""
        from casedesk.reference.offences import load_offences

        return load_offences(self.overlay)

    @cached_property
    def bank_holidays(self) -> "BankHolidays":
        """The bank holidays of England and Wales."""
        from casedesk.reference.calendar import load_bank_holidays

        return load_bank_holidays(self.overlay)

    @cached_property
    def police_uk(self) -> "PoliceUk":
        """The words of data.police.uk."""
        from casedesk.reference.police_uk import load_police_uk

        return load_police_uk(self.overlay)

    @cached_property
    def finalisation(self) -> "tuple[Rule, ...]":
        """The finalisation rules."""
        from casedesk.reference.finalisation import load_finalisation

        return load_finalisation(self.overlay)

    @cached_property
    def clocks(self) -> "Clocks":
        """The statutory and guidance clocks."""
        from casedesk.reference.clocks import load_clocks

        return load_clocks(self.overlay)

    @cached_property
    def retention(self) -> "tuple[RetentionGroup, ...]":
        """The retention groups with their review periods."""
        from casedesk.reference.retention import load_retention

        return load_retention(self.overlay)

    @cached_property
    def priority(self) -> "Priority":
        """The bands and thresholds of the queue."""
        from casedesk.reference.priority import load_priority

        return load_priority(self.overlay)

    @cached_property
    def profiles(self) -> "dict[str, Profile]":
        """The import profiles by name."""
        from casedesk.reference.profiles import load_profiles

        return load_profiles(self.overlay)
