"""Code says in whose name it runs: ``with acting_as("finance")``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import wraps
from types import FrameType, TracebackType
from typing import Any, ParamSpec, TypeVar, cast

from asgiref.sync import iscoroutinefunction

from governance.exceptions import ConfigurationError

P = ParamSpec("P")
R = TypeVar("R")


class Scope:
    """One entry into ``acting_as``; the ContextVar below holds the innermost one."""

    __slots__ = ("entered_in", "file", "module", "outer", "reason")

    def __init__(
        self, module: str, reason: str, outer: Scope | None, *, entered_in: int, file: str
    ) -> None:
        self.module = module
        self.reason = reason
        self.outer = outer
        self.entered_in = entered_in
        """Identity of the frame that opened the scope: only frames inside it are more precise."""
        self.file = file
        """File of the code that opened it. Inside, the scope speaks for all code of its module."""


SCOPE: ContextVar[Scope | None] = ContextVar("governance_scope", default=None)
_known_modules: set[str] = set()


class acting_as:  # noqa: N801 - reads as a verb: with acting_as("finance")
    """Run a block or a function in the name of a module.

    Works with ``with``, ``async with``, and as decorator of functions and coroutine functions.
    The scope follows ``await``, ``sync_to_async`` and tasks, but not plain threads. It speaks for
    the code of the module that opens it; another module's code that is called inside speaks for
    itself, so that the owner's interface still writes as the owner.

    Raises ``ConfigurationError`` on entry for a module that no declaration names, and when
    decorating a generator, whose scope would leak into its consumer.
    """

    __slots__ = ("module", "reason")

    def __init__(self, module: str, *, reason: str = "") -> None:
        self.module = module
        self.reason = reason

    def __enter__(self) -> None:
        frame = sys._getframe(1)
        self._open(frame, frame.f_code.co_filename)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        scope = SCOPE.get()
        SCOPE.set(scope.outer if scope else None)

    async def __aenter__(self) -> None:
        frame = sys._getframe(1)
        self._open(frame, frame.f_code.co_filename)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, trace)

    def _open(self, frame: FrameType, file: str) -> None:
        if self.module not in _known_modules:
            _check_known(self.module)
        outer = SCOPE.get()
        SCOPE.set(Scope(self.module, self.reason, outer, entered_in=id(frame), file=file))

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise ConfigurationError(
                f"acting_as({self.module!r}) can't decorate the generator {function.__qualname__}: "
                "its scope would leak into the code that consumes it. Open the scope inside, "
                "around each write, and not across a yield."
            )
        if inspect.isclass(function):
            raise ConfigurationError(
                f"acting_as({self.module!r}) decorates functions; {function.__qualname__} is a "
                "class. Decorate its methods."
            )
        if _is_asynchronous(function):
            return cast("Callable[P, R]", self._around_coroutine(cast("Any", function)))
        return self._around_function(function)

    def _around_function(self, function: Callable[P, R]) -> Callable[P, R]:
        file = _file_of(function)

        @wraps(function)
        def in_scope(*args: P.args, **kwargs: P.kwargs) -> R:
            self._open(sys._getframe(), file)
            try:
                return function(*args, **kwargs)
            finally:
                self.__exit__(None, None, None)

        return in_scope

    def _around_coroutine(
        self, function: Callable[..., Awaitable[Any]]
    ) -> Callable[..., Awaitable[Any]]:
        file = _file_of(function)

        @wraps(function)
        async def in_scope(*args: Any, **kwargs: Any) -> Any:
            self._open(sys._getframe(), file)
            try:
                return await function(*args, **kwargs)
            finally:
                self.__exit__(None, None, None)

        return in_scope


def forget_modules() -> None:
    """Check the names of modules again: the declarations have changed."""
    _known_modules.clear()


def _is_asynchronous(function: Any) -> bool:
    """Coroutine functions, also partial and marked ones, and objects with an async call."""
    call = getattr(type(function), "__call__", None)  # noqa: B004 - its kind is wanted
    return iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


def _file_of(function: Callable[..., Any]) -> str:
    """Return where a function stands, also a partial one or an object that can be called."""
    target = inspect.unwrap(function)
    target = getattr(target, "func", target)
    code = getattr(target, "__code__", None) or getattr(type(target).__call__, "__code__", None)
    return code.co_filename if code is not None else ""


def _check_known(module: str) -> None:
    """A name may be missing because its declaration can't be read: then a check has said so."""
    from governance import conf
    from governance.ownership import current
    from governance.ownership.names import PLATFORM

    if current.mode("writes") is conf.Mode.OFF:
        return
    modules = current.ownership().registry.modules
    unread = any(f.rule.slug == "unreadable-declaration" for f in current.ownership().findings)
    if module not in modules and module != PLATFORM and not unread:
        hint = conf.did_you_mean(module, modules)
        known = ", ".join(sorted(modules)) or "none"
        raise ConfigurationError(
            f"acting_as({module!r}): there is no such module. {hint} Declared modules: {known}."
        )
    _known_modules.add(module)
