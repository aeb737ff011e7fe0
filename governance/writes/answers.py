"""What PostgreSQL's triggers answer, as findings: refusals are errors, reports are notices.

Both carry the same facts as JSON in their detail, and are known by the name of a constraint.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from types import FrameType
from typing import Any

from governance.exceptions import WriteRefused
from governance.findings import Finding
from governance.ownership import current
from governance.postgres.statements import TableWrite
from governance.writes import recorder
from governance.writes.attribution import actor_at
from governance.writes.framework import cascade_origin
from governance.writes.guard import was_reported
from governance.writes.judging import Case, cascading, foreign
from governance.writes.refusal import refusal

MARK = "governance_guard"
"""Name of the constraint that our triggers say was violated."""
LAYER = "postgres"


def explained(error: Any, query: Any) -> BaseException:
    """Return what to raise for an error of psycopg: ``WriteRefused`` if a trigger of ours said no.

    The error itself is kept as its cause; any other error is returned as it is.
    """
    finding = finding_of(getattr(error, "diag", None), sys._getframe(1))
    if finding is None:
        return error  # type: ignore[no-any-return]
    recorder.record([finding], announce=False)
    text = query if isinstance(query, str) else str(query)
    answer: WriteRefused = refusal(finding, text)
    answer.__cause__ = error
    return answer


def noticed(diagnostic: Any, driver: Any) -> None:
    """Record what a trigger in report mode says, unless the statement's text had told it."""
    finding = finding_of(diagnostic, sys._getframe(1))
    if finding is not None and not was_reported(driver, finding):
        recorder.record([finding], announce=True)


def finding_of(diagnostic: Any, frame: FrameType | None) -> Finding | None:
    """Read the answer of a trigger; None for anything else that PostgreSQL says.

    To PostgreSQL a cascade of Django is a statement like any other; the stack tells.
    """
    if diagnostic is None or diagnostic.constraint_name != MARK:
        return None
    facts = json.loads(diagnostic.message_detail)
    actor = replace(actor_at(frame), module=facts["actor"])
    write = TableWrite(table=facts["table"], operation=facts["operation"])
    registry = current.ownership().registry
    case = Case(write=write, actor=actor, registry=registry, layer=LAYER)
    origin = cascade_origin(frame)
    along = facts.get("cascade") or (origin and case.table not in origin)
    found = cascading(case, "".join(origin[:1])) if along else foreign(case)
    return replace(found, owner=facts["owner"], message=diagnostic.message_primary)
