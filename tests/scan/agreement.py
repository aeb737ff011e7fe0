"""Compare the labels of the corpus with what the statement guard said when its code ran."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.scan.corpus import CORPUS, Label, Source, Write, copied_to, run, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """One finding of the guard."""

    file: str
    line: int
    function: str
    slug: str
    table: str
    operation: str
    actor: str

    def __str__(self) -> str:
        who = f"by {self.actor}, in {self.function}"
        return f"{self.file}:{self.line} {self.operation} {self.table} {who} ({self.slug})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Where labels and guard say the same, and where not."""

    confirmed: frozenset[str]
    """Writes blamed as labelled, as ``place: write``."""
    quiet: frozenset[str]
    """Places labelled ``ok`` that ran without blame."""
    silent: frozenset[str]
    """Writes labelled whose line ran without blame, as ``place: write``."""
    accused: tuple[tuple[Label, Blame], ...]
    """Blame on a line labelled ``ok``, or for another table than the label's."""
    unlabelled: tuple[Blame, ...]
    undecided: frozenset[str]
    """Places labelled ``?`` that were blamed."""
    errors: Mapping[str, str]
    """Functions that did not run to their end, and why."""


def agree(database: dict[str, object]) -> Agreement:
    """Run a copy of the corpus on an empty database; raises ``RuntimeError`` when it can't run."""
    with tempfile.TemporaryDirectory() as place:
        folder = copied_to(Path(place).resolve())
        seen = Path(place) / "seen.json"
        done = run(folder, str(CORPUS.parent / "driving.py"), str(seen), database=database)
        if done.returncode or not seen.exists():
            raise RuntimeError(done.stderr or done.stdout)
        return compare(json.loads(seen.read_text()), sources(folder))


def compare(seen: Mapping[str, Any], files: Mapping[str, Source]) -> Agreement:
    confirmed, accused, unlabelled, undecided = set(), {}, {}, set()
    for values in seen["findings"]:
        blame = Blame(**dict(zip(Blame.__slots__, values, strict=True)))
        if Path(blame.file).parent == CORPUS.parent:
            continue
        label = _label_of(blame, files)
        if label is None:
            unlabelled[str(blame)] = blame
        elif label.kind == "?":
            undecided.add(label.place)
        elif matching := _matching(label, blame):
            confirmed |= {_shown(label, write) for write in matching}
        else:
            accused[label.place, blame.table] = (label, blame)
    ran = list(_ran(seen, files))
    wanted = {_shown(label, write) for label in ran for write in label.writes}
    return Agreement(
        confirmed=frozenset(confirmed),
        quiet=frozenset(
            label.place
            for label in ran
            if label.kind == "ok" and all(label.place != place for place, _ in accused)
        ),
        silent=frozenset(wanted - confirmed),
        accused=tuple(accused.values()),
        unlabelled=tuple(unlabelled.values()),
        undecided=frozenset(undecided),
        errors=seen["errors"],
    )


def _label_of(blame: Blame, files: Mapping[str, Source]) -> Label | None:
    if blame.file in files:
        return files[blame.file].label_at(blame.line)
    return _label_of_class(blame.function, files)


def _label_of_class(dotted: str, files: Mapping[str, Source]) -> Label | None:
    module, _, name = dotted.rpartition(".")
    source = files.get(module.replace(".", "/") + ".py")
    return source.label_of_class(name) if source else None


def _matching(label: Label, blame: Blame) -> list[Write]:
    right_actor = [w for w in label.writes if not w.actor or blame.slug == w.actor]
    return [w for w in right_actor if w.matches(blame.table, blame.operation)]


def _ran(seen: Mapping[str, Any], files: Mapping[str, Source]) -> Iterable[Label]:
    """Labels of lines that ran; of a class when its writing was tried."""
    lines = {(file, line) for file, line in seen["lines"]}
    tried = [label for name in seen["classes"] if (label := _label_of_class(name, files))]
    for file, source in files.items():
        heads = {span.start for _, span in source.classes}
        for label in source.labels.values():
            span = source.statements.get(label.line, range(label.line, label.line + 1))
            is_class = any(n in heads for n in span)
            if label in tried or (not is_class and any((file, n) in lines for n in span)):
                yield label


def _shown(label: Label, write: Write) -> str:
    return f"{label.place}: {write}"
