"""The options that change the baseline, what may not be combined, and what they do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.acceptance.baseline import refuse_in_ci, write
from governance.acceptance.changes import Terms, adopted, shrunk
from governance.acceptance.entries import Baseline, Entry
from governance.conf import did_you_mean
from governance.findings import Finding
from governance.ownership import current
from governance.ownership.places import shown


def add_baseline_arguments(parser: CommandParser) -> None:
    """Add the options that write the file, and the terms they need."""
    group = parser.add_argument_group("baseline")
    group.add_argument(
        "--adopt", action="store_true", help="Accept the findings for now: write the baseline."
    )
    group.add_argument("--reason", help="Why they are accepted; with --adopt.")
    group.add_argument("--until", metavar="DATE", help="Last day of it; with --adopt.")
    group.add_argument("--issue", metavar="URL", help="Where it is followed; with --adopt.")
    group.add_argument("--owner", metavar="MODULE", help="Only this module's; with --adopt.")
    group.add_argument(
        "--shrink", action="store_true", help="Remove from the baseline what is gone."
    )


def check_combination(options: Mapping[str, Any], *others: str) -> None:
    """Stop with exit code 2 when options contradict each other, before anything is looked at.

    ``others`` are options of the command that go with neither --adopt nor --shrink.
    """
    if options["adopt"] and options["shrink"]:
        raise CommandError("Choose one: --adopt or --shrink.", returncode=2)
    writing = "--adopt" if options["adopt"] else "--shrink" if options["shrink"] else ""
    for name in others:
        if writing and options[name]:
            option = name.replace("_", "-")
            raise CommandError(f"--{option} can't be used with {writing}.", returncode=2)
    for name in ("reason", "until", "issue", "owner"):
        if options[name] and not options["adopt"]:
            raise CommandError(f"--{name} needs --adopt.", returncode=2)
    if options["adopt"]:
        terms(options)


def terms(options: Mapping[str, Any]) -> Terms:
    """Return the terms given on the command line; stops with exit code 2 when they don't do."""
    if not options["reason"] or not options["until"]:
        raise CommandError(
            'What is accepted needs a reason and an end: --adopt --reason "…" --until 2027-06-30',
            returncode=2,
        )
    owner, modules = options["owner"] or "", current.ownership().registry.modules
    if owner and owner not in modules:
        hint = did_you_mean(owner, modules)
        raise CommandError(f"There is no module {owner!r}. {hint}".strip(), returncode=2)
    return Terms(
        reason=options["reason"],
        until=_day(options["until"]),
        issue=options["issue"] or "",
        owner=owner,
    )


def check_writable(path: Path, baseline: Baseline) -> None:
    """Stop before a file is overwritten that could not be read, or where a CI runs."""
    refuse_in_ci(path)
    for finding in baseline.findings:
        raise CommandError(f"{finding.message} {finding.hint}", returncode=2)


def adopt(
    command: BaseCommand, path: Path, baseline: Baseline, fresh: Sequence[Finding], given: Terms
) -> None:
    """Write fresh findings into the baseline, and tell how many."""
    after = adopted(baseline, fresh, given)
    new = changed_entries(baseline, after)
    if new:
        write(path, after)
        command.stdout.write(
            f"{counted(len(new), 'finding')} accepted until {given.until}: "
            f"{shown(str(path))} has {size(after)} now."
        )
    else:
        command.stdout.write("There is nothing to adopt.")
    left = [f for f in fresh if not f.rule.acceptable]
    if left:
        name = type(command).__module__.rpartition(".")[2]
        command.stderr.write(
            f"{counted(len(left), 'finding')} can't be accepted and must be corrected; see: "
            f"manage.py {name}"
        )


def shrink(
    command: BaseCommand,
    path: Path,
    baseline: Baseline,
    seen: Sequence[Finding],
    complete: Collection[str],
) -> None:
    """Take out of the baseline what is gone, and tell what that was."""
    after = shrunk(baseline, seen, complete)
    if after != baseline:
        write(path, after)
    command.stdout.write(f"{shown(str(path))}: {removed(baseline, after)}; {size(after)} left.")


def removed(before: Baseline, after: Baseline) -> str:
    """Say what shrinking did."""
    gone = len(before.entries) - len(after.entries)
    left = after.by_fingerprint()
    changed = [e for e in before.entries if left.get(e.fingerprint) not in {None, e}]
    parts = [f"{counted(gone, 'entry')} removed" if gone else ""]
    parts += [f"{counted(len(changed), 'entry')} lowered" if changed else ""]
    return ", ".join(filter(None, parts)) or "nothing is gone"


def size(baseline: Baseline) -> str:
    """Return «118 entries, 131 places»."""
    return f"{counted(len(baseline.entries), 'entry')}, {counted(baseline.places, 'place')}"


def counted(number: int, noun: str) -> str:
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def changed_entries(before: Baseline, after: Baseline) -> list[Entry]:
    """Return the entries that adopting added or changed."""
    known = before.by_fingerprint()
    return [entry for entry in after.entries if known.get(entry.fingerprint) != entry]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--until {text} is no date. Write it as 2027-06-30.", returncode=2
        ) from None
