"""All packs in one place, each read when it is first asked for."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casedesk.reference.actions import Actions
    from casedesk.reference.calendar import BankHolidays
    from casedesk.reference.charging import Charging
    from casedesk.reference.clinic import ClinicPack
    from casedesk.reference.clocks import Clocks
    from casedesk.reference.conditions import Catalogue
    from casedesk.reference.duties import Duties
    from casedesk.reference.eligibility import Eligibility
    from casedesk.reference.finalisation import Rule
    from casedesk.reference.forms import Forms
    from casedesk.reference.gravity import Matrix
    from casedesk.reference.guidance import Topic
    from casedesk.reference.letters import Letters
    from casedesk.reference.offences import Offences
    from casedesk.reference.outcomes import Outcome
    from casedesk.reference.paths import Tree
    from casedesk.reference.points import Points
    from casedesk.reference.police_uk import PoliceUk
    from casedesk.reference.priority import Priority
    from casedesk.reference.profiles import Profile
    from casedesk.reference.remand import Remand
    from casedesk.reference.resolutions import Resolutions
    from casedesk.reference.retention import RetentionGroup
    from casedesk.reference.returns import Returns
    from casedesk.reference.rulings import Rulings
    from casedesk.reference.thor import Thor


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
    def guidance(self) -> "dict[str, Topic]":
        """What is explained, by id."""
        from casedesk.reference.guidance import load_guidance

        return load_guidance(self.overlay)

    @cached_property
    def paths(self) -> "tuple[Tree, ...]":
        """The decision paths: questions that lead to an outcome."""
        from casedesk.reference.paths import load_paths

        return load_paths(self.overlay)

    @cached_property
    def clocks(self) -> "Clocks":
        """The statutory and guidance clocks."""
        from casedesk.reference.clocks import load_clocks

        return load_clocks(self.overlay)

    @cached_property
    def duties(self) -> "Duties":
        """What is owed to victims, witnesses and suspects, and the dates of a case file."""
        from casedesk.reference.duties import load_duties

        return load_duties(self.overlay, self.clocks)

    @cached_property
    def resolutions(self) -> "Resolutions":
        """The worksheet, quality checks and tasks of out-of-court resolutions."""
        from casedesk.reference.resolutions import load_resolutions

        return load_resolutions(self.overlay)

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
    def thor(self) -> "Thor":
        """The THOR grades, harm weights and suggestion rules."""
        from casedesk.reference.thor import load_thor

        return load_thor(self.overlay)

    @cached_property
    def actions(self) -> "Actions":
        """The action-plan templates, enabling teams, and the words of chasing and feedback."""
        from casedesk.reference.actions import load_actions

        return load_actions(self.overlay)

    @cached_property
    def charging(self) -> "Charging":
        """Who decides on a charge, the tests, and the material each kind of referral needs."""
        from casedesk.reference.charging import load_charging

        return load_charging(self.overlay)

    @cached_property
    def clinic(self) -> "ClinicPack":
        """What is prepared for a clinic, and what follows a missed appointment."""
        from casedesk.reference.clinic import load_clinic

        return load_clinic(self.overlay)

    @cached_property
    def letters(self) -> "Letters":
        """Letters, agreements, records and notices."""
        from casedesk.reference.letters import load_letters

        return load_letters(self.overlay)

    @cached_property
    def points(self) -> "Points":
        """The points to prove of common offences."""
        from casedesk.reference.points import load_points

        return load_points(self.overlay)

    @cached_property
    def remand(self) -> "Remand":
        """The grounds of remand and the bail conditions considered first."""
        from casedesk.reference.remand import load_remand

        return load_remand(self.overlay)

    @cached_property
    def returns(self) -> "Returns":
        """The reasons for sending a crime back, with their teaching text."""
        from casedesk.reference.returns import load_returns

        return load_returns(self.overlay)

    @cached_property
    def eligibility(self) -> "Eligibility":
        """The out-of-court disposals, what must hold for each, and who may authorise them."""
        from casedesk.reference.eligibility import load_eligibility

        return load_eligibility(self.overlay)

    @cached_property
    def gravity(self) -> "Matrix":
        """The gravity matrix: scale, factors, base scores."""
        from casedesk.reference.gravity import load_gravity

        return load_gravity(self.overlay)

    @cached_property
    def conditions(self) -> "Catalogue":
        """The catalogue of conditions and services."""
        from casedesk.reference.conditions import load_conditions

        return load_conditions(self.overlay)

    @cached_property
    def rulings(self) -> "Rulings":
        """What is put to the decision maker or the registrar, what it needs, and who decides."""
        from casedesk.reference.rulings import load_rulings

        return load_rulings(self.overlay)

    @cached_property
    def profiles(self) -> "dict[str, Profile]":
        """The import profiles by name."""
        from casedesk.reference.profiles import load_profiles

        return load_profiles(self.overlay)

    @cached_property
    def forms(self) -> "Forms":
        """The questionnaires by id, with every version that is kept."""
        from casedesk.reference.forms import Forms

        return Forms(self.overlay)
