"""Waivers, cascades and modes in declarations and settings: judged as shares are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from governance.conf import Mode
from governance.findings import Location
from governance.ownership import current
from governance.ownership.concessions import (
    judge_cascades,
    judge_waivers,
    usable_cascades,
    usable_waivers,
)
from governance.ownership.declarations import Cascade, Declared, Module, Waiver
from governance.ownership.judging import judge_modes

DAY = date(2026, 11, 24)
WAIVER = Waiver(
    slug="cross-module-write",
    subject="finance_tag",
    actor="dev",
    caller="project.dev.wrong_ways.add_m2m_tag",
    reason="Until tags move.",
    until=date(2027, 6, 30),
)
CASCADE = Cascade(table="dev_project_watchers", of="core_person", reason="Gone is gone.")


def declared(name: str, **values: object) -> list[Declared]:
    place = Location(file="ownership.py", line=3)
    return [Declared(module=Module(name=name, **values), location=place)]  # type: ignore[arg-type]


def judged(waiver: object) -> list[tuple[str, str, str]]:
    entries = declared("finance", waivers=[waiver])
    findings = judge_waivers(entries, current.ownership().registry, today=DAY)
    return [(f.rule.slug, f.message, f.hint) for f in findings]


def test_usable_waiver() -> None:
    assert judged(WAIVER) == []
    assert judged(replace(WAIVER, actor="unknown", caller="")) == []
    assert judged(replace(WAIVER, slug="unknown-write", subject="CALL pay()")) == []


NAMED = "The waiver of cross-module-write for finance_tag"


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        ({"reason": " "}, f"{NAMED} gives no reason.", "Say why the finding is accepted."),
        (
            {"until": datetime(2027, 6, 30)},
            f"{NAMED} ends on datetime.datetime(2027, 6, 30, 0, 0), which is not a date.",
            "Write until=date(2027, 6, 30).",
        ),
        (
            {"actor": None},
            f"{NAMED} has actor=None, which is not a text.",
            'Write actor="…".',
        ),
        (
            {"slug": "cross-module-wirte"},
            "The waiver of cross-module-wirte for finance_tag names the rule "
            "'cross-module-wirte', which does not exist.",
            "Did you mean 'cross-module-write'?",
        ),
        (
            {"slug": "stale-baseline"},
            "The waiver of stale-baseline for finance_tag names the rule 'stale-baseline', which "
            "can't be waived.",
            "Correct what it finds instead.",
        ),
        (
            {"subject": "finance_tags"},
            "The waiver of cross-module-write for finance_tags names a table that nobody owns.",
            "Did you mean 'finance_tag'?",
        ),
        (
            {"subject": "core_person"},
            "The waiver of cross-module-write for core_person names a table of core.",
            "core alone can waive it.",
        ),
        (
            {"actor": "dve"},
            f"{NAMED} names the module 'dve', which does not exist.",
            "Did you mean 'dev'?",
        ),
        (
            {"caller": "projekt.dev.jobs.close"},
            f"{NAMED} names 'projekt.dev.jobs.close', which lies in no module.",
            "Did you mean 'project.dev'?",
        ),
    ],
)
def test_governance_E227_invalid_waiver(
    changes: dict[str, object], message: str, hint: str
) -> None:
    waiver = replace(WAIVER, **changes)  # type: ignore[arg-type]
    assert judged(waiver) == [("invalid-waiver", message, hint)]


def test_governance_E227_not_a_waiver() -> None:
    assert judged("x") == [
        (
            "invalid-waiver",
            "The waiver of ? for ? is 'x', not a Waiver.",
            "Write Waiver(slug=…, subject=…, reason=…, until=…).",
        )
    ]


def test_governance_W226_waiver_ended() -> None:
    assert judged(replace(WAIVER, until=DAY)) == []
    assert judged(replace(WAIVER, until=date(2026, 11, 23))) == [
        (
            "waiver-ended",
            f"{NAMED} ended on 2026-11-23.",
            "Remove it, or agree on a new date. Until then it accepts nothing.",
        )
    ]


def cascading(cascade: object) -> list[tuple[str, str, str]]:
    entries = declared("dev", cascades=[cascade])
    findings = judge_cascades(entries, current.ownership().registry)
    return [(f.rule.slug, f.message, f.hint) for f in findings]


def test_usable_cascade() -> None:
    assert cascading(CASCADE) == []


@pytest.mark.parametrize(
    ("changes", "message", "hint"),
    [
        ({"reason": ""}, "gives no reason", "Say why its rows may go with those."),
        ({"of": 3}, "has of=3, which is not a text", 'Write of="…".'),
        ({"table": "dev_projct"}, "names a table that nobody owns", "Did you mean 'dev_project'?"),
        ({"table": "core_team"}, "names a table of core", "core alone can permit it."),
        (
            {"of": "core_persons"},
            "follows core_persons, which nobody owns",
            "Did you mean 'core_person'?",
        ),
        (
            {"of": "dev_project"},
            "follows a table of its own module",
            "Remove it: inside a module all is permitted.",
        ),
    ],
)
def test_governance_E228_invalid_cascade(
    changes: dict[str, object], message: str, hint: str
) -> None:
    cascade = replace(CASCADE, **changes)  # type: ignore[arg-type]
    named = f"The cascade of {cascade.table} with {cascade.of}"
    assert cascading(cascade) == [("invalid-cascade", f"{named} {message}.", hint)]


def test_governance_E228_not_a_cascade() -> None:
    assert cascading(WAIVER)[0][2] == "Write Cascade(table=…, of=…, reason=…)."


def test_what_cannot_be_used_is_left_out() -> None:
    assert usable_waivers([WAIVER, "x", replace(WAIVER, reason="")]) == [WAIVER]  # type: ignore[list-item]
    assert usable_cascades([CASCADE, "x", replace(CASCADE, reason="")]) == [CASCADE]  # type: ignore[list-item]


def test_governance_E102_mode_of_no_module(governance_settings: Callable[..., None]) -> None:
    governance_settings(MODULES={"finanse": "enforce", "dev": "off", "warehouse": "off"})
    findings = judge_modes(current.ownership().registry)
    assert [(f.message, f.hint) for f in findings] == [
        (
            "GOVERNANCE['MODULES'] names the module 'finanse', which does not exist.",
            "Did you mean 'finance'?",
        ),
        (
            "GOVERNANCE['MODULES'] names the module 'warehouse', which does not exist.",
            "The modules are core, finance, dev.",
        ),
    ]
    assert [f for f in current.ownership().findings if "MODULES" in f.message] == findings


def test_mode_of_an_owner(governance_settings: Callable[..., None]) -> None:
    governance_settings(MODE="report", MODULES={"finance": "enforce", "dev": "off"})
    assert current.mode_for("finance") is Mode.ENFORCE
    assert current.mode_for("dev") is Mode.OFF
    assert current.mode_for("core") is Mode.REPORT
    assert current.mode_for("unknown:stray") is Mode.REPORT
    governance_settings(MODE="off", MODULES={"finance": "report"})
    assert current.mode_for("finance") is Mode.REPORT
    assert current.mode_for("dev") is Mode.OFF


def test_mode_of_an_owner_while_the_setting_is_wrong(
    governance_settings: Callable[..., None],
) -> None:
    governance_settings(MODE="enforced", MODULES={"finance": "enforce"})
    assert current.mode_for("finance") is Mode.OFF


def test_mode_of_an_owner_while_nothing_is_declared(
    governance_settings: Callable[..., None],
) -> None:
    governance_settings(MODE="report", MODULES={"finance": "enforce"}, DISCOVER="nowhere")
    assert current.mode_for("finance") is Mode.REPORT
