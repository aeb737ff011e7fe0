"""Compare what ``schema_scan`` finds in the corpus with its labels."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.scan.corpus import Label, Source, Write, copied_to, run, sources

NOT_WRITES = frozenset({"cross-module-reference", "cross-module-cascade", "borrowed-scope"})
"""Rules of the scan that say nothing about a line that writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One finding about a write."""

    file: str
    line: int
    slug: str
    table: str
    operation: str
    actor: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.operation} {self.table} ({self.slug})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How well findings and labels agree."""

    expected: int
    """Writes that the labels name."""
    misses: tuple[tuple[Label, Write], ...]
    tempting: int
    """Lines labelled ``ok``."""
    false: tuple[tuple[Label, Alarm], ...]
    """Findings on lines labelled ``ok``."""
    strays: tuple[Alarm, ...]
    """Findings on unlabelled lines, or on a labelled one for another table or operation."""
    undecided: int
    """Findings on lines labelled ``?``; they count for nothing."""
    resolution: Mapping[str, int]
    """What the scan says about itself: calls it could resolve, of all it looked at."""

    @property
    def recall(self) -> float:
        return 1 - len(self.misses) / self.expected

    @property
    def false_rate(self) -> float:
        return len({label.place for label, _ in self.false}) / self.tempting

    @property
    def precision(self) -> float:
        """Share of the right ones among all findings, those on ``?`` left aside."""
        right = self.expected - len(self.misses)
        wrong = len(self.false) + len(self.strays)
        return right / (right + wrong) if right + wrong else 1.0


def measure() -> Result:
    """Run the scan on a copy of the corpus; raises ``RuntimeError`` when it can't run."""
    with tempfile.TemporaryDirectory() as place:
        folder = copied_to(Path(place).resolve())
        done = run(folder, "manage.py", "schema_scan", "--format", "json")
        if not done.stdout.startswith("{"):
            raise RuntimeError(done.stderr or done.stdout)
        document = json.loads(done.stdout)
        return compare(alarms_in(document, folder), sources(folder), resolution_in(document))


def alarms_in(document: Mapping[str, Any], folder: Path) -> list[Alarm]:
    """Return the findings about writes in the JSON of a command."""
    return [
        Alarm(
            file=_relative(entry["location"]["file"], folder),
            line=entry["location"]["line"],
            slug=entry["slug"],
            table=entry["subject"],
            operation=str(entry["details"].get("operation")),
            actor=entry["actor"],
            message=entry["message"],
        )
        for entry in document["findings"]
        if entry["location"] and entry["slug"] not in NOT_WRITES and _is_loud(entry)
    ]


def resolution_in(document: Mapping[str, Any]) -> dict[str, int]:
    found = document.get("resolution") or {}
    return {name: found[name] for name in ("resolved", "total") if name in found}


def compare(
    alarms: Iterable[Alarm], files: Mapping[str, Source], resolution: Mapping[str, int]
) -> Result:
    """Match findings to labels by place, table and kind of operation."""
    labels = [label for source in files.values() for label in source.labels.values()]
    open_writes = {(label.place, w): label for label in labels for w in label.writes}
    expected = len(open_writes)
    false, strays, undecided = [], [], 0
    for alarm in alarms:
        label = _label_for(alarm, files)
        if label is not None and label.kind == "?":
            undecided += 1
        elif label is not None and label.kind == "ok":
            false.append((label, alarm))
        elif label is None or not _matching(label, alarm):
            strays.append(alarm)
        else:
            for write in _matching(label, alarm):
                open_writes.pop((label.place, write), None)
    return Result(
        expected=expected,
        misses=tuple((label, write) for (_, write), label in open_writes.items()),
        tempting=sum(label.kind == "ok" for label in labels),
        false=tuple(false),
        strays=tuple(strays),
        undecided=undecided,
        resolution=resolution,
    )


def _label_for(alarm: Alarm, files: Mapping[str, Source]) -> Label | None:
    source = files.get(alarm.file)
    if source is None:
        return None
    own = source.label_at(alarm.line)
    return own if own is not None else source.class_label_at(alarm.line)


def _matching(label: Label, alarm: Alarm) -> list[Write]:
    right_actor = [w for w in label.writes if not w.actor or alarm.slug == w.actor]
    return [w for w in right_actor if w.matches(alarm.table, alarm.operation)]


def _is_loud(entry: Mapping[str, Any]) -> bool:
    return entry["severity"] != "info"


def _relative(file: str, folder: Path) -> str:
    path = Path(file)
    return str(path.relative_to(folder)) if path.is_absolute() else file
