"""The data ownership review as Markdown that reads well unrendered, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from governance.ownership.names import UNKNOWN
from governance.report.fixes import Fix
from governance.report.review import BASELINE, NEW, WAIVED, Case, Matrix, Pair, Part, Review

_STATES = {NEW: "new", BASELINE: "in the baseline", WAIVED: "waived"}


def markdown(review: Review) -> str:
    """Return the page."""
    blocks = ["# Data ownership review", summary(review)]
    blocks += ["## Who writes whose tables", *_matrix(review.writes, "writes")]
    if review.reads is not None:
        blocks += ["## Who reads whose tables", *_matrix(review.reads, "reads")]
    for part in review.parts:
        blocks += _part(part)
    return "\n\n".join(blocks)


def summary(review: Review) -> str:
    """Return what the page is about in two sentences."""
    total = sum(review.counts.values())
    if not total:
        counted = "No module writes a table of another."
    else:
        states = [f"{review.counts[s]} {_STATES[s]}" for s in _STATES if review.counts.get(s)]
        counted = f"{total} violation{'s' if total != 1 else ''}: {', '.join(states)}."
    if review.resolution is None or not review.resolution[1]:
        return f"{review.day}. {counted}"
    resolved, every = review.resolution
    return f"{review.day}. {counted} The scan made out {resolved} of {every} accesses."


def caption(what: str) -> str:
    """Return what a matrix shows."""
    return f"A row {what} the tables of a column. Numbers are places in the code, shares included."


def heading(part: Part) -> str:
    return "Tables that nobody owns" if part.owner == UNKNOWN else f"Tables of {part.described}"


def who(pair: Pair) -> str:
    return "Code of no module" if pair.actor == UNKNOWN else pair.actor


def _matrix(matrix: Matrix, what: str) -> Iterator[str]:
    yield caption(what)
    head = ["", *(_module(owner) for owner in matrix.owners)]
    rows = [
        [_module(actor), *(_count(number, own=actor == owner) for owner, number in cells)]
        for actor, cells in matrix.rows()
    ]
    yield _table(head, rows, figures=True)


def _count(number: int, *, own: bool) -> str:
    if not number:
        return "·"
    return str(number) if own else f"**{number}**"


def _module(name: str) -> str:
    return "no module" if name == UNKNOWN else name


def _part(part: Part) -> Iterator[str]:
    yield f"## {heading(part)}"
    for pair in part.pairs:
        yield f"### {who(pair)}"
        yield f"> {pair.sentence}"
        yield "\n".join(line for case in pair.cases for line in _case(case, part.owner))
        for module, signatures in pair.suggestions.items():
            code = "\n".join(signatures)
            yield f"To be published by {part.owner}:\n\n```python\n# {module}\n{code}\n```"


def _case(case: Case, owner: str) -> Iterator[str]:
    states = ", ".join(_STATES[state] for state in case.states)
    caller = f"`{case.caller}`" if case.caller else "Code at no known place"
    yield f"- {caller}: {case.operation} `{case.table}` ({states})"
    if case.places:
        yield f"  - at {', '.join(case.places)}"
    for index, function in enumerate(case.fix.functions):
        yield f"  - {'instead' if not index else 'or'} call `{function}`"
    if case.fix == Fix():
        yield f"  - instead write it as a migration of {owner}"
    if case.fix.declaration:
        yield f"  - declare who owns it: `{case.fix.declaration}`"
    if case.fix.signature:
        yield f"  - instead call `{_name(case.fix.signature)}`, once it is published"


def _name(signature: str) -> str:
    return signature.removeprefix("def ").partition("(")[0]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, figures: bool) -> str:
    """Return a table whose columns stand below each other in plain text."""
    widths = [max(3, *(len(row[i]) for row in [head, *rows])) for i in range(len(head))]
    right = [figures and i > 0 for i in range(len(head))]
    rule = ["-" * (w - 1) + (":" if r else "-") for w, r in zip(widths, right, strict=True)]
    lines = [head, rule, *rows]
    return "\n".join(
        "| "
        + " | ".join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(line, widths, right, strict=True)
        )
        + " |"
        for line in lines
    )
