"""Write the tables of the rules into the documents, from the packs, their examples and their conditions.

docs/packs.md gets one line a finalisation rule with an example that passes, one that fails and the boundaries;
docs/finalisations.md which rule carries which condition; docs/eligibility.md one line a rule of out-of-court disposals.
What stands between the markers is replaced.
"""

import tomllib
from pathlib import Path
from typing import Any

from casedesk.reference.eligibility import EVERY, ClinicRule
from casedesk.reference.finalisation import Rule
from casedesk.reference.packs import Packs

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "tests" / "rules" / "finalisation_cases.toml"
CONDITIONS = ROOT / "tests" / "rules" / "finalisation_conditions.toml"
PACKS_PAGE = ROOT / "docs" / "packs.md"
RULES_PAGE = ROOT / "docs" / "finalisations.md"
DISPOSALS_PAGE = ROOT / "docs" / "eligibility.md"
BEGIN, END = "<!-- made by scripts/rules_doc.py: begin -->", "<!-- made by scripts/rules_doc.py: end -->"


def examples_table() -> str:
    """Every rule with its weight, its status and its examples."""
    examples = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))["rules"]
    lines = [
        "| Rule | What must hold | Weight, status | Holds | Finds fault | At the boundary |",
        "|" + "---|" * 6,
    ]
    lines += [_rule(rule, examples[rule.id]) for rule in Packs().finalisation]
    return "\n".join(lines)


def conditions_table() -> str:
    """Every condition of the reference with the rules that carry it, or why there is none."""
    conditions = tomllib.loads(CONDITIONS.read_text(encoding="utf-8"))["condition"]
    lines, part = [], ""
    for one in conditions:
        if one["part"] != part:
            part = one["part"]
            lines += ["", f"### {part}", "", "| Outcomes | Condition | Rules |", "|---|---|---|"]
        carried = ", ".join(one["rules"])
        left = f"{one.get('why', '')}".strip()
        topic = f"guidance “{one['topic']}”" if "topic" in one else ""
        said = "; ".join(text for text in (carried, left, topic) if text)
        lines.append(f"| {', '.join(one['about'].split())} | {_cell(one['text'])} | {_cell(said)} |")
    return "\n".join(lines[1:])


def disposals_table() -> str:
    """Every rule of out-of-court disposals: from which step, and how much it weighs for which disposal."""
    lines = ["| Rule | What must hold | From | Disposals, weight, status | Source |", "|" + "---|" * 5]
    lines += [_clinic_rule(rule) for rule in Packs().eligibility.rules.values()]
    return "\n".join(lines)


def page(text: str, table: str) -> str:
    """A page with the table between its markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def pages() -> dict[Path, str]:
    """The documents as they should be."""
    return {
        PACKS_PAGE: page(PACKS_PAGE.read_text(encoding="utf-8"), examples_table()),
        RULES_PAGE: page(RULES_PAGE.read_text(encoding="utf-8"), conditions_table()),
        DISPOSALS_PAGE: page(DISPOSALS_PAGE.read_text(encoding="utf-8"), disposals_table()),
    }


def _rule(rule: Rule, examples: list[dict[str, Any]]) -> str:
    def of(kind: str) -> str:
        return "; ".join(_said(one, kind) for one in examples if kind in one)

    weight = f"{rule.severity.value}, {rule.status.value}"
    cells = (rule.id, rule.title, weight, of("pass"), of("fail"), of("boundary"))
    return f"| {' | '.join(map(_cell, cells))} |"


def _clinic_rule(rule: ClinicRule) -> str:
    weights: dict[str, list[str]] = {}
    for disposal in sorted(rule.on):
        words = f"{rule.severity_for(disposal).value}, {rule.status_for(disposal).value}"
        if rule.target_for(disposal) is not rule.severity_for(disposal):
            words += f" ({rule.target_for(disposal).value} once confirmed)"
        weights.setdefault(words, []).append("all" if disposal == EVERY else disposal)
    said = "; ".join(f"{', '.join(ids)}: {words}" for words, ids in weights.items())
    return f"| {' | '.join(map(_cell, (rule.id, rule.title, rule.step.value, said, rule.source)))} |"


def _said(example: dict[str, Any], kind: str) -> str:
    if kind != "boundary":
        return str(example[kind])
    return f"{example[kind]}: {'fault' if example['found'] else 'none'}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
