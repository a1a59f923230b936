"""Returning crimes for rework: one for its findings, many in groups; and the messages that go with them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from casedesk.desk import return_messages, returns
from casedesk.desk.desk import Desk
from casedesk.desk.return_messages import Message
from casedesk.desk.review_crime import Crime
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.model.ids import EntityId
from casedesk.model.moments import earliest_day, local, show_moment
from casedesk.model.text import counted
from casedesk.model.typed_moments import Lean
from casedesk.screens.review_doing import AT_ONCE, KEPT, At, Decided, SaidForm, carry_out, run
from casedesk.widgets.dialogs import Choice, Choose, Prompt, error_message
from casedesk.widgets.fields import DayField, Field, LinesField, ManyField, TextField, Values


async def send_back(at: At, crime: Crime) -> Decided:
    """Return the crime, for the reasons that its findings propose or others."""
    desk = at.desk
    proposed = returns.proposed_reasons(desk, crime.verdict)
    known = [reason for reason in proposed if reason not in desk.packs.returns.reasons]
    choices = tuple(
        (reason, returns.reason_title(desk, reason)) for reason in (*desk.packs.returns.reasons, *known)
    )
    form = SaidForm(
        f"Return for rework · {crime.ref}",
        [
            ManyField("reasons", "Reasons", required=True, choices=choices, suggested=proposed),
            *_message_fields(at, crime.file.case.oic or crime.file.case.oic_number or ""),
        ],
        clock=at.session.clock,
        save=lambda values: _check_return(at, crime.id, values),
        initial={"reasons": ",".join(proposed), **_first_due(desk, crime)},
        drafts=at.session.drafts,
        draft_key=f"return {crime.id.hex()}",
        does="Return",
    )
    values = await at.app.push_screen_wait(form)
    if values is None:
        return None
    try:
        returns.return_case(desk, [crime.id], values["reasons"], **_message(values))
    except CasedeskError as error:
        await at.app.push_screen_wait(error_message(error, kept=KEPT))
        return None
    at.say(
        f"{crime.ref} is returned, wanted back by {show_moment(values['due_on'] or returns.default_due(desk))}."
    )
    return (crime.id,)


async def send_back_many(at: At, ids: Sequence[EntityId]) -> Decided:
    """Return the marked crimes in groups, each for what its findings propose, or all for the same reasons."""
    desk = at.desk
    grouped = await run(
        at, lambda: returns.groups(desk, ids), "Looking at the crimes" if len(ids) > AT_ONCE else ""
    )
    if grouped is None:
        return None
    found = sum(len(group.ids) for group in grouped)
    own = Choice("own", "Each for its findings", f"{counted(found, 'crime')} in {counted(len(grouped), 'group')}",
                 reason=None if grouped else "None of them has findings.")  # fmt: skip
    same = Choice("same", "All for the same reasons…", "Reasons that you choose")
    how = await at.app.push_screen_wait(
        Choose(f"Return {counted(len(ids), 'crime')}: for what?", [own, same], typed=False)
    )
    if how is None:
        return None
    choices = tuple((reason.id, reason.title) for reason in desk.packs.returns.reasons.values())
    fields = _message_fields(at, "each to its OIC")
    if how == "same":
        fields = [ManyField("reasons", "Reasons", required=True, choices=choices), *fields]
    form = SaidForm(
        f"Return for rework · {counted(len(ids), 'crime')}", fields, clock=at.session.clock,
        save=lambda values: _check_return(at, None, values), initial=_first_due(desk), does="Preview",
    )  # fmt: skip
    values = await at.app.push_screen_wait(form)
    if values is None:
        return None
    wanted: dict[EntityId, Sequence[str]] = {}
    if how == "same":
        reasons: Sequence[str] = values["reasons"]
        wanted = dict.fromkeys(ids, reasons)
    else:
        wanted = {case_id: group.reasons for group in grouped for case_id in group.ids}
    left = len(ids) - len(wanted)
    note = f"{counted(left, 'crime')} without findings would stay as they are." if left else ""
    return await carry_out(at, lambda: returns.plan_returns(desk, wanted, **_message(values)), len(ids), note)


def _message_fields(at: At, to: str) -> list[Field]:
    return [
        LinesField("text", "Message", rows=3, hint="what else the officer should know"),
        DayField("due_on", "Wanted back by", hint="fri, +5wd", lean=Lean.FUTURE,
                 holidays=at.desk.packs.bank_holidays.days),
        TextField("to", "To", hint=to or "nobody is named on the record"),
    ]  # fmt: skip


def _first_due(desk: Desk, crime: Crime | None = None) -> dict[str, str]:
    """The day that is proposed: of a crime that is out for rework the day of its round, while that is to come."""
    out = returns.open_return(crime.file, crime.left) if crime else None
    due = out[1].due_on if out and out[1].due_on else returns.default_due(desk)
    day = max(earliest_day(due), local(desk.now).date())
    return {"due_on": f"{day:%d/%m/%Y}"}


def _message(values: Values) -> dict[str, Any]:
    return {"text": values["text"] or "", "due_on": values["due_on"], "to": values["to"]}


def _check_return(at: At, case_id: EntityId | None, values: Values) -> None:
    """Say in the form what is wrong with a return. Raises BadInputError."""
    wanted = {case_id: values["reasons"]} if case_id else {}
    plan = returns.plan_returns(at.desk, wanted, **_message(values))
    if case_id and plan.unchanged:
        raise BadInputError(f"It cannot be returned: {plan.unchanged[0].why}.")


async def write_messages(at: At, ids: Sequence[EntityId]) -> None:
    """Write the messages that go with returned crimes, one for each officer, after showing them for editing."""
    some = return_messages.messages(at.desk, ids)
    if not some:
        at.say("None of these crimes is returned or has findings: there is nothing to write.")
        return
    edited: list[Message] = []
    drafts = {_draft_key(message): message for message in some}
    for number, (draft, message) in enumerate(drafts.items(), 1):
        of = f" ({number} of {len(some)})" if len(some) > 1 else ""
        form = SaidForm(
            f"Message to {message.to}{of}\n{message.subject}",
            [LinesField("text", "Message", required=True, rows=12)],
            clock=at.session.clock,
            initial={"text": message.text},
            drafts=at.session.drafts,
            draft_key=draft,
            does="Next" if number < len(some) else "Write to a file",
        )
        values = await at.app.push_screen_wait(form)
        if values is None:
            return
        if values["text"] != message.text:  # kept until all are written
            at.session.drafts.save(draft, {"text": values["text"]})
        edited.append(replace(message, text=values["text"]))
    suggested = str(Path.home() / f"returns-{local(at.session.clock()):%Y-%m-%d-%H%M}.docx")
    said = (
        "casedesk sends nothing. Let the name end in .docx or .txt; several officers get a file each. It holds names "
        "and is not encrypted: the access log notes that it was written."
    )
    while True:  # a place that cannot be written is asked for again: what was edited is kept
        typed = await at.app.push_screen_wait(
            Prompt(f"Write {counted(len(edited), 'message')} to", said, value=suggested)
        )
        if typed is None:
            return
        suggested = typed
        path = Path(typed.strip().strip("'\"")).expanduser()
        written = await run(at, partial(return_messages.export_messages, at.desk, edited, path), "")
        if written:
            for draft in drafts:
                at.session.drafts.drop(draft)
            at.say(f"Written: {', '.join(str(one) for one in written)}")
            return


def _draft_key(message: Message) -> str:
    """What an edited message is kept under: it ends with what was proposed, so that another proposal starts anew."""
    said = f"{message.to}\n{message.subject}\n{message.text}"
    return f"return message {sha256(said.encode()).hexdigest()[:32]}"
