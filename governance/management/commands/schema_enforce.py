"""Tell PostgreSQL who owns each table, so that it refuses what Python can't see."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from governance.conf import did_you_mean
from governance.enforcement import actions, comments, roles, triggers
from governance.enforcement.actions import Action
from governance.enforcement.running import run
from governance.exceptions import ConfigurationError
from governance.findings import Finding
from governance.management.options import GovernanceCommand
from governance.ownership import current
from governance.report import enforcement as table

_VERBS = ("install", "status", "check", "remove", "prune", "comments")


class Command(GovernanceCommand):
    help = "Let PostgreSQL itself refuse writes to tables of other modules, with triggers."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        self.add_report_arguments(parser)
        flags = {
            "install": "Put a trigger on every owned table, and bring those there up to date.",
            "status": "Show how each table stands, and what is not as it should be.",
            "check": "Show only what is not as it should be; exit with 1 if anything is.",
            "remove": "Remove the triggers; all of them and the function without --module.",
            "prune": "Remove the triggers from tables that no module owns.",
            "comments": "Name the owner in the comment of each table.",
            "roles": "Do so for roles: one for each module, with the least privileges. Alone "
            "it creates them and grants.",
            "dry-run": "Show the statements and run none.",
        }
        for name, about in flags.items():
            parser.add_argument(f"--{name}", action="store_true", help=about)
        parser.add_argument("--module", help="Only the tables of this module.")
        self._add_switch(parser, "always", "Run the triggers in replication and restores too.")
        self._add_switch(parser, "follow-partitions", "Guard new partitions at once (superuser).")

    def _add_switch(self, parser: CommandParser, name: str, about: str) -> None:
        key = name.replace("-", "_")
        parser.add_argument(f"--{name}", dest=key, action="store_true", default=None, help=about)
        no = f"Not so any more (--{name})."
        parser.add_argument(f"--no-{name}", dest=key, action="store_false", default=None, help=no)

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self.check_settings()
        self._check_options(options)
        alias = self.alias(options)
        self.require_postgresql(alias)
        try:
            triggers.require_outsiders(current.ownership().registry)
            self._do(alias, options)
        except ConfigurationError as error:
            raise CommandError(str(error), returncode=2) from error
        except DatabaseError as error:
            reason = str(error).strip()
            raise CommandError(f"The database {alias!r} refused: {reason}", returncode=2) from error

    def _check_options(self, options: dict[str, Any]) -> None:
        if not any(options[name] for name in (*_VERBS, "roles")):
            names = ", ".join(f"--{name}" for name in _VERBS)
            raise CommandError(f"Choose what to do: {names}, --roles.", returncode=2)
        changing = [name for name in ("install", "remove", "prune") if options[name]]
        looking = [name for name in ("status", "check") if options[name]]
        if changing and looking:
            text = f"--{looking[0]} only looks; run it without --{changing[0]}."
            raise CommandError(text, returncode=2)
        if options["install"] and options["remove"]:
            raise CommandError("Choose one: --install or --remove.", returncode=2)
        known, module = current.ownership().registry.modules, options["module"]
        if module and module not in known:
            hint = did_you_mean(module, known)
            raise CommandError(f"There is no module {module!r}. {hint}".strip(), returncode=2)

    def _do(self, alias: str, options: dict[str, Any]) -> None:
        if options["comments"]:
            self._comment(alias, dry_run=options["dry_run"])
            if not any(options[name] for name in (*_VERBS, "roles") if name != "comments"):
                return
        if options["status"] or options["check"]:
            self._show(alias, options)
        else:
            self._change(self._planned(alias, options), alias, options)

    def _planned(self, alias: str, options: dict[str, Any]) -> list[Action]:
        module, planned = options["module"], []
        if options["roles"]:
            planned += roles.planned(alias, module=module, remove=options["remove"])
            if not options["install"]:
                return planned
        seen = triggers.look(alias, module=module, always=options["always"])
        if options["install"]:
            planned = [*triggers.installation(seen, follow=options["follow_partitions"]), *planned]
        if options["prune"]:
            planned += actions.pruning(triggers.look(alias).standings)
        if options["remove"] and not options["roles"]:
            planned += triggers.removal(seen, everything=module is None)
        return planned

    def _change(self, planned: Sequence[Action], alias: str, options: dict[str, Any]) -> None:
        if options["dry_run"]:
            for action in planned:
                self.stdout.write("\n".join(action.statements))
            return
        failures = run(planned, using=alias, tell=self._tell)
        done = len(planned) - len(failures)
        if options["format"] == "text":
            changes = "change" if done == 1 else "changes"
            text = f"{done} {changes}." if planned else "Nothing to do."
            self.stdout.write(text, ending="\n\n" if failures else "\n")
        if failures or options["format"] != "text":
            self.finish(failures, options)

    def _tell(self, action: Action) -> None:
        self.stderr.write(f"{action.subject}: {action.done}", style_func=str)

    def _show(self, alias: str, options: dict[str, Any]) -> None:
        """A check of the triggers fails on warnings too; ways around roles are only told."""
        if options["check"] and not options["roles"]:
            options["fail_level"] = min(options["fail_level"], "warning", key=_LEVELS.index)
        found, extra, text = self._looked(alias, options)
        if options["status"] and options["format"] == "text":
            self.stdout.write(text, ending="\n\n")
        self.finish(found, options, extra=extra)

    def _looked(
        self, alias: str, options: dict[str, Any]
    ) -> tuple[list[Finding], dict[str, Any], str]:
        if options["roles"]:
            standings = roles.look(alias)
            rows = [entry for entry in standings.roles if options["module"] in (None, entry.module)]
            return (
                roles.findings(standings),
                {"roles": table.roles_as_data(rows)},
                table.roles(rows),
            )
        seen = triggers.look(alias, module=options["module"])
        extra = {"tables": table.as_data(seen.standings)}
        return triggers.findings(seen), extra, table.table(seen.standings)

    def _comment(self, alias: str, *, dry_run: bool) -> None:
        planned = comments.plan(current.ownership().registry, using=alias)
        if not planned:
            self.stdout.write("Every comment names its owner already.")
        for comment in planned:
            self.stdout.write(comment.sql)
        if planned and not dry_run:
            comments.write(planned, using=alias)
            self.stdout.write(f"{len(planned)} comments written.")


_LEVELS = ("info", "warning", "error")
