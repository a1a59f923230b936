"""The way to an outcome as questions, from the ``paths`` pack: a tree for each choice that is often made wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from casedesk.model.words import Confidence
from casedesk.reference.finalisation import Value
from casedesk.reference.loading import Row, hint, read_pack
from casedesk.reference.outcomes import load_outcomes

_NODE_KEYS = {
    "id", "question", "ask", "values", "facts", "yes", "no", "say_yes", "say_no", "turn_yes", "turn_no",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Branch:
    """What follows from one answer: another question, or the outcomes it leads to."""

    node: str
    """The id of the next question; empty at the end of the way."""
    outcomes: tuple[str, ...]
    say: str
    """What to do at the end of the branch; empty where the outcomes say it."""
    turn: str
    """What would lead to this answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One question."""

    id: str
    question: str
    ask: str
    """The name of the predicate that answers it; empty where no fact can tell."""
    values: Mapping[str, Value] = field(default_factory=dict)
    facts: tuple[str, ...]
    yes: Branch
    no: Branch
    file: str
    place: str
    """The entry in its file, for messages about the pack."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One choice between outcomes."""

    id: str
    title: str
    root: str
    nodes: Mapping[str, Node]
    """Every node of the pack by its id."""
    status: Confidence
    source: str


def load_paths(overlay: Path | None = None) -> tuple[Tree, ...]:
    """Load the trees. Raises PackError when an entry does not hold together, or a way never ends.

    Whether the predicates exist is checked where they are known: :func:`casedesk.rules.paths.compile_paths`.
    """
    pack = read_pack("paths", overlay)
    pack.unknown({"tree", "node"})
    codes = load_outcomes(overlay)
    nodes = pack.build("node", lambda row: _node(row, codes))
    rows = {row.id: row for row in pack.rows("node")}
    for node in nodes.values():
        for key, branch in (("yes", node.yes), ("no", node.no)):
            if branch.node and branch.node not in nodes:
                raise rows[node.id].error(key, f"there is no node “{branch.node}”", hint(branch.node, nodes))
    trees = pack.build("tree", lambda row: _tree(row, nodes))
    for row in pack.rows("tree"):
        if _circles(trees[row.id].root, nodes, ()):
            raise row.error("root", "its questions lead back to themselves", "Let every way end.")
    return tuple(trees.values())


def _tree(row: Row, nodes: Mapping[str, Node]) -> Tree:
    row.unknown({"id", "title", "root", "status", "source", "severity"})
    root = row.text("root")
    if root not in nodes:
        raise row.error("root", f"there is no node “{root}”", hint(root, nodes))
    return Tree(row.id, row.text("title"), root, nodes, row.choice("status", Confidence), row.text("source"))


def _node(row: Row, codes: Mapping[str, object]) -> Node:
    row.unknown(_NODE_KEYS)
    values = row.table("values")
    return Node(
        id=row.id,
        question=row.text("question"),
        ask=row.text("ask", ""),
        values={
            key: tuple(values.texts(key)) if isinstance(raw, list) else values.text(key)
            if isinstance(raw, str) else values.integer(key)
            for key, raw in values.values.items()
        },
        facts=tuple(row.texts("facts")),
        yes=_branch(row, "yes", codes),
        no=_branch(row, "no", codes),
        file=row.files[""],
        place=row.place,
    )  # fmt: skip


def _branch(row: Row, key: str, codes: Mapping[str, object]) -> Branch:
    say, turn = row.text(f"say_{key}", ""), row.text(f"turn_{key}", "")
    if isinstance(row.values.get(key), str):
        return Branch(row.text(key), (), say, turn)
    outcomes = tuple(row.texts(key))
    for code in outcomes:
        if code not in codes:
            raise row.error(key, f"there is no outcome “{code}”", hint(code, codes))
    if not outcomes and not say:
        raise row.error(key, "leads nowhere and says nothing", f"Add say_{key}, an outcome or a node.")
    return Branch("", outcomes, say, turn)


def _circles(node_id: str, nodes: Mapping[str, Node], above: tuple[str, ...]) -> bool:
    if node_id in above:
        return True
    node = nodes[node_id]
    return any(
        branch.node and _circles(branch.node, nodes, (*above, node_id)) for branch in (node.yes, node.no)
    )
