"""The data ownership review as one HTML file: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.template import Context, Engine

from governance.ownership.names import UNKNOWN
from governance.report.review import Matrix, Part, Review
from governance.report.review_markdown import caption, heading, summary, who

_TEMPLATES = Path(__file__).parent.parent / "templates"


def html(review: Review) -> str:
    """Return the page. It does not depend on the project's own template settings."""
    template = Engine(dirs=[str(_TEMPLATES)]).get_template("governance/review.html")
    matrices = [("Who writes whose tables", caption("writes"), _matrix(review.writes))]
    if review.reads is not None:
        matrices.append(("Who reads whose tables", caption("reads"), _matrix(review.reads)))
    parts = [_part(part) for part in review.parts]
    facts = {"summary": summary(review), "matrices": matrices, "parts": parts}
    return template.render(Context(facts))


def _matrix(matrix: Matrix) -> dict[str, Any]:
    return {
        "owners": [_module(owner) for owner in matrix.owners],
        "rows": [
            (_module(actor), [(number, actor == owner) for owner, number in cells])
            for actor, cells in matrix.rows()
        ],
    }


def _part(part: Part) -> dict[str, Any]:
    pairs = [
        {
            "who": who(pair),
            "sentence": pair.sentence,
            "cases": pair.cases,
            "suggestions": [(m, "\n".join(lines)) for m, lines in pair.suggestions.items()],
        }
        for pair in part.pairs
    ]
    return {"heading": heading(part), "owner": part.owner, "pairs": pairs}


def _module(name: str) -> str:
    return "no module" if name == UNKNOWN else name
