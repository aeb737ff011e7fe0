"""The data ownership review: grouped, with a way on for each write, as Markdown and HTML."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from governance.acceptance.settling import Settled
from governance.findings import Finding, Location
from governance.ownership import current
from governance.report.fixes import Fix, fix_for, suggestion
from governance.report.review import Review, matrix, review
from governance.report.review_html import html
from governance.report.review_markdown import markdown
from governance.rules import rule
from tests.report.scans import Access, Resolution, Scan

DAY = date(2026, 11, 24)


def write(caller: str, table: str, operation: str, line: int = 7, *, actor: str = "dev") -> Finding:
    return Finding(
        rule=rule("cross-module-write"),
        message=f"{actor} may not {operation} {table}.",
        hint="",
        subject=table,
        actor=actor,
        owner=current.ownership().registry.owner_of_table(table),
        location=Location(file="dev/jobs.py", line=line, function=caller),
        details={"operation": operation, "layer": "static"},
    )


CREATE = write("dev.jobs.book", "finance_transaction", "insert")
AGAIN = write("dev.jobs.book", "finance_transaction", "insert", 9)
DELETE = write("dev.jobs.clean", "finance_creditnote", "delete", 20)
PERSON = write("dev.jobs.rename", "core_person", "update", 30)


def reviewed(*fresh: Finding, scan: Any = None, **settled: Any) -> Review:
    registry = current.ownership().registry
    return review(Settled(fresh=fresh, **settled), scan, registry, today=DAY)


RECORD = (
    "project.finance.services.record_transaction"
    "(*, account_code, amount_minor, reference, memo, booked_at)"
)


def test_grouped_by_owner_and_by_caller() -> None:
    page = reviewed(CREATE, AGAIN, PERSON, baselined=(DELETE,))
    assert [part.owner for part in page.parts] == ["core", "finance"]
    (pair,) = page.parts[1].pairs
    assert [(c.caller, c.table, c.places, c.states) for c in pair.cases] == [
        (
            "dev.jobs.book",
            "finance_transaction",
            ("dev/jobs.py:7", "dev/jobs.py:9"),
            ("new",),
        ),
        ("dev.jobs.clean", "finance_creditnote", ("dev/jobs.py:20",), ("baseline",)),
    ]
    assert page.counts == {"new": 3, "baseline": 1}


def test_the_owners_function_that_does_it_already() -> None:
    (pair,) = reviewed(CREATE).parts[0].pairs
    assert pair.cases[0].fix.functions[0] == RECORD
    assert pair.suggestions == {}
    assert pair.sentence == (
        "dev writes finance_transaction of finance at 1 place; it can call "
        "project.finance.services.arecord_transaction, which finance publishes."
    ).replace("arecord", "record")


def test_a_function_that_is_missing() -> None:
    (pair,) = reviewed(DELETE).parts[0].pairs
    assert pair.suggestions == {
        "project.finance.services": ["def delete_credit_note(credit_note_id): ..."]
    }
    assert pair.sentence == (
        "dev writes finance_creditnote of finance at 1 place; finance has to publish 1 function "
        "for it."
    )


def test_both() -> None:
    (pair,) = reviewed(CREATE, AGAIN, DELETE).parts[0].pairs
    assert pair.sentence == (
        "dev writes finance_creditnote and finance_transaction of finance at 3 places; it can "
        "call project.finance.services.record_transaction, which finance publishes, and finance "
        "has to publish 1 function for the rest."
    )


@pytest.mark.parametrize(
    ("table", "operation", "columns", "expected"),
    [
        (
            "finance_transaction",
            "insert",
            (),
            "def create_transaction(*, account, amount_minor, currency, booked_at, reference): ...",
        ),
        (
            "finance_transaction",
            "update",
            {"memo", "account_id"},
            "def update_transaction(transaction_id, *, account, memo): ...",
        ),
        (
            "finance_transaction",
            "update",
            (),
            "def update_transaction(transaction_id, **changes): ...",
        ),
        ("finance_transaction", "truncate", (), "def delete_transaction(transaction_id): ..."),
        (
            "finance_transaction_tags",
            "insert",
            (),
            "def add_tag_to_transaction(transaction_id, tag_id): ...",
        ),
        (
            "finance_transaction_tags",
            "delete",
            (),
            "def remove_tag_from_transaction(transaction_id, tag_id): ...",
        ),
        (
            "reporting.finance_daily_totals",
            "delete",
            (),
            "def delete_from_finance_daily_totals(**conditions): ...",
        ),
        (
            "reporting.finance_daily_totals",
            "copy",
            {"day", "total_minor"},
            "def insert_into_finance_daily_totals(*, day, total_minor): ...",
        ),
    ],
)
def test_suggested_signature(
    table: str, operation: str, columns: Collection[str], expected: str
) -> None:
    text = suggestion(table, operation, columns)
    assert text == expected
    compile(text, "suggestion", "exec")


def test_child_of_an_inherited_table() -> None:
    """Its parent's fields come along, its link to the parent does not."""
    text = suggestion("finance_creditnote", "insert")
    compile(text, "suggestion", "exec")
    assert "ptr" not in text


