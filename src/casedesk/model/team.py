"""The team that casework is shared with: its installations, who may see a restricted case, the sticks it uses.

Frozen facts like those of :mod:`casedesk.model.facts`, all of it work done at the desk and carried to every member.
Members and media belong to no case: see :data:`casedesk.model.facts.TEAM`.
"""

from dataclasses import dataclass

from casedesk.model.facts import desk
from casedesk.model.moments import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One installation that bundles are made for and taken in from. Its id is the installation's own."""

    name: str | None = desk("Desk")
    person: str | None = desk("Person")
    """Collar or staff number."""
    space: str | None = desk("Space")
    """The space it writes in; this and the keys as operations write bytes."""
    key: str | None = desk("Signing key")
    recipient: str | None = desk("Encryption key")
    roles: tuple[str, ...] | None = desk("May")
    """Words of :class:`casedesk.model.words.TeamRole`."""
    state: str | None = desk("State")
    """Word of :class:`casedesk.model.words.MemberState`."""
    upto: int | None = desk("Believed up to operation")
    """Where it was lost or left: the last of its operations that is still taken in."""
    vouched: str | None = desk("Compared")
    """``in-person`` or ``card``: how the fingerprint was compared."""
    since: Moment | None = desk("Member since")
    why: str | None = desk("Why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """That only some members may read a case. One for each case; its id is derived from the case's.

    It goes to everybody, so that all who hold some of the case stop sharing it: why it is restricted is in the case's
    log, which does not.
    """

    members: tuple[str, ...] | None = desk("May read it")
    """The installations' ids, as operations write bytes."""
    lifted: bool | None = desk("Lifted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A stick or folder that bundles travel on."""

    label: str | None = desk("Label")
    kind: str | None = desk("Kind")
    """``stick``, ``share`` or ``other``."""
    holder: str | None = desk("Held by")
    state: str | None = desk("State")
    """``in-use``, ``returned``, ``destroyed`` or ``lost``."""
    ended_on: Moment | None = desk("Since")
    why: str | None = desk("Note")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """A name that an installation says it had before: what it wrote then is believed, where nobody enrolled that name.

    An entry. It gives keys to check signatures by, and neither roles nor bundles.
    """

    device: str | None = desk("Installation")
    """The id it had, as operations write bytes."""
    name: str | None = desk("Desk")
    person: str | None = desk("Person")
    space: str | None = desk("Space")
    key: str | None = desk("Signing key")
    upto: int | None = desk("Believed up to operation")
    """The last operation that was written under it."""
