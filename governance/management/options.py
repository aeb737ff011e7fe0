"""Options that every command with findings has, and the one place that sets its exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections

from governance import conf
from governance.acceptance.settling import Settled, settle_in_force
from governance.checks import kind_of
from governance.findings import Finding, Severity
from governance.report.rendering import FORMATS, render
from governance.report.summary import exit_code


class GovernanceCommand(BaseCommand):
    """Exit 0 clean, 1 with findings at or above the fail level, 2 could not run."""

    requires_system_checks: list[str] = []
    """Our commands show findings themselves, and must run while others exist."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Survive a terminal that lacks a character, and a reader that has seen enough."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        try:
            output = super().execute(*args, **options)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        return output

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--database",
            default=None,
            choices=list(connections),
            help="Alias of the database to look at.",
        )

    def add_report_arguments(self, parser: CommandParser) -> None:
        """Add the options of commands that end with ``finish``."""
        parser.add_argument("--format", default="text", choices=FORMATS, help="Form of the output.")
        parser.add_argument(
            "--fail-level",
            default="error",
            choices=[severity.name.lower() for severity in sorted(Severity, reverse=True)],
            help="Exit with 1 from this severity on.",
        )

    def check_settings(self) -> None:
        """Stop with exit code 2 while the ``GOVERNANCE`` setting can't be used."""
        for finding in conf.settings().findings:
            raise CommandError(f"{finding.message} {finding.hint}", returncode=2)

    def alias(self, options: Mapping[str, Any]) -> str:
        """Return the database to look at: the option, else the one of our own tables."""
        chosen = options["database"] or conf.settings().DATABASE or DEFAULT_DB_ALIAS
        return str(chosen)

    def require_postgresql(self, alias: str) -> None:
        """Stop with exit code 2 on any other database."""
        kind = kind_of(alias)
        if kind != "postgresql":
            raise CommandError(
                f"The database {alias!r} is {kind}. This command works on PostgreSQL only.",
                returncode=2,
            )

    def finish(
        self,
        findings: Sequence[Finding] | Settled,
        options: Mapping[str, Any],
        extra: Mapping[str, Any] | None = None,
        *,
        closing: str = "",
    ) -> None:
        """Write findings in the chosen format, and exit with 1 if they reach the fail level.

        What the baseline or a waiver accepts is counted, and not listed. ``closing`` is a last
        line for people.
        """
        settled = findings if isinstance(findings, Settled) else settle_in_force(findings)
        output = render(
            settled.fresh,
            form=options["format"],
            command=type(self).__module__.rpartition(".")[2],
            extra=extra,
            settled=settled,
        )
        if output:
            self.stdout.write(output)
        if closing and options["format"] == "text":
            self.stdout.write(closing)
        self.leave(settled.fresh, options)

    def leave(self, findings: Sequence[Finding], options: Mapping[str, Any]) -> None:
        """Exit with 1 if a finding reaches the fail level."""
        if exit_code(findings, Severity.named(options["fail_level"])):
            sys.exit(1)
