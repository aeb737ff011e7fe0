"""How right is the static scan? Recall and false alarms on the labelled corpus of the tests.

    python benchmarks/scan_truth.py

Exit 0 when both bars are kept, 1 when not, 2 when the scan can't run.
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.scan.measuring import Result, measure

RECALL = 0.90
FALSE_ALARMS = 0.05


def main() -> int:
    console = Console()
    try:
        result = measure()
    except RuntimeError as error:
        Console(stderr=True).print(str(error), markup=False)
        return 2
    console.print(_table(result))
    _print_list(console, "Missed", [f"{label.place} {write}" for label, write in result.misses])
    _print_list(
        console, "False alarms", [f"{alarm}  [{label.reason}]" for label, alarm in result.false]
    )
    _print_list(console, "Elsewhere: a false alarm, or a label is missing", result.strays)
    return int(result.recall < RECALL or result.false_rate > FALSE_ALARMS)


def _table(result: Result) -> Table:
    table = Table("figure", "value", "of", "bar", title="Static scan on the labelled corpus")
    found = result.expected - len(result.misses)
    table.add_row("writes found", str(found), str(result.expected))
    table.add_row("recall", f"{result.recall:.1%}", "", f"≥ {RECALL:.0%}")
    lines = {label.place for label, _ in result.false}
    table.add_row("lines with a false alarm", str(len(lines)), str(result.tempting))
    table.add_row("false alarm rate", f"{result.false_rate:.1%}", "", f"≤ {FALSE_ALARMS:.0%}")
    table.add_row("alarms elsewhere", str(len(result.strays)))
    table.add_row("alarms where nobody can tell", str(result.undecided))
    table.add_row("precision", f"{result.precision:.1%}")
    if result.resolution:
        resolved, total = result.resolution["resolved"], result.resolution["total"]
        table.add_row("resolved calls", str(resolved), str(total))
        table.add_row("resolution rate", f"{resolved / total if total else 1:.1%}")
    return table


def _print_list(console: Console, title: str, lines: object) -> None:
    entries = [str(line) for line in lines]  # type: ignore[attr-defined]
    console.print(f"\n{title}: {len(entries)}")
    for entry in sorted(entries):
        console.print(f"  {entry}", markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
