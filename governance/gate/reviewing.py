"""Migrations, owners and cards joined: what has to be said about each migration?"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass, replace

from django.apps import apps
from django.db.migrations import Migration

from governance.findings import Finding
from governance.gate.judging import judge_migration
from governance.gate.standing import Standing, standing_of
from governance.ownership import current
from governance.ownership.building import is_first_party
from governance.ownership.names import is_unknown
from governance.ownership.registry import Registry
from governance.review import broken, history, policy
from governance.review.details import details
from governance.review.loading import Key, TolerantLoader
from governance.review.places import location_of
from governance.review.policy.unreleased import without_unreleased
from governance.review.reviewed import ReviewedMigration, ReviewedOperation
from governance.review.sizes import NO_SIZES, Sizes
from governance.rules import rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is known and said about one migration."""

    reviewed: ReviewedMigration
    standing: Standing
    """How its review card stands."""
    findings: tuple[Finding, ...]
    """Without those that its card accepts."""
    accepted: tuple[Finding, ...] = ()
    """Those that its card accepts."""

    @property
    def key(self) -> Key:
        return self.reviewed.migration.app_label, self.reviewed.migration.name

    @property
    def everything(self) -> tuple[Finding, ...]:
        """What it does, and how its card stands."""
        return (*self.findings, *self.standing.findings)


def review_all(
    loader: TolerantLoader,
    keys: Collection[Key],
    *,
    sizes: Sizes = NO_SIZES,
    alias: str = "default",
    together: bool = True,
) -> list[Review]:
    """Review the migrations chosen, in the order in which they are applied.

    ``together`` says that they will be released together, and not that they are a history.
    """
    plan = _up_to_last(history.whole_plan(loader), keys)
    if not plan:
        return []
    state = history.first_state(loader)
    walked = list(history.review(plan, state, wanted=keys, alias=alias))
    joint = list(policy.judge_together(walked)) if together else []
    return [_review(reviewed, sizes, joint, keys) for reviewed in walked]


def review_new(
    new: Iterable[Migration], loader: TolerantLoader, *, alias: str = "default"
) -> Iterator[tuple[ReviewedMigration, list[Finding]]]:
    """Review migrations that are not written yet, on top of all that are there.

    A migration that is there already, as with ``--update``, is left out of what is below.
    """
    added = list(new)
    names = {(migration.app_label, migration.name) for migration in added}
    below = [m for m in history.whole_plan(loader) if (m.app_label, m.name) not in names]
    for reviewed in history.review(
        [*below, *added], history.first_state(loader), wanted=names, alias=alias
    ):
        yield reviewed, findings_of(reviewed, NO_SIZES, together=names)


def findings_of(
    reviewed: ReviewedMigration,
    sizes: Sizes,
    joint: Iterable[Finding] = (),
    together: Container[Key] = (),
) -> list[Finding]:
    """Return everything about what a migration does, with owners and details.

    ``joint`` are findings about migrations that are released together, this one among them;
    ``together`` are these migrations.
    """
    registry = current.ownership().registry
    found: list[Finding] = []
    if _is_own(reviewed.migration.app_label) and reviewed.operations:
        found += judge_migration(reviewed.migration, reviewed.operations[0].state_before)
    found += [*broken.misfits(reviewed), *broken.meaningless_sql(reviewed.migration)]
    found += without_unreleased(reviewed, policy.judge(reviewed, sizes), together)
    found += [f for f in joint if f.subject.partition("#")[0] == reviewed.name]
    found += _unreadable(reviewed, found)
    worst_first = sorted(found, key=lambda finding: -finding.severity)
    return [_complete(finding, reviewed, registry) for finding in worst_first]


def _review(
    reviewed: ReviewedMigration,
    sizes: Sizes,
    joint: Iterable[Finding],
    together: Collection[Key],
) -> Review:
    found = findings_of(reviewed, sizes, joint, together)
    standing = standing_of(reviewed, found, together)
    return Review(
        reviewed=reviewed,
        standing=standing,
        findings=tuple(f for f in found if not standing.accepts(f)),
        accepted=tuple(f for f in found if standing.accepts(f)),
    )


def _up_to_last(plan: list[Migration], keys: Collection[Key]) -> list[Migration]:
    places = [i for i, m in enumerate(plan) if (m.app_label, m.name) in keys]
    return plan[: places[-1] + 1] if places else []


def _unreadable(reviewed: ReviewedMigration, found: Collection[Finding]) -> list[Finding]:
    """What the classification could not read, where nothing has told of it yet."""
    told = {f.subject for f in found if f.rule.slug in {"unreadable-operation", _MISFIT}}
    return [
        Finding(
            rule=rule("unreadable-operation"),
            message=f"{reviewed.name}: operation {operation.number} ({operation.kind}) {why}.",
            hint="Split it into operations that can be read, or have the owners look at it.",
            subject=f"{reviewed.name}#{operation.number}",
            location=location_of(reviewed.migration, operation.number),
        )
        for operation in reviewed.operations
        if f"{reviewed.name}#{operation.number}" not in told
        for why in operation.unreadable[:1]
    ]


_MISFIT = "unreadable-migration"


def _complete(finding: Finding, reviewed: ReviewedMigration, registry: Registry) -> Finding:
    """Add whose migration it is, whose table, and the facts about the operation.

    A table that is gone, or not there yet, is the business of the module that migrates.
    """
    module = registry.owner_of(reviewed.migration.app_label)
    table = str(finding.details.get("table") or "")
    owner = registry.owner_of_table(table) if table else module
    owner = module if is_unknown(owner) else owner
    operation = _operation(finding, reviewed)
    facts = details(operation, registry.owner_of_table) if operation else {}
    return replace(
        finding,
        actor=finding.actor or module,
        owner=finding.owner or owner,
        details={**facts, **finding.details},
    )


def _operation(finding: Finding, reviewed: ReviewedMigration) -> ReviewedOperation | None:
    _, _, number = finding.subject.partition("#")
    if not number.isdigit() or int(number) > len(reviewed.operations):
        return None
    return reviewed.operations[int(number) - 1]


def _is_own(label: str) -> bool:
    return label in apps.app_configs and is_first_party(apps.get_app_config(label))
