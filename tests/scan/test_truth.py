"""How right is ``schema_scan``? Its bars on the labelled corpus, and the measuring itself."""

import pytest

from tests.scan.corpus import Label, Source, sources
from tests.scan.measuring import Alarm, Result, compare, measure


@pytest.fixture(scope="module")
def result() -> Result:
    return measure()


def test_recall(result: Result) -> None:
    missed = [f"{label.place} {write}" for label, write in result.misses]
    assert result.recall >= 0.90, "\n".join(missed)


def test_false_alarms(result: Result) -> None:
    false = [f"{alarm} [{label.reason}]" for label, alarm in result.false]
    assert result.false_rate <= 0.05, "\n".join(false)


def test_alarms_elsewhere(result: Result) -> None:
    assert len(result.strays) <= 0.05 * result.expected, "\n".join(map(str, result.strays))


def test_resolution(result: Result) -> None:
    assert result.resolution["resolved"] >= 0.90 * result.resolution["total"]


def alarm_for(label: Label, **changes: object) -> Alarm:
    write = label.writes[0] if label.writes else None
    values: dict[str, object] = {
        "file": label.file,
        "line": label.line,
        "slug": (write and write.actor) or "cross-module-write",
        "table": write.table if write else "orders_order",
        "operation": write.operation if write else "update",
        "actor": "shop",
        "message": "",
    }
    return Alarm(**{**values, **changes})  # type: ignore[arg-type]


def written(files: dict[str, Source]) -> list[Label]:
    return [label for s in files.values() for label in s.labels.values() if label.kind == "W"]


def test_who_finds_all_and_nothing_else_is_perfect() -> None:
    files = sources()
    alarms = []
    for label in written(files):
        for write in label.writes:
            changes = {"table": write.table, "operation": write.operation}
            alarms.append(alarm_for(label, **changes))
    result = compare(alarms, files, {})
    assert (result.recall, result.false_rate, result.precision) == (1.0, 0.0, 1.0)
    assert result.strays == ()


def test_who_finds_nothing_misses_all() -> None:
    result = compare([], sources(), {})
    assert (result.recall, result.false_rate, len(result.misses)) == (0.0, 0.0, result.expected)


CODE = """
def act(order):
    order.save()  # W: orders_order save
    order.update(a=1)  # ok: dict.update
    order.check()
    order.delete(  # W: orders_order delete unknown-actor
        1,
    )
    order.x()  # ?: who knows


class Edit:  # W: orders_order any
    model = None
"""


def test_each_alarm_finds_its_place() -> None:
    files = {"a.py": Source("a.py", CODE)}
    labels = files["a.py"].labels
    alarms = [
        alarm_for(labels[3], operation="insert"),  # the same kind of operation
        alarm_for(labels[3], table="other"),
        alarm_for(labels[3], operation="delete"),
        alarm_for(labels[4]),
        alarm_for(labels[4], line=5),
        alarm_for(labels[6], line=7),  # the same statement
        alarm_for(labels[9]),
        alarm_for(labels[12], line=13, operation="delete"),  # in the body of the class
    ]
    result = compare(alarms, files, {})
    assert result.misses == ()
    assert [(s.line, s.table, s.operation) for s in result.strays] == [
        (3, "other", "save"),
        (3, "orders_order", "delete"),
        (5, "orders_order", "update"),
    ]
    assert ([label.line for label, _ in result.false], result.undecided) == ([4], 1)


def test_an_unknown_actor_has_to_be_called_so() -> None:
    files = {"a.py": Source("a.py", CODE)}
    label = files["a.py"].labels[6]
    result = compare([alarm_for(label, slug="cross-module-write")], files, {})
    assert [alarm.line for alarm in result.strays] == [6]