def test_schema_belongs_into_a_migration() -> None:
    assert fix_for("finance_tag", "alter", "finance", current.ownership().registry) == Fix()
    (pair,) = reviewed(write("dev.jobs.alter", "finance_tag", "alter")).parts[0].pairs
    assert pair.sentence == (
        "dev writes finance_tag of finance at 1 place; it belongs into a migration of finance."
    )
    page = reviewed(write("dev.jobs.alter", "finance_tag", "alter"))
    assert "\n  - instead write it as a migration of finance" in markdown(page)
    assert "<div>instead write it as a migration of finance</div>" in html(page)


def test_columns_come_from_the_scan() -> None:
    scan = Scan(
        writes=(
            Access(
                actor="dev",
                caller="dev.jobs.rename",
                table="core_person",
                column="name",
                owner="core",
            ),
        )
    )
    fix = reviewed(PERSON, scan=scan).parts[0].pairs[0].cases[0].fix
    assert fix.signature in {"", "def update_person(person_id, *, name): ..."}


def test_code_of_no_module_and_tables_of_nobody() -> None:
    unknown = replace(CREATE, rule=rule("unknown-actor"), actor="unknown")
    unowned = replace(CREATE, rule=rule("unowned-write"), subject="stray", owner="unknown:stray")
    page = reviewed(unknown, unowned)
    assert [pair.sentence for part in page.parts for pair in part.pairs] == [
        "Code of no module writes finance_transaction of finance at 1 place; it can call "
        "project.finance.services.record_transaction, which finance publishes.",
        "dev writes stray that nobody owns at 1 place; a module has to declare that it owns it.",
    ]
    text = markdown(page)
    assert "## Tables that nobody owns" in text
    assert "### Code of no module" in text


def test_other_findings_are_no_matter_of_the_review() -> None:
    other = Finding(rule=rule("unknown-name"), message="x", hint="", subject="x")
    assert reviewed(other).parts == ()


def test_matrix() -> None:
    accesses = [("dev", "finance"), ("dev", "finance"), ("dev", "dev"), ("dev", "platform")]
    found = matrix([*accesses, ("unknown", "core")], current.ownership().registry)
    assert found.owners == ("core", "finance", "dev")
    assert dict(found.rows())["dev"] == [("core", 0), ("finance", 2), ("dev", 1)]
    assert dict(found.rows())["unknown"] == [("core", 1), ("finance", 0), ("dev", 0)]


SCAN = Scan(
    writes=(
        Access(actor="dev", caller="dev.jobs.book", table="finance_transaction", owner="finance"),
        Access(actor="dev", caller="dev.jobs.x", table="dev_project", owner="dev"),
    ),
    reads=(Access(actor="finance", caller="f.g", table="core_team", owner="core"),) * 12,
    resolution=Resolution(resolved=97, total=100),
)


