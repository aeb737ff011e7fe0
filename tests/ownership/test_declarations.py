"""What is wrong with a declaration is told in one clear finding."""

from datetime import date, datetime
from typing import Any

import pytest

from governance import Module, Share
from governance.findings import Location
from governance.ownership.building import build
from governance.ownership.declarations import Declared
from governance.ownership.registry import Registry

CORE = Module(name="core", apps=["core"])
DEV = Module(name="dev", apps=["dev"])
FINANCE = Module(name="finance", apps=["finance"])


def findings(*modules: Module) -> list[tuple[str, str, str]]:
    """Return (slug, message, hint) of what is wrong with these declarations."""
    return [(f.rule.slug, f.message, f.hint) for f in build(declared(*modules))[1]]


def registry_of(*modules: Module) -> Registry:
    return build(declared(*modules))[0]


def declared(*modules: Module) -> list[Declared]:
    return [
        Declared(module=module, location=Location(file=f"{module.name}/ownership.py", line=3))
        for module in modules
    ]


def finance(**changes: Any) -> Module:
    return Module(**{"name": "finance", "apps": ["finance"], **changes})


def share(**changes: Any) -> Module:
    values = {"table": "finance_tag", "module": "dev", "reason": "r", "until": date(2099, 1, 1)}
    return finance(shares=[Share(**{**values, **changes})])


def test_good_declarations_have_no_findings() -> None:
    assert findings(CORE, DEV, FINANCE) == []
    assert findings(CORE, DEV, share()) == []


@pytest.mark.parametrize(
    ("module", "message", "hint"),
    [
        (
            finance(apps=["finance", "finanse"]),
            "Module 'finance' names the app 'finanse', which does not exist.",
            "Did you mean 'finance'?",
        ),
        (
            finance(apps=["finance", "zzz"]),
            "Module 'finance' names the app 'zzz', which does not exist.",
            "Correct the name, or remove it from Module 'finance'.",
        ),
        (
            finance(packages=["project.finanse"]),
            "Module 'finance' names the package 'project.finanse', which does not exist.",
            "Did you mean 'project.finance'?",
        ),
        (
            finance(interfaces=["project.finance.servces"]),
            "Module 'finance' names the interface 'project.finance.servces', which does not exist.",
            "Did you mean 'project.finance.services'?",
        ),
        (
            finance(interfaces=["project.finance.services.open_acount"]),
            "Module 'finance' names the interface 'project.finance.services.open_acount', "
            "which does not exist.",
            "Did you mean 'project.finance.services.open_account'?",
        ),
        (
            finance(tables=["finance_invoce"]),
            "Module 'finance' names the table 'finance_invoce', which does not exist.",
            "Did you mean 'finance_invoice'?",
        ),
    ],
)
def test_governance_E102_unknown_name(module: Module, message: str, hint: str) -> None:
    assert findings(CORE, DEV, module) == [("unknown-name", message, hint)]


def test_governance_E102_silent() -> None:
    module = finance(
        apps=["project.finance.apps.FinanceConfig"],
        packages=["project.finance.services"],
        interfaces=["project.finance.services", "project.finance.services.open_account"],
        tables=["legacy_ledger", "some_queue_table"],
    )
    assert findings(CORE, DEV, module) == []


def test_governance_E103_app_in_two_modules() -> None:
    other = Module(name="billing", apps=["project.finance"])
    assert findings(CORE, DEV, FINANCE, other) == [
        (
            "app-in-two-modules",
            "App 'finance' is claimed by billing, but belongs to finance (finance/ownership.py:3).",
            "Remove 'finance' from one of the two.",
        )
    ]


def test_governance_E104_table_in_two_modules() -> None:
    dev = Module(name="dev", apps=["dev"], tables=["legacy_ledger"])
    assert findings(CORE, finance(tables=['"legacy_ledger"']), dev) == [
        (
            "table-in-two-modules",
            "Table 'legacy_ledger' is claimed by dev, but belongs to finance "
            "(finance/ownership.py:3).",
            "Remove it from one of the two; finance can give a Share.",
        )
    ]


def test_governance_E104_table_of_another_modules_model() -> None:
    dev = Module(name="dev", apps=["dev"], tables=["finance_transaction"])
    assert findings(CORE, FINANCE, dev) == [
        (
            "table-in-two-modules",
            "Table 'finance_transaction' is claimed by dev, but belongs to finance through its "
            "model finance.Transaction.",
            "Remove it from Module 'dev'; finance can give a Share.",
        )
    ]
    declared = [
        Declared(module=m, location=Location(file="x", line=1)) for m in (CORE, FINANCE, dev)
    ]
    assert build(declared)[0].owner_of("finance_transaction") == "finance"


