"""Opens an extract and reads it line by line. Nothing is kept and nothing is written: reading only."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from casedesk.exchange.intake.claims import Shape, name_of, shape_of
from casedesk.exchange.intake.delimited import DelimitedSource
from casedesk.exchange.intake.headings import TOP, Headings, Matcher
from casedesk.exchange.intake.rejects import unquoted
from casedesk.exchange.intake.rows import RowReader
from casedesk.exchange.intake.taken import Broken, ColumnReport, Reading, Record
from casedesk.model.errors import BadInputError
from casedesk.model.moments import Moment
from casedesk.model.text import clip
from casedesk.reference.profiles import Profile


class Source(Protocol):
    """What an extract is read from: a text file or a workbook."""

    size: int
    encoding: str | None
    """How the text is encoded; None for a workbook."""
    places: tuple[str, ...]
    """Where the rows may be: the delimiters to try, or the worksheets in order."""

    @property
    def bytes_read(self) -> int:
        """How far the present iteration has read."""

    def top(self, place: str, count: int) -> list[Record]:
        """The first records, at most ``count``."""

    def records(self, place: str) -> Iterator[Record | Broken]:
        """Every record that is not blank."""

    def close(self) -> None:
        """Close the file."""


class Extract:
    """One extract, open for reading. A context manager: leaving it closes the file."""

    def __init__(
        self,
        path: Path,
        profile: Profile,
        source: Source,
        place: str,
        headings: Headings,
        as_at: Moment | None,
    ) -> None:
        self.path = path
        self.profile = profile
        self.header = tuple(name for at, name in enumerate(headings.names) if at not in headings.own)
        """The headings of the extract, without those of a rejects file."""
        self.header_line = headings.line
        self.encoding = source.encoding
        """How the text is encoded; None for a workbook."""
        is_text = source.encoding is not None
        self.delimiter = place if is_text else None
        self.sheet = None if is_text else place
        """The worksheet that is read; None for text."""
        self.other_sheets = () if is_text else tuple(name for name in source.places if name != place)
        """The worksheets that are not read."""
        self._source = source
        self._place = place
        self._headings = headings
        self._as_at = as_at

    @property
    def columns(self) -> ColumnReport:
        """What becomes of each column."""
        return self._headings.report

    @property
    def size(self) -> int:
        """How many bytes there are to read: those of the file, or of its sheet in a workbook."""
        return self._source.size

    @property
    def bytes_read(self) -> int:
        """How many of them :meth:`rows` has read so far."""
        return self._source.bytes_read

    def rows(self) -> Iterator[Reading]:
        """Read every line after the heading: taken, rejected or skipped. Blank lines are passed over.

        Raises :class:`casedesk.model.errors.BadInputError` where the file is damaged or goes away.
        """
        read = RowReader(self.profile, self._headings, as_at=self._as_at, pad=self.sheet is not None).read
        own = self._headings.own
        try:
            for record in self._source.records(self._place):
                if record.line > self.header_line:
                    yield read(_without_quotes(record) if own else record)
        except OSError as error:
            raise _unreadable(self.path, error) from None

    def close(self) -> None:
        """Close the file."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_extract(path: Path, profile: Profile, *, as_at: Moment | None = None) -> Extract:
    """Open a CSV or XLSX file as an extract of this profile.

    ``as_at`` is when the extract was drawn; a column of the extract that says so goes before it.
    Raises :class:`casedesk.model.errors.BadInputError` for a file that is not what it claims, or lacks the
    required columns.
    """
    source = _open(path)
    try:
        place, headings = _understood(path, profile, _find(source, Matcher(profile)))
        return Extract(path, profile, source, place, headings, as_at)
    except BaseException:
        source.close()
        raise


def guess_profile(path: Path, profiles: Iterable[Profile]) -> Profile | None:
    """The profile whose required columns the file has, and of those the one that knows most of its columns.

    None when no profile fits. Raises :class:`casedesk.model.errors.BadInputError` as :func:`open_extract`.
    """
    source = _open(path)
    try:
        best: tuple[int, Profile] | None = None
        for profile in profiles:
            found = _find(source, Matcher(profile))
            if found and not found[1].lacking and (best is None or found[1].found > best[0]):
                best = (found[1].found, profile)
        return best[1] if best else None
    finally:
        source.close()


def _open(path: Path) -> Source:
    try:
        if shape_of(path) is Shape.TEXT:
            return DelimitedSource(path)
        # Slow to import, and most extracts are text.
        from casedesk.exchange.intake.workbook import WorkbookSource

        return WorkbookSource(path)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> BadInputError:
    return BadInputError(
        f"{name_of(path)} cannot be read: {error.strerror}.",
        "Check that you may open it and that its drive is there.",
    )


def _find(source: Source, matcher: Matcher) -> tuple[str, Headings] | None:
    """Where the heading is (the delimiter, or the first sheet that has it) and what it says."""
    best: tuple[str, Headings] | None = None
    refusal: BadInputError | None = None
    for place in source.places:
        try:
            headings = matcher.best(source.top(place, TOP))
        except BadInputError as error:  # under a wrong delimiter the quotes may not match
            refusal = refusal or error
            continue
        if headings and (best is None or headings.rank > best[1].rank):
            best = (place, headings)
    if best is None and refusal is not None:
        raise refusal
    return best


def _without_quotes(record: Record | Broken) -> Record | Broken:
    return record._replace(cells=[unquoted(cell) for cell in record.cells])


def _understood(path: Path, profile: Profile, found: tuple[str, Headings] | None) -> tuple[str, Headings]:
    """The heading, refused where the profile cannot be read by it."""
    if found is None:
        raise _no_heading(path, profile)
    headings = found[1]
    if headings.lacking:
        raise _lacking(path, profile, headings)
    if headings.twice:
        raise BadInputError(
            f"{name_of(path)} has the column {_listed(headings.twice)} more than once.",
            "Take out or rename the ones that do not count.",
        )
    return found


def _no_heading(path: Path, profile: Profile) -> BadInputError:
    wanted = _listed([column.title for column in profile.columns if column.required])
    return BadInputError(
        f"{name_of(path)} has no heading of {profile.name} in its first {TOP} rows.",
        f"Check that it is the right file; the heading must have the column {wanted}.",
    )


def _lacking(path: Path, profile: Profile, headings: Headings) -> BadInputError:
    return BadInputError(
        f"{name_of(path)} has no column {_listed(headings.lacking)}, which {profile.name} needs.",
        "Choose another profile, or add the heading that stands for it to a profile of your own: "
        f"its headings are {clip(_listed([name for name in headings.names if name]), 400)}.",
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
