"""The settings reference, the catalogue and a page for each rule, written from the code."""

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

from governance import conf
from governance.findings import Rule
from governance.rules import RULES
from tests.writes.paths.catalogue import GROUPS, PATHS
from tests.writes.paths.catalogue import Path as WritePath

AREAS = {
    0: "Settings",
    1: "Ownership",
    2: "Writes",
    3: "Migrations",
    4: "PostgreSQL",
    5: "Columns and tables",
    6: "Constraints, indexes, objects, data",
    7: "Idempotency keys",
}


def write(parts: Path, pages: Path) -> None:
    """Write the generated parts of pages, and the page of each rule.

    A file that has not changed keeps its time; the page of a rule that is gone goes too.
    """
    _write(parts, {"settings.md": settings(), "rules.md": rules(), "paths.md": paths()})
    _write(pages, {f"{rule.slug}.md": page(rule) for rule in RULES})
    for page_of_rule in set(pages.glob("*.md")) - {pages / f"{rule.slug}.md" for rule in RULES}:
        page_of_rule.unlink()


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def settings() -> str:
    """Each key of ``GOVERNANCE`` with its type, default and docstring."""
    parts = []
    for name, kind, default, about in _keys():
        parts += [f"## {name}", f"Default: `{default}`. Type: `{kind}`.", _markdown(about)]
    return "\n\n".join(parts) + "\n"


def rules() -> str:
    """The catalogue by area: one table for each, with a link to the page of each rule."""
    parts = []
    for hundreds, group in groupby(sorted(RULES, key=_number), _area):
        rows = [f"| `{r.id}` | [{r.slug}](rules/{r.slug}.md) | {r.title} |" for r in group]
        parts.append(f"## {AREAS.get(hundreds, f'Area {hundreds}')}")
        parts.append("\n".join(["| id | slug | says |", "|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def page(rule: Rule) -> str:
    """The page of one rule, with what is wrong and what is right."""
    severity = rule.severity.name.lower()
    parts = [f"# {rule.slug}", f"**{rule.title}.** `{rule.id}`, {severity}."]
    parts += [_with_code(rule.meaning), f"What to do: {_with_code(rule.remedy)}"]
    for label, example in (("Not so", rule.bad), ("But so", rule.good)):
        if example:
            parts.append(f"{label}:\n\n```{_language(example)}\n{example}\n```")
    if not rule.acceptable:
        parts.append("Neither the baseline nor a waiver can accept it.")
    return "\n\n".join(parts) + "\n"


def paths() -> str:
    """Which layer sees which way to write a table: what the tests of the paths assert."""
    layers = ("router", "statement", "cursor", "postgres")
    rows = ["| # | way to write | router | wrapper | cursor | PostgreSQL |", "|--|--|--|--|--|--|"]
    for number, title in GROUPS.items():
        group = [path for path in PATHS if path.number == number]
        cells = " | ".join(_seen(group, layer) for layer in layers)
        rows.append(f"| {number} | {title} | {cells} |")
    return "\n".join(rows) + "\n"


def _seen(group: list[WritePath], layer: str) -> str:
    """yes, no, how many of the group, or quiet for what is permitted."""
    loud = [path for path in group if path.kind != "quiet"]
    if not loud:
        return "permitted"
    seen = sum(layer in path.layers for path in loud)
    return {0: "–", len(loud): "yes"}.get(seen, f"{seen} of {len(loud)}")


def _keys() -> Iterator[tuple[str, str, str, str]]:
    body = ast.parse(inspect.getsource(conf.Settings)).body[0].body
    for node, following in pairwise(body):
        if isinstance(node, ast.AnnAssign) and node.target.id.isupper():
            kind, default = ast.unparse(node.annotation), ast.unparse(node.value)
            yield node.target.id, kind, default.replace("'", '"'), following.value.value


def _number(rule: Rule) -> int:
    return rule.number


def _area(rule: Rule) -> int:
    return rule.number // 100


def _language(example: str) -> str:
    """What to highlight it as. An ellipsis is no code, and the highlighter would complain."""
    if example.startswith("$ "):
        return "console"
    if "…" in example:
        return "text"
    if re.match(r"[A-Z]{3,} [A-Za-z]", example):
        return "sql"
    try:
        ast.parse(example)
    except SyntaxError:
        return "text"
    return "python"


CODE = re.compile(r"manage\.py \w+(?: [A-Z]{3,}| --[a-z][a-z-]*)*|(?<!\w)--[a-z][a-z-]*")


def _with_code(text: str) -> str:
    """Set commands and options as code; the catalogue writes them plainly, for a terminal."""
    return CODE.sub(r"`\g<0>`", text)


def _markdown(docstring: str) -> str:
    return " ".join(docstring.replace("``", "`").split())