def test_markdown() -> None:
    page = reviewed(CREATE, scan=SCAN, waived=(DELETE,))
    assert (
        markdown(page)
        == f"""\
# Data ownership review

2026-11-24. 2 violations: 1 new, 1 waived. The scan made out 97 of 100 accesses.

## Who writes whose tables

A row writes the tables of a column. Numbers are places in the code, shares included.

|         | core | finance | dev |
| ------- | ---: | ------: | --: |
| core    |    · |       · |   · |
| finance |    · |       · |   · |
| dev     |    · |   **1** |   1 |

## Who reads whose tables

A row reads the tables of a column. Numbers are places in the code, shares included.

|         |   core | finance | dev |
| ------- | -----: | ------: | --: |
| core    |      · |       · |   · |
| finance | **12** |       · |   · |
| dev     |      · |       · |   · |

## Tables of finance (Payments, #payments)

### dev

> dev writes finance_creditnote and finance_transaction of finance at 2 places; it can call \
project.finance.services.record_transaction, which finance publishes, and finance has to publish \
1 function for the rest.

- `dev.jobs.book`: insert `finance_transaction` (new)
  - at dev/jobs.py:7
  - instead call `{RECORD}`
  - or call `project.finance.services.arecord_transaction(*, account_code, amount_minor, \
reference, memo)`
  - or call `project.finance.services.reverse_transaction(reference, *, reason)`
- `dev.jobs.clean`: delete `finance_creditnote` (waived)
  - at dev/jobs.py:20
  - instead call `delete_credit_note`, once it is published

To be published by finance:

```python
# project.finance.services
def delete_credit_note(credit_note_id): ...
```"""
    )


def test_markdown_of_a_clean_project() -> None:
    assert "2026-11-24. No module writes a table of another." in markdown(reviewed())


class Outline(HTMLParser):
    """Opened and closed elements, to see that they match, and what would be loaded or run."""

    VOID = {"meta", "br", "link", "img"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


def test_html_stands_alone() -> None:
    odd = write("dev.jobs.<lambda>", "finance_creditnote", "delete")
    text = html(reviewed(CREATE, odd, scan=SCAN, baselined=(DELETE,)))
    page = Outline(text)
    assert page.opened == []
    assert not {"script", "link", "img", "iframe", "form"} & {tag for tag, _ in page.seen}
    assert not re.search(r"https?://|@import|url\(", text)
    assert not any(name.startswith("on") for _, attrs in page.seen for name in attrs)
    assert "dev.jobs.&lt;lambda&gt;" in text
    assert "prefers-color-scheme: dark" in text


def test_html_can_be_read_by_everybody() -> None:
    text = html(reviewed(CREATE, DELETE, scan=SCAN))
    page = Outline(text)
    assert text.startswith("<!doctype html>")
    assert ("html", {"lang": "en"}) in page.seen
    headings = [tag for tag, _ in page.seen if re.fullmatch("h[1-6]", tag)]
    assert headings[:2] == ["h1", "h2"]
    assert {"h1", "h2", "h3"} == set(headings)
    tables = sum(tag == "table" for tag, _ in page.seen)
    assert tables == sum(tag == "caption" for tag, _ in page.seen) == 2
    scopes = [attrs.get("scope") for tag, attrs in page.seen if tag == "th"]
    assert set(scopes) == {"row", "col"}
    ids = [attrs["id"] for _, attrs in page.seen if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_html_says_the_same_as_markdown() -> None:
    page = reviewed(CREATE, DELETE, scan=SCAN)
    text = html(page)
    for pair in page.parts[0].pairs:
        assert pair.sentence in text
    assert RECORD in text
    assert "def delete_credit_note(credit_note_id): ..." in text
    assert '<td class="foreign">12</td>' in text
