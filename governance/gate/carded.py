"""Every card there is, also those of migrations that were applied long ago."""

from __future__ import annotations

from collections.abc import Collection

from governance import conf
from governance.cards.content import content_of
from governance.cards.judging import Subject, card_of, judge, judge_files
from governance.cards.places import all_cards
from governance.findings import Finding
from governance.review.loading import Key, TolerantLoader


def judge_cards(loader: TolerantLoader, reviewed: Collection[Key]) -> list[Finding]:
    """Judge the files, and for migrations that are not reviewed now whether they still fit."""
    found = all_cards()
    disk = loader.disk_migrations
    replaced = {key for migration in disk.values() for key in migration.replaces}
    findings = judge_files(found, {*disk, *replaced, *loader.unloadable})
    for key in sorted({each.named for each in found} - set(reviewed)):
        if key in disk and card_of(key, found) is not None:
            subject = Subject(migration=disk[key], content=content_of(disk[key]))
            second = conf.settings().SECOND_PERSON
            findings += judge(subject, found, second_person=second)
    return findings
