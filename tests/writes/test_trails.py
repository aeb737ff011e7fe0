"""A way that is known again says what the walk would say, whoever stands on it."""

import itertools
import sys
from collections.abc import Callable
from functools import cache, partial
from threading import Thread
from types import FrameType
from typing import Any

import pytest
from django.db import transaction

from governance import WriteRefused
from governance.writes import guard
from governance.writes.attribution import acts_for
from governance.writes.trails import Trail, lead_to
from project.finance.models import Transaction
from tests.writes.planted import code_in, function_in

pytestmark = pytest.mark.governance("off")  # the refusals are caught, and on purpose

PASS_ON = "return args[0](*args[1:])"
SAVE = "args[0].save()"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What was answered without a walk; each yes is compared with the walk's."""
    answers = []

    def compared(module: str, frame: FrameType, trails: tuple[Trail, ...]) -> bool:
        answers.append(lead_to(module, frame, trails))
        assert not answers[-1] or acts_for(module, frame)
        return answers[-1]

    monkeypatch.setattr(guard, "lead_to", compared)
    return answers


REFINED = """
class Overridden(Transaction):
    class Meta:
        proxy = True
        app_label = "finance"
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
"""

REPLACED = """
class UpdatedInside(Transaction):
    class Meta:
        proxy = True
        app_label = "dev"
    def _do_update(self, base_qs, using, pk_val, values, *others):
        return base_qs.filter(pk=pk_val)._update(values) > 0
"""


@cache
def model_of(module: str, source: str, name: str) -> type[Transaction]:
    model: type[Transaction] = code_in(f"{module}/planted.py", source)[name]
    return model


def refined() -> type[Transaction]:
    """A proxy whose ``save()`` finance overrides."""
    return model_of("finance", REFINED, "Overridden")


def replaced() -> type[Transaction]:
    """A proxy where code of dev does in the depth what Django does."""
    return model_of("dev", REPLACED, "UpdatedInside")


@pytest.fixture
def row(seeded: None, enforce: None, known: list[bool]) -> Transaction:
    """A row that finance has saved, in a way that the guard knows again."""
    refined(), replaced()  # a new model makes the guard forget
    row = Transaction.objects.all()[0]
    save = function_in("finance/planted.py", SAVE)
    save(row)
    save(row)
    assert known[-1]
    return row


def actor_of(act: Callable[..., object], *arguments: object) -> str:
    """Return who is refused; empty if nobody is."""
    try:
        with transaction.atomic():
            act(*arguments)
    except WriteRefused as error:
        return error.actor
    return ""


def test_two_callers_at_the_same_depth(row: Transaction) -> None:
    assert actor_of(function_in("dev/planted.py", SAVE), row) == "dev"


def test_one_caller_with_another_in_between(row: Transaction) -> None:
    finance = function_in("finance/planted.py", PASS_ON)
    assert actor_of(finance, function_in("dev/planted.py", SAVE), row) == "dev"


def test_same_ends_at_the_same_distance(row: Transaction) -> None:
    """Between ``save()`` and the statement there may be somebody else in the place of Django."""
    row.__class__ = replaced()
    assert actor_of(function_in("finance/planted.py", SAVE), row) == "dev"


def test_override_of_the_owner(row: Transaction) -> None:
    """The known way ends at a method of finance; it is dev that calls it."""
    row.__class__ = refined()
    assert actor_of(function_in("dev/planted.py", SAVE), row) == "dev"


def test_function_named_like_the_method(row: Transaction, known: list[bool]) -> None:
    """It overrides nothing, and so is known again."""
    assert actor_of(function_in("finance/planted.py", SAVE, "save"), row) == ""
    assert known[-1]
    assert actor_of(function_in("dev/planted.py", SAVE, "save"), row) == "dev"


def test_scope_speaks_for_code_that_was_known(row: Transaction) -> None:
    body = f"with acting_as('dev', reason='a test'):\n    {SAVE}"
    assert actor_of(function_in("finance/planted.py", body), row) == "dev"


def test_nobody_at_the_end() -> None:
    """A thread may begin with a method of Django."""
    answers = []

    def bottom() -> None:
        frame = sys._getframe()
        while frame.f_back is not None:
            frame = frame.f_back
        answers.append(lead_to("finance", frame, (Trail((frame.f_code,), "save"),)))

    thread = Thread(target=bottom)
    thread.start()
    thread.join()
    assert answers == [False]


def test_every_way_up_to_three_callers(seeded: None, enforce: None, known: list[bool]) -> None:
    """The innermost module acts, whatever was learned from those before."""
    callers = _callers()
    kinds = {"": Transaction, "refined": refined(), "dev": replaced()}
    row = Transaction.objects.all()[0]
    chains = [c for n in (1, 2, 3) for c in itertools.product(callers, repeat=n)]
    for chain, (kind, model) in itertools.product(chains, kinds.items()):
        row.__class__ = model
        named = [name.partition(" ")[0] for name in (*chain, kind)]
        acting = next((n for n in reversed(named) if n in {"finance", "dev"}), "")
        outer, *inner = (callers[name] for name in chain)
        actor = actor_of(outer, *inner, row.save)
        assert actor == acting.replace("finance", ""), (chain, kind)
    assert known.count(True) > len(chains) / 4


def _callers() -> dict[str, Any]:
    library: dict[str, Any] = {"__name__": "library"}
    source = (
        "def each(*args):\n    return list(args[0](*args[1:]))\ndef act(*args):\n    " + PASS_ON
    )
    exec(compile(source, "/usr/lib/python3/dist-packages/library.py", "exec"), library)
    generators = {
        module: function_in(f"{module}/planted.py", "yield args[0](*args[1:])")
        for module in ("finance", "dev")
    }
    return {
        "finance": function_in("finance/planted.py", PASS_ON),
        "dev": function_in("dev/planted.py", PASS_ON),
        "finance generator": partial(library["each"], generators["finance"]),
        "dev generator": partial(library["each"], generators["dev"]),
        "finance save": function_in("finance/planted.py", PASS_ON, "save"),
        "shared": function_in("shared/planted.py", PASS_ON),
        "library": library["act"],
    }
