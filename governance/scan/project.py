"""Scan a project: find the files, look at each on all processors, join what was found."""

from __future__ import annotations

import ast
import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
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
_LEAST, _MOST = 40, 500
"""So many files a process takes at a time: neighbours, as they know each other; few at the end."""
_DEEPEST = 20_000
"""Frames of Python that following one expression may take."""
_REMEMBERED = 600
"""So many files are kept in mind by a process that looks at all of them."""

Part = TypeVar("Part")
Progress = Callable[[int, int], None]


def scan(
    registry: Registry,
    *,
    paths: Sequence[str] | None = None,
    jobs: int | None = None,
    reads: bool = True,
    progress: Progress | None = None,
) -> Scan:
    """Look at all first-party code, or at what lies below ``paths``.

    Without ``reads`` it is faster: many files do nothing else. ``progress`` is told how many files
    of how many are done. The order of what is found does not depend on ``jobs``, the number of
    processes.
    """
    every = files_of(registry)
    wanted = files_of(registry, paths) if paths is not None else every
    workers = jobs or _processors(len(every))
    found: list[Found] = []
    with _State(registry, every, workers, reads) as state:
        for part in state.look_at(wanted):
            found += part
            if progress is not None:
                progress(len(found), len(wanted))
    return _joined(found, len(wanted), paths is None)


class _State:
    """The processes of one scan, and what they share."""

    def __init__(self, registry: Registry, files: list[str], workers: int, reads: bool) -> None:
        self.registry = registry
        self.workers = workers
        self.files = files
        self.reads = reads

    def __enter__(self) -> _State:
        global _looker  # noqa: PLW0603 - forked processes inherit it
        tell = partial(_words, telling(reads=self.reads))
        words = [pair for part in self._each(tell, self.files, None) for pair in part]
        _looker = _Looker(self.registry, index(words), self.reads)
        return self

    def __exit__(self, *_: object) -> None:
        global _looker  # noqa: PLW0603
        _looker = None

    def look_at(self, files: list[str]) -> Iterator[list[Found]]:
        yield from self._each(_look, files, 1)

    def _each(
        self, function: Callable[[list[str]], list[Part]], files: list[str], most: int | None
    ) -> Iterator[list[Part]]:
        """Ask for all files, in order; a process ends after ``most`` chunks."""
        chunks = _chunks(files, self.workers)
        if self.workers <= 1 or len(chunks) <= 1:
            yield from map(function, chunks)
            return
        context = multiprocessing.get_context("fork")
        gc.freeze()
        try:
            processes = min(self.workers, len(chunks))
            with context.Pool(processes, initializer=gc.disable, maxtasksperchild=most) as pool:
                yield from pool.imap(function, chunks)
        finally:
            gc.unfreeze()


class _Looker:
    """What one process knows. It is forgotten now and then, to keep memory small."""

    def __init__(self, registry: Registry, known: Index, reads: bool) -> None:
        self.registry = registry
        self.index = known
        self.reads = reads
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
            found.reads = self.readings.of(unit) if self.reads else []
        except Exception as error:  # one strange file must not hide the others
            return Found(findings=[judging.unreadable_source(file, error)])
        return found


_looker: _Looker | None = None


def _words(tell: frozenset[bytes], files: list[str]) -> list[tuple[str, Words]]:
    found = []
    for file in files:
        try:
            found.append((file, words_of(Path(file).read_bytes(), tell)))
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


@lru_cache(maxsize=2)
def telling(*, reads: bool) -> frozenset[bytes]:
    """Return the words without which a file that declares no heir does not write, nor read."""
    frameworks = {"RunSQL", "RunPython", "admin", "generic", "generics", "viewsets", "acting_as"}
    names = {*NAMES, *SENDING, *frameworks, *(f"a{name}" for name in NAMES)}
    reading = {*all_field_names(), "objects"} if reads else set()
    return frozenset(name.encode() for name in names | reading)


def _chunks(files: list[str], workers: int) -> list[list[str]]:
    found, start = [], 0
    while start < len(files):
        size = max(_LEAST, min(_MOST, (len(files) - start) // (2 * workers)))
        found.append(files[start : start + size])
        start += size
    return found


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
