"""An independent model of merging: sets of operations, no tables."""

from dataclasses import dataclass, field
from typing import Any

from casedesk.model.ids import EntityId, encode
from casedesk.model.words import Stage
from casedesk.store.operations import Dot, Operation, OpKind

SAFEST_FIRST = [Stage.RETURNED, None, Stage.OPEN, Stage.CLINIC, Stage.SUBMITTED, Stage.FINALISED]


@dataclass
class Model:
    """What every operation said, what it named as replaced, and what its author had seen."""

    ops: dict[Dot, Operation] = field(default_factory=dict)
    seen: dict[Dot, frozenset[Dot]] = field(default_factory=dict)

    def wrote(self, op: Operation, seen: set[Dot]) -> None:
        self.ops[op.dot] = op
        self.seen[op.dot] = frozenset(seen)

    def said(self, dot: Dot, name: str) -> Any:
        return self.ops[dot].body()["fields"][name]

    def standing(self, held: set[Dot]) -> set[Dot]:
        """The operations held that no disposal held covers."""
        covered = set()
        for dot in held:
            disposal = self.ops[dot]
            if disposal.kind == OpKind.DISPOSE:
                covers = disposal.body()["fields"]["covers"]
                covered |= {
                    other
                    for other in held
                    if self.ops[other].case_id == disposal.case_id
                    and self.ops[other].kind != OpKind.DISPOSE
                    and self.ops[other].entity != "restriction"
                    and other[1] <= covers.get(encode(other[0]), 0)
                }
        return held - covered

    def about(self, held: set[Dot], case_id: EntityId, name: str) -> set[Dot]:
        """The operations held that say something of the field."""
        return {
            dot
            for dot in self.standing(held)
            if self.ops[dot].entity_id == case_id
            and self.ops[dot].kind in (OpKind.SET, OpKind.EXTRACT)
            and name in self.ops[dot].body()["fields"]
        }

    def not_named(self, held: set[Dot], case_id: EntityId, name: str) -> set[Dot]:
        """The operations that no operation held names as replaced."""
        about = self.about(held, case_id, name)
        return about - {dot for later in about for dot in self.ops[later].over.get(name, ())}

    def maximal(self, held: set[Dot], case_id: EntityId, name: str) -> set[Dot]:
        """The operations that no later one, by somebody who had seen them, replaces.

        An extract replaces only extracts that are no later than itself; what an undo puts back replaces all.
        """
        about = self.about(held, case_id, name)
        return {
            dot
            for dot in about
            if not any(dot in self.seen[later] and self.replaces(later, dot) for later in about)
        }

    def replaces(self, later: Dot, earlier: Dot) -> bool:
        one, other = self.ops[later], self.ops[earlier]
        return not one.as_at or bool(one.about) or 0 < other.as_at <= one.as_at

    def speaking(self, heads: set[Dot]) -> list[Operation]:
        """Desk work hides extracts; of extracts the latest as-at speaks, then the later clock."""
        ops = [self.ops[dot] for dot in heads]
        desk = [op for op in ops if not op.as_at]
        return desk or sorted(ops, key=lambda op: (op.as_at, op.hlc, op.device, op.seq))[-1:]

    def shown(self, heads: set[Dot], name: str) -> Any:
        speaking = self.speaking(heads)
        if not speaking:
            return None
        values = [self.said(op.dot, name) for op in speaking]
        if name == "stage":
            return min(values, key=SAFEST_FIRST.index)
        return self.said(max(speaking, key=lambda op: (op.hlc, op.device, op.seq)).dot, name)

    def conflict(self, heads: set[Dot], name: str) -> bool:
        return len({self.said(op.dot, name) for op in self.speaking(heads)}) > 1
