"""Scan a project: find the files, look at each on all processors, join what was found."""

from __future__ import annotations

import ast
import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from governance.findings import Finding
from governance.ownership.registry import Registry
from governance.scan import judging
from governance.scan.callers import Callers, Index, Words, index, words_of
from governance.scan.facts import all_field_names
from governance.scan.inference import Inference
from governance.scan.reading import Readings
from governance.scan.results import Resolution, Scan, identity
from governance.scan.sites import Found, Sites
from governance.scan.sources import files_of
from governance.scan.statements import SENDING
from governance.scan.units import Units
from governance.scan.writing import NAMES

_FEW = 150
"""Below so many files one process is faster than several."""
_CHUNK = 40
_DEEPEST = 20_000
"""Frames of Python that following one expression may take."""
_REMEMBERED = 600
"""So many files are kept in mind by one process."""

Part = TypeVar("Part")
Progress = Callable[[int, int], None]


def scan(
    registry: Registry,
    *,
    paths: Sequence[str] | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Look at all first-party code, or at what lies below ``paths``.

    ``progress`` is told how many files of how many are done. The order of what is found does
    not depend on ``jobs``, the number of processes.
    """
    every = files_of(registry)
    wanted = files_of(registry, paths) if paths is not None else every
    workers = jobs or _processors(len(every))
    with _State(registry, every, workers) as state:
        parts = []
        for number, part in enumerate(state.look_at(wanted), start=1):
            parts.append(part)
            if progress is not None:
                progress(min(number * _CHUNK, len(wanted)), len(wanted))
    return _joined([found for part in parts for found in part], len(wanted), paths is None)


class _State:
    """The processes of one scan, and what they share."""

    def __init__(self, registry: Registry, files: list[str], workers: int) -> None:
        self.registry = registry
        self.workers = workers
        self.files = files

    def __enter__(self) -> _State:
        global _looker  # noqa: PLW0603 - forked processes inherit it
        chunks = _chunks(self.files)
        words = [pair for part in self._each(_words, chunks) for pair in part]
        _looker = _Looker(self.registry, index(words))
        return self

    def __exit__(self, *_: object) -> None:
        global _looker  # noqa: PLW0603
        _looker = None

    def look_at(self, files: list[str]) -> Iterator[list[Found]]:
        yield from self._each(_look, _chunks(files))

    def _each(
        self, function: Callable[[list[str]], list[Part]], chunks: list[list[str]]
    ) -> Iterator[list[Part]]:
        if self.workers <= 1 or len(chunks) <= 1:
            yield from map(function, chunks)
            return
        context = multiprocessing.get_context("fork")
        gc.freeze()
        try:
            most = _REMEMBERED // _CHUNK
            with context.Pool(min(self.workers, len(chunks)), maxtasksperchild=most) as pool:
                yield from pool.imap(function, chunks)
        finally:
            gc.unfreeze()


class _Looker:
    """What one process knows. It is forgotten now and then, to keep memory small."""

    def __init__(self, registry: Registry, known: Index) -> None:
        self.registry = registry
        self.index = known
        self.seen = 0
        self.forget()

    def forget(self) -> None:
        self.units = Units()
        engine = Inference(self.registry, self.units, Callers(self.units, self.index))
        self.sites = Sites(engine)
        self.readings = Readings(engine)
        self.seen = 0

    def look_at(self, file: str) -> Found:
        """Return what a file writes and reads; of a file that can do neither, if it is Python."""
        self.seen += 1
        if file in self.index.silent:
            return _parsed(file)
        unit = self.units.of_file(file)
        if isinstance(unit, Exception):
            return Found(findings=[judging.unreadable_source(file, unit)])
        try:
            found = self.sites.look_at(unit)
            found.reads = self.readings.of(unit)
        except Exception as error:  # one strange file must not hide the others
            return Found(findings=[judging.unreadable_source(file, error)])
        return found


_looker: _Looker | None = None


def _words(files: list[str]) -> list[tuple[str, Words]]:
    found = []
    for file in files:
        try:
            found.append((file, words_of(Path(file).read_bytes(), telling())))
        except OSError:
            continue
    return found


def _look(files: list[str]) -> list[Found]:
    """Look at some files, without the collector: nothing is garbage before the end."""
    assert _looker is not None
    enabled, limit = gc.isenabled(), sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(limit, _DEEPEST))
    try:
        found = [_looker.look_at(file) for file in files]
        if _looker.seen >= _REMEMBERED and multiprocessing.parent_process() is None:
            _looker.forget()
            gc.collect()
        return found
    finally:
        sys.setrecursionlimit(limit)
        if enabled:
            gc.enable()


def _parsed(file: str) -> Found:
    try:
        ast.parse(Path(file).read_bytes(), filename=file)
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError) as error:
        return Found(findings=[judging.unreadable_source(file, error)])
    return Found()


@lru_cache(maxsize=1)
def telling() -> frozenset[bytes]:
    """Return the words without which a file neither writes nor reads."""
    frameworks = {"RunSQL", "RunPython", "admin", "generic", "generics", "viewsets", "acting_as"}
    names = {*NAMES, *SENDING, *all_field_names(), *frameworks, "objects"}
    twins = {f"a{name}" for name in NAMES}
    return frozenset(name.encode() for name in names | twins)


def _chunks(files: list[str]) -> list[list[str]]:
    return [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]


def _processors(files: int) -> int:
    alone = files < _FEW or threading.active_count() > 1
    if alone or "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _joined(parts: list[Found], files: int, complete: bool) -> Scan:
    findings: dict[tuple[str, str, int], Finding] = {}
    for finding in (finding for part in parts for finding in part.findings):
        findings.setdefault(identity(finding), finding)
    return Scan(
        findings=tuple(findings.values()),
        writes=tuple(access for part in parts for access in part.writes),
        reads=tuple(access for part in parts for access in part.reads),
        resolution=Resolution(
            resolved=sum(part.resolved for part in parts), total=sum(part.total for part in parts)
        ),
        unresolved=tuple(entry for part in parts for entry in part.unresolved),
        files=files,
        complete=complete,
    )
