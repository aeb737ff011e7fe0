"""Rows that go along with rows of another module, and who may let them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from governance import Cascade, Finding, WriteRefused
from governance.ownership import current
from governance.ownership.cascades import judge_references, references
from project.core.models import Person, Team
from project.dev.models import Project
from tests.writes.planted import function_in


@pytest.fixture
def person(seeded: None) -> Person:
    """Somebody of core whom dev lists as a watcher."""
    team = Team.objects.all()[0]
    person = Person.objects.create(name="x", email="x@example.com", team=team)
    Project.objects.all()[0].watchers.add(person)
    return person


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give a module cascades for one test."""

    def declare(module: str, *cascades: Cascade) -> None:
        ownership = current.ownership()
        modules = dict(ownership.registry.modules)
        modules[module] = replace(modules[module], cascades=cascades)
        registry = replace(ownership.registry, modules=modules)
        monkeypatch.setattr(
            current._state, "known", replace(ownership, registry=registry), raising=True
        )

    return declare


def remove(person: Person) -> Any:
    return function_in("core/planted.py", "args[0].delete()")(person)


def test_a_cascade_is_refused(person: Person, enforce: None) -> None:
    with pytest.raises(WriteRefused) as caught:
        remove(person)
    assert str(caught.value) == (
        "core may not delete from dev_project_watchers: its rows go with those of core_person, "
        "and the table belongs to dev (Engineering, #engineering).\n"
        "  where    project/core/planted.py:2, in project.core.planted.act\n"
        "  instead  ask dev to publish a function for it in project.dev.services\n"
        '  or       ask dev to declare Cascade(table="dev_project_watchers", of="core_person", '
        'reason="…")\n'
        "The statement was not sent. (governance.E206 cross-module-cascade)"
    )


def test_a_declared_cascade_may(
    person: Person, enforce: None, declared: Callable[..., None]
) -> None:
    declared("dev", Cascade(table="dev_project_watchers", of="core_person", reason="a test"))
    remove(person)
    assert not Person.objects.filter(pk=person.pk).exists()


def test_it_must_be_declared_by_the_owner(
    person: Person, enforce: None, declared: Callable[..., None]
) -> None:
    declared("core", Cascade(table="dev_project_watchers", of="core_person", reason="a test"))
    with pytest.raises(WriteRefused):
        remove(person)


def test_a_declared_cascade_permits_no_plain_write(
    person: Person, enforce: None, declared: Callable[..., None]
) -> None:
    declared("dev", Cascade(table="dev_project_watchers", of="core_person", reason="a test"))
    body = "Project.watchers.through.objects.filter(person=args[0]).delete()"
    with pytest.raises(WriteRefused):
        function_in("core/planted.py", body)(person)


def test_deleting_the_root_is_no_cascade(seeded: None, report: Callable[[], list[Finding]]) -> None:
    """What goes along within the owner's own tables is not told once more."""
    function_in("finance/planted.py", "Project.objects.all()[0].delete()")()
    assert [(f.rule.slug, f.subject) for f in report()] == [("cross-module-write", "dev_project")]


def test_references_are_read_from_the_models() -> None:
    found = {(r.table, r.of): (r.operation, r.on_delete) for r in references()}
    assert found["dev_project_watchers", "core_person"] == ("delete", "CASCADE")
    assert found["dev_costentry", "dev_deployment"] == ("update", "SET_NULL")
    assert found["finance_invoice", "finance_document"] == ("delete", "CASCADE")
    assert ("dev_deployment", "core_person") not in found  # PROTECT


def test_a_reference_that_cascades_is_a_finding(declared: Callable[..., None]) -> None:
    found = [
        (f.rule.slug, f.message, f.hint)
        for f in judge_references(current.ownership().registry)
        if f.subject == "dev_project_watchers"
    ]
    assert found == [
        (
            "cross-module-reference",
            "Deleting from core_person (core) deletes rows of dev_project_watchers (dev): "
            "dev.Project_watchers.person has on_delete=CASCADE.",
            "Use on_delete=PROTECT and let core call the interface of dev, or declare in dev: "
            'Cascade(table="dev_project_watchers", of="core_person", reason="…").',
        )
    ]
    declared("dev", Cascade(table="dev_project_watchers", of="core_person", reason="a test"))
    assert not any(
        f.subject == "dev_project_watchers" for f in judge_references(current.ownership().registry)
    )
