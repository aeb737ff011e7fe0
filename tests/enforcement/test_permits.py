"""Who may write, in the words the trigger understands."""

from datetime import date

from governance.conf import Mode
from governance.enforcement.permits import permits
from governance.ownership.declarations import Cascade, Module, Share
from governance.ownership.registry import Registry, Table

LATE, LATER = date(2027, 1, 1), date(2027, 6, 30)


def registry(*modules: Module, **tables: str) -> Registry:
    return Registry(
        modules={module.name: module for module in modules},
        tables={name: Table(name=name, owner=owner) for name, owner in tables.items()},
        apps={},
    )


def others(known: Registry, *references: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    found = permits(known, references, lambda owner: Mode.ENFORCE)
    return {name: permit.others for name, permit in found.items()}


def test_what_the_trigger_is_told() -> None:
    finance = Module(name="finance", team="Payments", contact="#pay")
    known = registry(finance, pay="finance", session="platform", stray="unknown:stray")
    found = permits(known, [], lambda owner: Mode.REPORT)
    assert {name: permit.arguments for name, permit in found.items()} == {
        "pay": ("report", "finance", "finance (Payments, #pay)", "pay")
    }


def test_the_longest_share_counts_and_ended_ones_stay() -> None:
    shares = [
        Share(table="pay", module="dev", reason="x", until=LATER),
        Share(table="pay", module="dev", reason="x", until=LATE),
        Share(table="pay", module="core", reason="x", until=date(2020, 1, 1)),
    ]
    known = registry(Module(name="finance", shares=shares), pay="finance")
    assert others(known) == {"pay": ("core:2020-01-01", "dev:2027-06-30")}


def test_cascades_across_modules_are_declared_and_those_inside_follow() -> None:
    dev = Module(name="dev", cascades=[Cascade(table="watch", of="person", reason="x")])
    known = registry(dev, Module(name="core"), person="core", watch="dev", note="dev", task="dev")
    assert others(known, ("watch", "person"), ("note", "watch"), ("task", "person")) == {
        "person": (),
        "watch": ("core+cascade",),
        "note": ("core+cascade",),
        "task": (),
    }


def test_a_share_on_the_parent_reaches_the_children_until_it_ends() -> None:
    share = Share(table="order", module="dev", reason="x", until=LATER)
    known = registry(Module(name="shop", shares=[share]), order="shop", line="shop")
    assert others(known, ("line", "order"), ("order", "line")) == {
        "order": ("dev:2027-06-30",),
        "line": ("dev+cascade:2027-06-30",),
    }


def test_rows_of_everybody() -> None:
    dev = Module(name="dev", cascades=[Cascade(table="profile", of="user", reason="x")])
    known = registry(dev, user="platform", profile="dev", photo="dev")
    assert others(known, ("photo", "profile")) == {
        "profile": ("*+cascade",),
        "photo": ("*+cascade",),
    }


def test_nobody_permits_a_cascade_into_anothers_table() -> None:
    core = Module(name="core", cascades=[Cascade(table="watch", of="person", reason="x")])
    known = registry(core, Module(name="dev"), person="core", watch="dev")
    assert others(known, ("watch", "person")) == {"person": (), "watch": ()}
