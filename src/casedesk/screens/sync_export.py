"""Making a bundle: for whom, what, where to and why; then its number and its check phrase, large."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from casedesk.bundles.manifest import BundleKind
from casedesk.desk import bundles, media_register, sync_state
from casedesk.desk.bundle_handover import hand_to
from casedesk.desk.bundles import Exported
from casedesk.desk.media_register import Registered
from casedesk.desk.sync_state import SyncState
from casedesk.desk.team import Colleague
from casedesk.model.ids import EntityId, decode, encode
from casedesk.model.moments import latest
from casedesk.model.text import counted
from casedesk.model.typed_moments import Lean
from casedesk.screens.jobs import run
from casedesk.screens.places_typed import first_folder, path_of, remember_folder
from casedesk.screens.session import Session
from casedesk.screens.sync_people import folder_problem
from casedesk.widgets.big_words import BigWords
from casedesk.widgets.command import Command
from casedesk.widgets.dialogs import Dialog, Message
from casedesk.widgets.fields import ChoiceField, Field, LinesField, ManyField, MomentField, TextField, Values
from casedesk.widgets.form import Form
from casedesk.widgets.progress import Reporter

_KINDS = (
    (BundleKind.INCREMENTAL.value, "What they lack"),
    (BundleKind.FULL.value, "Everything"),
    (BundleKind.ACK.value, "Receipt only"),
)
_REASON = "bundle-reason"
_NONE_WRITTEN = "No bundle was written."
_WHOLE = "It is written whole or not at all, and cannot be stopped."


class BundleForm(Form):
    """Asks what a bundle needs."""

    def label_of(self, command: Command) -> str:
        """What it writes."""
        return "Write the bundle" if command.id == "form.save" else super().label_of(command)


class Written(Dialog[None]):
    """A bundle that was written: its number and its check phrase, to be read out."""

    DEFAULT_CSS = """
    Written > #box { width: 112; }
    """
    OFFERS: ClassVar[Sequence[Command]] = (
        Command("written.close", "enter,escape", "Close", "Close this.", "close", "Sync", show=90),
    )

    def __init__(self, exported: Exported) -> None:
        super().__init__(f"Bundle {exported.manifest.number} is written and read back")
        self._exported = exported

    def compose_body(self) -> ComposeResult:
        """The phrase; whom it is for, where it is, how much it holds."""
        one = self._exported
        yield BigWords(one.phrase)
        said = one.manifest
        holds = f"{counted(said.operations, 'operation')}, {counted(said.attachments, 'document')}, {one.bytes:,} bytes"
        lines = [
            f"For {', '.join(one.names)}. Their preview shows the same words.",
            str(one.path),
            f"{holds}. Only they can open it.",
        ]
        if one.withheld:
            restricted = counted(one.withheld, "restricted case")
            lines.append(f"{restricted} went without content: not all of them may read it.")
        if one.to_come:
            lines.append(
                f"▲ {counted(one.to_come, 'operation')} did not fit: export again for the same members, the next "
                "bundle goes on from there. Give them all."
            )
        if one.left:
            lines.append(one.documents_left)
        yield Static(Content("\n".join(lines)), classes="dialog--text")

    def action_close(self) -> None:
        """Close this."""
        self.dismiss(None)


async def export_bundle(
    app: App[Any], session: Session, state: SyncState | None = None, only: Sequence[Colleague] = ()
) -> bool:
    """Ask what a bundle is to be, and write it; whether it was. Runs in a worker.

    It is for everybody at first, or for ``only`` these.
    """
    state = state or sync_state.sync_state(session.desk)
    people = [one.colleague for one in state.peers]
    fields = [
        ManyField(
            "to", "For", required=True, choices=_choices(people), suggested=[encode(one.id) for one in people]
        ),
        ChoiceField("kind", "What", required=True, choices=_KINDS),
        *_place_fields(session),
        LinesField(
            "reason", "Why", required=True, rows=2, hint="why it is disclosed: the access log keeps it"
        ),
        MomentField("expires", "To be taken in by", hint="may be empty; fri 16:00", lean=Lean.FUTURE),
    ]
    initial = {
        "to": ",".join(encode(one.id) for one in (only or people)),
        "kind": BundleKind.INCREMENTAL.value,
        "folder": first_folder(session),
        "reason": session.desk.store.meta(_REASON) or "",
    }
    form = BundleForm("A bundle for colleagues", fields, clock=session.clock, initial=initial)
    values = await app.push_screen_wait(form)
    if values is None:
        return False
    desk, folder = session.desk, path_of(values["folder"])
    chosen = [one for one in people if encode(one.id) in values["to"]]

    def job(report: Reporter) -> Exported:
        return bundles.export(
            desk, chosen, folder, kind=BundleKind(values["kind"]), reason=values["reason"],
            expires=latest(values["expires"]) if values["expires"] else None, medium=_medium(values), progress=report,
        )  # fmt: skip

    exported = await run(app, "Writing the bundle", job, stopping=_WHOLE, kept=_NONE_WRITTEN)
    if exported is None:
        return False
    desk.store.set_meta(_REASON, values["reason"])
    await _tell(app, session, folder, exported)
    return True


async def hand_over_cases(app: App[Any], session: Session, ids: Sequence[EntityId], title: str) -> bool:
    """Give or lend cases to a colleague, and write the bundle that takes them there. Runs in a worker."""
    state = sync_state.sync_state(session.desk)
    people = [one.colleague for one in state.peers]
    if not people:
        nobody = (
            "Bundles go to members. Enrol a colleague first: S in the queue opens Sync, e leads through it."
        )
        await app.push_screen_wait(Message("Nobody is a member yet", nobody))
        return False
    fields = [
        ChoiceField("to", "To", required=True, choices=_choices(people)),
        MomentField("until", "Lent until", hint="empty: given for good", lean=Lean.FUTURE),
        TextField("first", "To do first"),
        LinesField("note", "Note and reason", required=True, rows=3),
        *_place_fields(session),
    ]
    initial = {"folder": first_folder(session)}
    form = BundleForm(f"Hand over by bundle · {title}", fields, clock=session.clock, initial=initial)
    values = await app.push_screen_wait(form)
    if values is None:
        return False
    desk, folder = session.desk, path_of(values["folder"])
    to = next(one for one in people if encode(one.id) == values["to"])

    def job(_report: Reporter) -> Exported:
        until = latest(values["until"]) if values["until"] else None
        return hand_to(
            desk,
            to,
            ids,
            folder,
            note=values["note"],
            first=values["first"] or "",
            until=until,
            medium=_medium(values),
        ).exported

    title = f"Handing over {counted(len(ids), 'case')}"
    exported = await run(app, title, job, stopping=_WHOLE, kept=_NONE_WRITTEN)
    if exported is None:
        return False
    await _tell(app, session, folder, exported)
    return True


async def _tell(app: App[Any], session: Session, folder: Path, exported: Exported) -> None:
    remember_folder(session, folder)
    await app.push_screen_wait(Written(exported))


def _choices(people: Sequence[Colleague]) -> list[tuple[str, str]]:
    return [(encode(one.id), _called(one)) for one in people]


def _called(one: Colleague) -> str:
    return f"{one.name} ({one.member.person})" if one.member.person else one.name


def _place_fields(session: Session) -> list[Field]:
    """Which folder, and which registered medium that is, where any is."""
    fields: list[Field] = [
        TextField(
            "folder",
            "Into folder",
            required=True,
            hint="the stick, or the shared folder",
            check=folder_problem,
        )
    ]
    media = media_register.media(session.desk)
    if media:
        fields.append(
            ChoiceField("medium", "Which medium", choices=[(encode(one.id), _label(one)) for one in media])
        )
    return fields


def _label(one: Registered) -> str:
    return f"{one.label} ({one.medium.kind})"


def _medium(values: Values) -> EntityId | None:
    return EntityId(decode(values["medium"])) if values.get("medium") else None
