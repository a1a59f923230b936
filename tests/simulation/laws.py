"""What must hold in every world, judged by a model that knows only operations and who had seen what."""

from dataclasses import dataclass, field

from casedesk.desk import restricted
from casedesk.model.entities import LOG_ENTRY, RESTRICTION
from casedesk.model.ids import EntityId
from casedesk.store import hlc
from casedesk.store.allowed import restriction_id
from casedesk.store.checks import digests, rebuild, verify
from casedesk.store.operations import Dot, OpKind, parse_operation
from casedesk.store.parked import Why
from tests.simulation.places import Broken, Place
from tests.store.merge_model import Model

FIELDS = ("owner", "stage", "location", "team")
_DAY_MS = 24 * 3_600_000
_MADE_UP = (Why.FORGED.value, Why.FORK.value)


@dataclass
class Laws:
    """The model of one world, and what it says of each desk."""

    model: Model = field(default_factory=Model)
    entries: dict[Dot, tuple[EntityId, EntityId, str]] = field(default_factory=dict)
    """Every log entry that was written: its case, its id, its text."""
    secrets: dict[EntityId, tuple[Dot, frozenset[bytes]]] = field(default_factory=dict)
    """The restricted cases: since which operation, and which installations may read them."""
    lost: set[bytes] = field(default_factory=set)
    """Installations that are no more: their stores were restored from backups."""
    story: list[str] = field(default_factory=list)

    def held(self, place: Place) -> set[Dot]:
        """Every operation that is applied at a desk."""
        return {
            (bytes(device), seq)
            for device, seq in place.desk.store.connection.execute(
                "SELECT device.id, op.seq FROM op JOIN device ON device.ix = op.device "
                "WHERE NOT EXISTS (SELECT 1 FROM aside WHERE aside.device = op.device AND aside.seq = op.seq)"
            )
        }

    def noted(self, place: Place, seen: set[Dot]) -> None:
        """Learn what a desk has just written, and what it had seen."""
        for header, sig, payload in place.desk.store.connection.execute(
            "SELECT header, sig, payload FROM op WHERE device = ? ORDER BY seq", (place.desk.store.device,)
        ).fetchall():
            op = parse_operation(header, sig, payload)
            if op.dot in self.model.ops:
                continue
            self.model.wrote(op, set(seen))
            seen = seen | {op.dot}
            said = op.body().get("fields", {})
            what = said if op.entity != "member" else sorted(said)  # keys are drawn by another library
            self.story.append(f"{place.name} {op.seq}: {op.kind} {op.entity} {op.entity_id.hex()[:6]} {what}")
            if op.entity == LOG_ENTRY.name and op.kind == OpKind.ENTRY and "text" in said:
                self.entries[op.dot] = op.case_id, op.entity_id, said["text"]
            if op.entity == RESTRICTION.name:
                self.secrets.pop(op.case_id, None)

    # -- one desk --------------------------------------------------------------------------------------------

    def check(self, place: Place, cases: list[EntityId]) -> None:
        """What a desk shows is what the model says it should."""
        held = self.held(place)
        if held - set(self.model.ops):
            raise Broken(f"{place.name}: holds operations that nobody wrote")
        standing = self.model.standing(held)
        self._check_entries(place, standing)
        disposed = {self.model.ops[dot].case_id for dot in held if self.model.ops[dot].kind == OpKind.DISPOSE}
        for case_id in cases:
            if case_id not in disposed:
                self._check_fields(place, held, case_id)
            self._check_restriction(place, held, case_id)
            if case_id in self.secrets:
                self._check_secret(place, standing, case_id)

    def _check_fields(self, place: Place, held: set[Dot], case_id: EntityId) -> None:
        db = place.desk.store.connection
        row = db.execute(f"SELECT {', '.join(FIELDS)} FROM cases WHERE id = ?", (case_id,)).fetchone()  # noqa: S608
        found = db.execute("SELECT field FROM conflict WHERE entity_id = ?", (case_id,)).fetchall()
        torn = {name for (name,) in found}
        for at, name in enumerate(FIELDS):
            heads = self.model.maximal(held, case_id, name)
            if (row[at] if row else None) != self.model.shown(heads, name):
                raise Broken(f"{place.name}: shows another {name} than it should")
            if (name in torn) != self.model.conflict(heads, name):
                raise Broken(
                    f"{place.name}: {name} is in conflict when it should not be, or the other way round"
                )

    def _check_restriction(self, place: Place, held: set[Dot], case_id: EntityId) -> None:
        """Everybody knows of what restricts a case; of several that nobody decided all hold, until all are lifted."""
        db, own = place.desk.store.connection, restriction_id(case_id)
        if db.execute(
            "SELECT 1 FROM aside JOIN op ON op.device = aside.device AND op.seq = aside.seq "
            "WHERE op.entity_id = ? AND aside.why = 'content'",
            (own,),
        ).fetchone():
            raise Broken(f"{place.name}: was not told who may read a case")
        standing = self.model.not_named(held, own, "members")
        whom = [set(self.model.said(dot, "members")) for dot in standing]
        is_lifted = all(self.model.said(dot, "lifted") for dot in standing)
        shown = restricted.restriction(place.desk, case_id)
        if is_lifted != (shown is None) or (shown and set(shown.members or ()) != set.intersection(*whom)):
            raise Broken(f"{place.name}: lets others read a case than it should")

    def _check_entries(self, place: Place, standing: set[Dot]) -> None:
        rows = place.desk.store.connection.execute("SELECT id, text FROM log_entry").fetchall()
        texts = {bytes(own): text for own, text in rows}
        for dot in standing & set(self.entries):
            _, own, text = self.entries[dot]
            if texts.get(own) != text:
                raise Broken(f"{place.name}: an entry of the log is not there")

    def _check_secret(self, place: Place, standing: set[Dot], case_id: EntityId) -> None:
        """What was written in a restricted case by one who knew is read by nobody else."""
        since, allowed = self.secrets[case_id]
        if place.id in allowed:
            return
        for dot in standing & set(self.entries):
            op = self.model.ops[dot]
            if op.case_id == case_id and since in self.model.seen[dot] and dot[0] in allowed:
                raise Broken(f"{place.name}: reads what is restricted to others")

    def check_clock(self, place: Place, before: int) -> None:
        """No clock moves more than the cap because of a colleague."""
        after = int(place.desk.store.meta("hlc") or 0)
        day_ahead = int(place.clock().timestamp() * 1000) + _DAY_MS
        if after > max(before, day_ahead << hlc.COUNTER_BITS):
            raise Broken(f"{place.name}: a colleague's clock moved its own")

    # -- all of them -----------------------------------------------------------------------------------------

    def check_settled(self, places: list[Place], cases: list[EntityId]) -> None:
        """Everything that is left reached everyone, all show the same, and every store holds together."""
        everywhere = set.union(*(self.held(place) for place in places))
        if any(dot[0] not in self.lost for dot in set(self.model.ops) - everywhere):
            raise Broken("something reached nobody, and its author is still there")
        for place in places:
            if self.held(place) != everywhere:
                raise Broken(f"{place.name}: not everything reached it")
            self.check(place, cases)
            self._check_store(place)
        first, *others = [_shared(digests(place.desk.store.connection)) for place in places]
        for place, one in zip(places[1:], others, strict=True):
            if one != first:
                raise Broken(f"{place.name}: differs in {[name for name in one if one[name] != first[name]]}")

    def _check_store(self, place: Place) -> None:
        report = verify(place.desk.store.connection)
        if report.problems:
            raise Broken(f"{place.name}: {report.problems[0]}")
        differing = rebuild(place.desk.store, keep=False).differing
        if differing:
            raise Broken(f"{place.name}: rebuilt, {differing} differ")
        for device, why in place.desk.store.connection.execute("SELECT device, why FROM park"):
            if why not in _MADE_UP and device not in self.lost:  # what was made up waits to be looked at
                raise Broken(f"{place.name}: something still waits ({why})")


def _shared(found: dict[str, str]) -> dict[str, str]:
    """What two stores must agree on whatever their clocks say: not the queue, which depends on the time."""
    return {name: one for name, one in found.items() if name not in ("queue", "due item", "unit")}
