"""Scopes: what ``acting_as`` promises."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync, sync_to_async

from governance import ConfigurationError, acting_as, current_actor
from tests.writes.planted import code_in


def test_scopes_nest_and_end() -> None:
    with acting_as("finance"):
        with acting_as("dev", reason="a test"):
            assert current_actor() == "dev"
        assert current_actor() == "finance"
    assert current_actor() == "system:tests"


def test_scope_ends_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), acting_as("dev"):
        raise ZeroDivisionError
    assert current_actor() == "system:tests"


def test_decorator_keeps_the_function() -> None:
    @acting_as("finance", reason="a test")
    def who(a: int, *, b: int) -> tuple[int, int, str]:
        """Say who."""
        return a, b, current_actor()

    assert who(1, b=2) == (1, 2, "finance")
    assert (who.__name__, who.__doc__) == ("who", "Say who.")


async def test_decorator_of_a_coroutine_function() -> None:
    @acting_as("finance")
    async def who() -> str:
        await asyncio.sleep(0)
        return current_actor()

    assert asyncio.iscoroutinefunction(who)
    assert await who() == "finance"


async def test_async_with_and_threads_of_sync_to_async() -> None:
    async with acting_as("finance"):
        assert await sync_to_async(current_actor)() == "finance"


async def test_tasks_do_not_mix() -> None:
    async def who(module: str) -> str:
        with acting_as(module):
            await asyncio.sleep(0.01)
            return current_actor()

    assert await asyncio.gather(who("dev"), who("finance"), who("core")) == [
        "dev",
        "finance",
        "core",
    ]


def test_one_instance_serves_many_threads() -> None:
    scope = acting_as("finance")
    barrier = threading.Barrier(8)

    def who(number: int) -> tuple[str, str]:
        barrier.wait(5)
        with scope:
            inside = current_actor()
        return inside, current_actor()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(who, range(8))) == {("finance", "system:tests")}


def test_one_instance_may_be_entered_twice() -> None:
    scope = acting_as("finance")
    with scope, acting_as("dev", reason="a test"), scope:
        assert current_actor() == "finance"
    assert current_actor() == "system:tests"


def test_unknown_module_is_an_error_with_a_guess() -> None:
    with pytest.raises(ConfigurationError) as caught, acting_as("finanse"):
        pass
    assert str(caught.value) == (
        "acting_as('finanse'): there is no such module. Did you mean 'finance'? "
        "Declared modules: core, dev, finance."
    )


def test_generators_are_refused() -> None:
    with pytest.raises(ConfigurationError) as caught:

        @acting_as("finance")
        def rows() -> Iterator[int]:
            yield 1

    assert str(caught.value) == (
        "acting_as('finance') can't decorate the generator "
        "test_generators_are_refused.<locals>.rows: its scope would leak into the code that "
        "consumes it. Open the scope inside, around each write, and not across a yield."
    )


def test_classes_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"decorates functions; .*Service is a class"):

        @acting_as("finance")
        class Service:
            pass


def test_code_inside_a_scope_is_more_precise() -> None:
    """The owner's interface called in somebody's scope acts as the owner."""
    service = code_in("finance/planted.py", "def who(): return current_actor()")["who"]
    with acting_as("dev", reason="a request"):
        assert service() == "finance"
        assert current_actor() == "dev"


def test_code_outside_a_scope_is_less_precise() -> None:
    caller = code_in(
        "dev/planted.py",
        """
        def who():
            with acting_as("finance", reason="a test"):
                return current_actor()
        """,
    )["who"]
    assert caller() == "finance"


def test_scope_speaks_for_the_module_that_opens_it() -> None:
    """Helpers, comprehensions and decorated functions of the same module are inside of it."""
    names = code_in(
        "dev/planted.py",
        """
        def helper():
            return current_actor()
        def with_block():
            with acting_as("finance", reason="a test"):
                return [helper() for _ in range(1)][0], (lambda: current_actor())()
        @acting_as("finance", reason="a test")
        def decorated():
            return current_actor(), helper()
        @acting_as("finance", reason="a test")
        async def coroutine():
            return current_actor(), await sync_to_async(helper)()
        async def block():
            async with acting_as("finance", reason="a test"):
                return current_actor(), await sync_to_async(helper)()
        """,
    )
    assert names["with_block"]() == ("finance", "finance")
    assert names["decorated"]() == ("finance", "finance")
    assert async_to_sync(names["coroutine"])() == ("finance", "finance")
    assert async_to_sync(names["block"])() == ("finance", "finance")


async def test_object_with_an_async_call() -> None:
    class Who:
        async def __call__(self) -> str:
            await asyncio.sleep(0)
            return current_actor()

    assert await acting_as("finance", reason="a test")(Who())() == "finance"
