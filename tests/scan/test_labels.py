"""Are the labels true? The statement guard is asked, while the code of the corpus runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monolith import Monolith
from tests.scan.agreement import Agreement, Blame, agree, compare
from tests.scan.corpus import Label, Source, run, sources

NOT_BLAMED = {
    "shop/accounts/admin.py": "a save_formset of the project stands between; it is blamed",
    "shop/billing/plumbing.py": "a bound method that a thread or an exit stack calls later",
    "shop/billing/tasks.py": "a bound method that the commit calls",
    "shop/orders/admin.py": "the admin is blamed for what its inline saves",
}
"""Files with a labelled write that the guard does not blame on its line, and why."""


@pytest.fixture(scope="module")
def agreement(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agreement]:
    project = Monolith(tmp_path_factory.mktemp("corpus"))
    yield agree(project.databases["default"])
    project.drop()


def labels() -> list[Label]:
    return [label for source in sources().values() for label in source.labels.values()]


def test_there_are_enough_labels_of_each_kind() -> None:
    assert sum(len(label.writes) for label in labels()) >= 150
    assert sum(label.kind == "ok" for label in labels()) >= 200
    assert {label.kind for label in labels()} == {"W", "ok", "?"}


def test_no_comment_is_nearly_a_label() -> None:
    nearly = re.compile(r"#\s*(w:|W |OK|Ok|\?\?|TODO)")
    for source in sources().values():
        assert not nearly.search(source.text), source.file


def test_django_accepts_the_corpus_without_a_database(tmp_path: Path) -> None:
    from tests.scan.corpus import copied_to

    done = run(copied_to(tmp_path), "manage.py", "check")
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"governance\.\w+|\w+\.E\d+", done.stderr)) == {
        "governance.W106",
        "governance.W107",
        "governance.W111",
    }


def test_the_guard_blames_what_is_labelled(agreement: Agreement) -> None:
    assert len(agreement.confirmed) >= 299
    unexpected = [s for s in agreement.silent if s.partition(":")[0] not in NOT_BLAMED]
    assert unexpected == []
    assert len(agreement.silent) <= 5


def test_the_guard_blames_nothing_that_is_labelled_ok(agreement: Agreement) -> None:
    accused = {(label.place, blame.table) for label, blame in agreement.accused}
    assert {(place.partition(":")[0], table) for place, table in accused} <= {
        ("shop/orders/admin.py", "billing_invoice"),  # an inline's rows, see NOT_BLAMED
    }
    assert len(agreement.quiet) >= 430


def test_the_guard_blames_no_line_without_a_label(agreement: Agreement) -> None:
    """But for what a thread or an exit stack runs: it is on another line, or on none."""
    assert {(b.file, b.table) for b in agreement.unlabelled} <= {
        ("shop/billing/plumbing.py", "orders_cart"),
        ("", "orders_order"),
    }


CODE = """
def act(order):
    order.save()  # W: orders_order save
    order.update(
        a=1,
    )  # ok: dict.update
    order.delete()


class Edit:  # W: orders_order any
    model = None
"""


def test_comparing_tells_each_way_to_disagree() -> None:
    files = {"shop/a.py": Source("shop/a.py", CODE)}
    found = [
        ["shop/a.py", 4, "shop.a.act", "cross-module-write", "orders_order", "update", "a"],
        ["shop/a.py", 7, "shop.a.act", "cross-module-write", "orders_order", "delete", "a"],
    ]
    seen = {
        "findings": found,
        "lines": [["shop/a.py", 3], ["shop/a.py", 4]],
        "classes": ["shop.a.Edit"],
        "errors": {},
    }
    result = compare(seen, files)
    assert result.silent == {"shop/a.py:3: save orders_order", "shop/a.py:10: any orders_order"}
    assert [(label.line, blame.line) for label, blame in result.accused] == [(6, 4)]
    assert result.unlabelled == (
        Blame(
            file="shop/a.py",
            line=7,
            function="shop.a.act",
            slug="cross-module-write",
            table="orders_order",
            operation="delete",
            actor="a",
        ),
    )
