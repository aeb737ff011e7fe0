"""Which of a name's bindings can be the one that a use sees."""

from __future__ import annotations

from governance.scan.syntax import Binding, Path, Spot


def reaching(bindings: list[Binding], spot: Spot | None) -> list[Binding]:
    """Return the bindings that may hold at a spot; all of them when it lies elsewhere.

    A binding that certainly ran before hides the earlier ones. Later ones count only where a
    loop comes back to the use.
    """
    if spot is None or len(bindings) == 1:
        return bindings
    found = []
    for binding in sorted(bindings, key=lambda b: -b.order):
        if binding.order >= spot.order or _exclusive(binding.path, spot.path):
            continue
        found.append(binding)
        if _holds(binding.path, spot.path):
            return found
    later = [b for b in bindings if b.order >= spot.order and _in_one_loop(b.path, spot.path)]
    return found + later or bindings


def _holds(path: Path, use: Path) -> bool:
    """A binding holds wherever its block, or one inside of it, is running."""
    return path == use[: len(path)]


def _exclusive(path: Path, use: Path) -> bool:
    """Two branches of one statement never run both, but for a try and its handlers."""
    for own, other in zip(path, use, strict=False):
        if own[0] != other[0]:
            return False
        if own[1] != other[1]:
            return not (own[1] == "try" or other[1] == "else")
    return any(branch == "ended" for _, branch in path)


def _in_one_loop(path: Path, use: Path) -> bool:
    shared = [own for own, other in zip(path, use, strict=False) if own == other]
    return any(branch == "loop" for _, branch in shared)
