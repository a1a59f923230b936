"""The decision paths: each tree of questions with this case's way through it.

A path shows which fact decided at each fork and what would turn it. An outcome at the end of the way is said to fit
only where the finalisation rules allow it: a tree explains, it never recommends what a rule blocks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from casedesk.model.facts import CaseFile
from casedesk.reference.paths import Branch, Node, Tree
from casedesk.reference.rows import PackEntryError, PackProblem, hint
from casedesk.rules.finalisation import Checker
from casedesk.rules.judged import Judged
from casedesk.rules.predicates import PREDICATES, Predicate
from casedesk.rules.shown import Fact, facts_of, field_names, is_field


class Answer(StrEnum):
    """What the facts answer to a question."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Leaf:
    """An outcome at the end of a branch, and whether the rules allow it on these facts."""

    code: str
    name: str
    fits: bool
    """Whether it could be given now. Judged only where the case's way leads here; otherwise False."""
    needs: tuple[str, ...]
    """What is still missing; empty where it fits, or where nothing could be added."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a tree: a question, or the end of a branch."""

    depth: int
    """0 for the first question."""
    branch: str
    """``yes`` or ``no``: the answer that leads here; empty for the first question."""
    text: str
    """The question; at the end of a branch what to do, which may be empty beside outcomes."""
    taken: bool
    """Whether this case's way leads here."""
    answer: Answer | None
    """What the facts say; None at the end of a branch, and for a question that this case does not come to."""
    facts: tuple[Fact, ...]
    """The facts that decided; none for a question that this case does not come to."""
    turn: str
    """What would turn the answer, or make it known."""
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """One tree with this case's way through it."""

    id: str
    title: str
    standing: str
    """How well the tree is sourced: its status word."""
    source: str
    lines: tuple[Line, ...]

    @property
    def ends(self) -> tuple[str, ...]:
        """The outcomes that this case's way leads to and that the rules allow now."""
        return tuple(leaf.code for line in self.lines if line.taken for leaf in line.leaves if leaf.fits)


@dataclass(slots=True)
class Paths:
    """The trees, ready to be walked. Made by :func:`compile_paths`; holds no case and can be shared."""

    checker: Checker
    trees: tuple[Tree, ...]
    _asks: dict[str, Predicate] = field(default_factory=dict)

    def path(self, file: CaseFile, now: datetime) -> tuple[Path, ...]:
        """Every tree with the case's way through it, in pack order."""
        judged = Judged(file, file.case, file.case.outcome, now, self.checker.reference)
        walk = _Walk(self, judged)
        return tuple(
            Path(tree.id, tree.title, tree.status.value, tree.source, tuple(walk.lines(tree)))
            for tree in self.trees
        )

    def answer(self, node: Node, judged: Judged) -> Answer:
        """What the facts answer to a question."""
        ask = self._asks.get(node.id)
        said = ask(judged) if ask else None
        return Answer.UNKNOWN if said is None else Answer.YES if said else Answer.NO


class _Walk:
    """One case walked through the trees."""

    def __init__(self, paths: Paths, judged: Judged) -> None:
        checker = paths.checker
        self._paths, self._judged = paths, judged
        self._outcomes = checker.reference.outcomes
        self._possible = frozenset(checker.check(judged.file, judged.now).possible)
        right = checker.what_would_be_right(judged.file, judged.now)
        self._needs = {one.code: one.needs for one in right}

    def lines(self, tree: Tree) -> Iterator[Line]:
        """The lines of a tree from the top, yes before no."""
        yield from self._question(tree, tree.nodes[tree.root], 0, "", taken=True)

    def _question(self, tree: Tree, node: Node, depth: int, branch: str, *, taken: bool) -> Iterator[Line]:
        answer = self._paths.answer(node, self._judged) if taken else None
        facts = facts_of(self._judged.file, node.facts) if taken else ()
        yield Line(depth, branch, node.question, taken, answer, facts, _turn(node, answer), ())
        for said, after in ((Answer.YES, node.yes), (Answer.NO, node.no)):
            follows = taken and answer is said
            if after.node:
                yield from self._question(tree, tree.nodes[after.node], depth + 1, said.value, taken=follows)
            else:
                yield self._end(after, depth + 1, said.value, taken=follows)

    def _end(self, branch: Branch, depth: int, said: str, *, taken: bool) -> Line:
        leaves = tuple(self._leaf(code, taken=taken) for code in branch.outcomes)
        return Line(depth, said, branch.say, taken, None, (), "", leaves)

    def _leaf(self, code: str, *, taken: bool) -> Leaf:
        fits = taken and code in self._possible
        needs = () if fits or not taken else self._needs.get(code, ())
        return Leaf(code, self._outcomes[code].name, fits, needs)


def compile_paths(trees: Sequence[Tree], checker: Checker) -> Paths:
    """Bind the questions to their predicates. Raises PackEntryError with every one that does not hold together."""
    wrong = problems(trees)
    if wrong:
        raise PackEntryError(wrong)
    nodes = {node.id: node for tree in trees for node in tree.nodes.values() if node.ask}
    asks = {node.id: PREDICATES[node.ask].bind(node.values) for node in nodes.values()}
    return Paths(checker, tuple(trees), asks)


def problems(trees: Sequence[Tree]) -> list[PackProblem]:
    """What does not hold together in the trees: predicates, values and fields that do not exist."""
    nodes = {node.id: node for tree in trees for node in tree.nodes.values()}
    return [
        PackProblem(node.file, f"{node.place}, {key}", message, cure)
        for node in nodes.values()
        for key, message, cure in _problems(node)
    ]


def _problems(node: Node) -> Iterator[tuple[str, str, str]]:
    if node.ask:
        named = PREDICATES.get(node.ask)
        if named is None:
            yield "ask", f"there is no predicate “{node.ask}”", hint(node.ask, PREDICATES)
            return
        try:
            named.bind(node.values)
        except KeyError as missing:
            yield "values", f"{node.ask} needs {missing.args[0]}", f"Add {missing.args[0]} = … to the values."
        except TypeError as wrong:
            yield "values", f"{wrong.args[0]} is of the wrong kind for {node.ask}", "See the other nodes."
    for name in node.facts:
        if not is_field(name):
            yield "facts", f"there is no field “{name}”", hint(name, field_names())


def _turn(node: Node, answer: Answer | None) -> str:
    """What would turn an answer; where it is not known, what would make it yes or no."""
    if answer is Answer.YES:
        return node.no.turn
    if answer is Answer.NO:
        return node.yes.turn
    if answer is Answer.UNKNOWN and node.ask:
        return " ".join(dict.fromkeys(turn for turn in (node.yes.turn, node.no.turn) if turn))
    return "No fact can tell: decide it, and write down why." if answer else ""