def test_governance_E104_silent() -> None:
    """What a package or an unmanaged model leaves open can be claimed."""
    finance = Module(name="finance", apps=["finance"], tables=["django_session"])
    core = Module(name="core", apps=["core"], tables=["legacy_ledger"])
    declared = [
        Declared(module=m, location=Location(file="x", line=1)) for m in (core, DEV, finance)
    ]
    registry, found = build(declared)
    assert found == []
    assert registry.owner_of("django_session") == "finance"
    assert registry.owner_of("legacy_ledger") == "core"
    assert not registry.may_write("dev", "django_session")


def test_governance_E105_duplicate_module() -> None:
    again = Module(name="finance", apps=[])
    assert findings(CORE, DEV, FINANCE, again) == [
        (
            "duplicate-module",
            "Module 'finance' is declared twice, first in finance/ownership.py:3.",
            "Merge the two declarations, or rename one.",
        )
    ]


@pytest.mark.parametrize("name", ["platform", "unknown", "unknown:x", "system:x"])
def test_reserved_names(name: str) -> None:
    assert findings(CORE, DEV, FINANCE, Module(name=name))[0] == (
        "duplicate-module",
        f"Module {name!r} has a reserved name.",
        "'platform' and 'unknown' are ours, and a name has no colon, star or percent sign; choose "
        "another.",
    )


def test_governance_W106_app_without_module() -> None:
    assert findings(CORE, FINANCE) == [
        (
            "app-without-module",
            "App 'dev' belongs to no module.",
            "Add 'dev' to a Module, or run: manage.py schema_owners --init",
        )
    ]


def test_governance_W107_share_ended() -> None:
    assert findings(CORE, DEV, share(until=date(2026, 1, 31))) == [
        (
            "share-ended",
            "The share of finance_tag with dev ended on 2026-01-31.",
            "Remove it, or agree on a new date. Until then its writes are refused in enforce mode.",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "fact", "hint"),
    [
        (
            {"module": "deb"},
            "names the module 'deb', which does not exist",
            "Did you mean 'dev'?",
        ),
        (
            {"module": "finance"},
            "permits its own module",
            "Remove it: the owner may write already.",
        ),
        ({"reason": " "}, "gives no reason", "Say why the other module must write the table."),
        (
            {"until": datetime(2099, 1, 1)},
            "ends on datetime.datetime(2099, 1, 1, 0, 0), which is not a date",
            "Write until=date(2027, 6, 30).",
        ),
        (
            {"until": "2099-01-01"},
            "ends on '2099-01-01', which is not a date",
            "Write until=date(2027, 6, 30).",
        ),
    ],
)
def test_governance_E108_invalid_share(changes: dict[str, Any], fact: str, hint: str) -> None:
    module = changes.get("module", "dev")
    assert findings(CORE, DEV, share(**changes)) == [
        ("invalid-share", f"The share of finance_tag with {module} {fact}.", hint)
    ]


def test_governance_E108_foreign_and_unknown_table() -> None:
    assert findings(CORE, DEV, share(table="core_team")) == [
        (
            "invalid-share",
            "The share of core_team with dev names a table of core.",
            "core alone can share it.",
        )
    ]
    assert findings(CORE, DEV, share(table="finance_tagg")) == [
        (
            "invalid-share",
            "The share of finance_tagg with dev names a table that nobody owns.",
            "Did you mean 'finance_tag'?",
        )
    ]
    misspelt = Module(name="finance", apps=["finanse"], shares=share().shares)
    assert findings(CORE, DEV, misspelt)[-1] == (
        "invalid-share",
        "The share of finance_tag with dev names a table that nobody owns.",
        "Name its app in Module 'finance'.",
    )


def test_first_claim_stands() -> None:
    billing = Module(name="billing", apps=["finance"])
    assert registry_of(CORE, DEV, FINANCE, billing).owner_of("finance_transaction") == "finance"


def test_undeclared_apps_are_their_own_pseudo_owner() -> None:
    registry = registry_of(CORE)
    assert registry.owner_of("dev_project") == "unknown:dev"
    assert registry.may_write("unknown:dev", "dev_project")
    assert not registry.may_write("unknown:finance", "dev_project")


def test_without_declarations_each_app_is_a_module() -> None:
    registry, found = build([])
    assert found == []
    assert set(registry.modules) == {"core", "dev", "finance"}
    assert registry.owner_of("dev_project") == "dev"
