"""Taking an extract in: choose the file, see what it would change, then decide."""

from pathlib import Path
from typing import Any

from textual.app import App

from casedesk.desk import take_in as taking
from casedesk.desk.paths import is_file
from casedesk.desk.take_in import NoProfileError, TakeInReport
from casedesk.model.errors import BadInputError, CasedeskError
from casedesk.reference.profiles import Profile
from casedesk.screens.session import Session
from casedesk.widgets.dialogs import Choice, Choose, Confirm, Message, Prompt, error_message
from casedesk.widgets.progress import Finished, Progress, Reporter

_UNTOUCHED = "Nothing was taken in."


class StoppedError(BadInputError):
    """The user stopped the reading."""


async def take_in(app: App[Any], session: Session) -> bool:
    """Lead through taking in one extract; whether anything was taken in. Runs in a worker."""
    typed = await app.push_screen_wait(
        Prompt("Take in an extract", "The path of a CSV or XLSX file.", check=_file_problem)
    )
    if not typed:
        return False
    path = _path(typed)
    try:
        profile = await _profile(app, session, path)
    except CasedeskError as error:
        await app.push_screen_wait(error_message(error, kept=_UNTOUCHED))
        return False
    if profile is None:
        return False
    seen = await _run(app, session, path, profile, write=False)
    if seen is None:
        return False
    coming = seen.new + seen.changed
    if not coming:
        await app.push_screen_wait(Message(f"{path.name}: nothing to take in", *summary(seen)))
        return False
    yes = await app.push_screen_wait(
        Confirm(
            f"Take in {path.name}?", "\n".join(summary(seen)), yes=f"Take in {coming:,} lines", no="Leave it"
        )
    )
    if not yes:
        return False
    done = await _run(app, session, path, profile, write=True)
    if done is None:
        return False
    await app.push_screen_wait(
        Message(f"{path.name}: taken in", *summary(done), "Ctrl+Z takes all of it back.")
    )
    return True


def summary(report: TakeInReport) -> list[str]:
    """What an extract holds against the store, in a few lines."""
    taken = f"{report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged"
    lines = [f"{report.lines:,} lines, read as {report.profile}: {taken}, {report.rejected:,} rejected."]
    lines += [f"{count:,} lines left out: {reason}" for reason, count in report.skipped.most_common(2)]
    if report.repeated:
        lines.append(f"{report.repeated:,} lines repeat an earlier line.")
    if report.older:
        lines.append(f"{report.older:,} lines are older than what the store holds.")
    if report.changed_fields:
        most = report.changed_fields.most_common(4)
        named = [f"{name.split('.')[1].replace('_', ' ')} {count:,}" for name, count in most]
        lines.append(f"Facts that change: {', '.join(named)}.")
    if report.kept_desk_values:
        lines.append(f"{report.kept_desk_values:,} facts decided at the desk stay as they are.")
    lines += taking.twin_lines(report)[:4]
    if report.columns.unmapped:
        lines.append(f"Columns not known: {', '.join(report.columns.unmapped[:6])}.")
    lines += [f"Line {row.line}, {row.column or 'as a whole'}: {row.reason}" for row in report.rejects[:3]]
    if report.rejects_file:
        lines.append(
            f"The rejected lines are in {report.rejects_file.name}: correct them there and take that file in."
        )
    return lines


def _path(typed: str) -> Path:
    return Path(typed.strip().strip("'\"")).expanduser()


def _file_problem(typed: str) -> str | None:
    return None if is_file(_path(typed)) else "There is no such file."


async def _profile(app: App[Any], session: Session, path: Path) -> Profile | None:
    packs = session.desk.packs
    try:
        return taking.profile_for(packs, path)
    except NoProfileError as error:
        choices = [Choice(profile, profile.title, profile.name) for profile in packs.profiles.values()]
        return await app.push_screen_wait(Choose("What kind of extract is it?", choices, text=error.message))


async def _run(
    app: App[Any], session: Session, path: Path, profile: Profile, *, write: bool
) -> TakeInReport | None:
    act = taking.take_in if write else taking.preview

    def job(report: Reporter) -> TakeInReport:
        def progress(done: int, total: int, lines: int) -> None:
            if report.stopped:
                raise StoppedError("The reading was stopped.", _UNTOUCHED)
            report(done, total, f"{lines:,} lines")

        return act(session.desk, path, profile, progress=progress, keep_changes=1000)

    title = f"Taking in {path.name}" if write else f"Reading {path.name}"
    ended: Finished[TakeInReport] | None = await app.push_screen_wait(
        Progress(title, job, stopping=_UNTOUCHED)
    )
    if ended is None:
        return None
    if ended.error is not None:
        if not isinstance(ended.error, StoppedError):
            await app.push_screen_wait(error_message(ended.error, kept=_UNTOUCHED))
        return None
    return ended.value
