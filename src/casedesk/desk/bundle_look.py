"""Looking into a bundle without taking it in: what it says of itself, and whether all of it is sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casedesk.bundles.body import Signed
from casedesk.bundles.container import Record, each_record, open_bundle
from casedesk.bundles.manifest import Manifest
from casedesk.bundles.phrase import CHECK_WORDS, words
from casedesk.bundles.refused import RefusedError
from casedesk.desk import bundle_in
from casedesk.desk.bundle_in import Progress, Verified
from casedesk.desk.desk import Desk
from casedesk.desk.team import desk_name
from casedesk.model.ids import encode
from casedesk.model.moments import show_instant

_STEP = 1000


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a bundle says of itself, and whether that is to be believed."""

    path: Path
    manifest: Manifest | None
    """None where it could not be opened."""
    sender: str
    phrase: str
    bytes: int
    to: tuple[str, ...]
    taken_at: datetime | None
    refused: RefusedError | None
    """Why it cannot be taken in here; None where it can."""

    @property
    def made_here(self) -> bool:
        """Whether this installation made it."""
        return self.sender == "this desk"


def inspect(desk: Desk, path: Path) -> Inspected:
    """Open a bundle and say what is written on it. Never raises RefusedError: what is wrong is in the answer."""
    try:
        sealed = open_bundle(path, desk.store.bundle_identity())
    except RefusedError as error:
        return Inspected(path, None, "", "", 0, (), None, error)
    said, refused, taken_at = sealed.manifest, None, None
    try:
        taken_at = bundle_in.verify(desk, path).taken_at
    except RefusedError as error:
        refused = error
    return Inspected(
        path, said, desk_name(desk, said.sender), words(sealed.sha256, CHECK_WORDS), sealed.bytes,
        tuple(desk_name(desk, one) for one in said.to), taken_at, refused,
    )  # fmt: skip


def lines_of(one: Inspected) -> Sequence[tuple[str, str]]:
    """What a bundle says of itself, as titles and values for reading."""
    if one.manifest is None:
        return ()
    said = one.manifest
    return tuple(
        (title, value)
        for title, value in (
            ("Number", f"{said.number:,}"),
            ("Kind", said.kind.value),
            ("From", one.sender),
            ("For", ", ".join(one.to)),
            ("Made", show_instant(said.made_at)),
            ("With", f"casedesk {said.program}"),
            ("Operations", f"{said.operations:,}"),
            ("Documents", f"{said.attachments:,}" if said.attachments else ""),
            ("Size", f"{one.bytes:,} bytes"),
            ("Marking", said.marking),
            ("Reason", said.reason),
            ("Expires", show_instant(said.expires) if said.expires else ""),
            ("Check phrase", one.phrase),
            ("Taken in", show_instant(one.taken_at) if one.taken_at else ""),
        )
        if value
    )


def as_json(one: Inspected) -> dict[str, object]:
    """The same for programs."""
    said = one.manifest
    found: dict[str, object] = {"file": str(one.path), "can_be_taken_in": one.refused is None}
    if one.refused is not None:
        found |= {"refused": one.refused.code, "message": str(one.refused)}
    if said is not None:
        found |= {
            "number": said.number, "kind": said.kind.value, "from": one.sender, "from_id": encode(said.sender),
            "to": list(one.to), "made_at": said.made_at.isoformat(), "program": said.program, "format": said.format,
            "operations": said.operations, "documents": said.attachments, "bytes": one.bytes,
            "marking": said.marking, "reason": said.reason, "check_phrase": one.phrase,
            "expires": said.expires.isoformat() if said.expires else None,
            "taken_in_at": one.taken_at.isoformat() if one.taken_at else None,
        }  # fmt: skip
    return found


def check_whole(desk: Desk, path: Path, progress: Progress | None = None) -> Verified:
    """Check a bundle to its last record, as taking it in would, and take in nothing. Raises RefusedError."""
    bundle = bundle_in.verify(desk, path)
    total, done = bundle.manifest.operations, 0

    def look(record: Record) -> None:
        nonlocal done
        if isinstance(record, Signed):
            bundle_in.read_operation(record)
            done += 1
            if progress and done % _STEP == 0:
                progress(done, total)

    each_record(path, desk.store.bundle_identity(), bundle.sealed, look)
    return bundle
