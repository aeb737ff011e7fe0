"""The file of a card: what is written is read again, and what is wrong with it is told."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.cards.card import Card, same_person
from governance.cards.parsing import loads, read
from governance.cards.writing import dumps, write

CARD = Card(
    migration="shop.0007_drop_note",
    digest="sha256:12",
    phase="contract",
    author="Ada <ada@example.com>",
    reviewer="Bob <bob@example.com>",
    date=date(2027, 1, 5),
    acknowledged=("drops-column", "no-way-back"),
    relies_on=("shop.tools.fill",),
    rollback='Deploy "2027-01".\nIt reads no note.',
    restore="Table shop_order of the nightly dump.",
    content={"RemoveField order.note": "12ab", "dependencies": "34cd"},
    locks={"shop_order": "ACCESS EXCLUSIVE", "reporting.daily": "SHARE"},
    sql='-- Remove field note from order\nALTER TABLE "shop_order" DROP COLUMN "note" CASCADE;',
    rehearsal={
        "date": date(2027, 1, 5),
        "postgres": "18.6",
        "digest": "sha256:12",
        "rows": 40,
        "verdicts": ["rehearsal-loses-data"],
        "statements": ["<1 ms: ALTER TABLE shop_order … (ACCESS EXCLUSIVE: shop_order; 20 rows)"],
    },
)
TEXT = """\
# Review card of the migration beside it. Write rollback and restore by hand, and commit it.
# All else is written by: manage.py schema_review shop 0007_drop_note --card

version = 1
migration = "shop.0007_drop_note"
phase = "contract"
author = "Ada <ada@example.com>"
reviewer = "Bob <bob@example.com>"
date = 2027-01-05
acknowledged = [
    "drops-column",
    "no-way-back",
]
rollback = '''
Deploy "2027-01".
It reads no note.
'''
restore = "Table shop_order of the nightly dump."
digest = "sha256:12"
relies_on = [
    "shop.tools.fill",
]

[content]
"RemoveField order.note" = "12ab"
dependencies = "34cd"

[preview]
sql = '''
-- Remove field note from order
ALTER TABLE "shop_order" DROP COLUMN "note" CASCADE;
'''

[preview.locks]
shop_order = "ACCESS EXCLUSIVE"
"reporting.daily" = "SHARE"

[rehearsal]
date = 2027-01-05
postgres = "18.6"
digest = "sha256:12"
rows = 40
verdicts = [
    "rehearsal-loses-data",
]
statements = [
    "<1 ms: ALTER TABLE shop_order … (ACCESS EXCLUSIVE: shop_order; 20 rows)",
]
"""


def test_text() -> None:
    assert dumps(CARD) == TEXT
    assert loads(TEXT).card == CARD


def test_texts_that_can_not_stand_as_they_are() -> None:
    for text in ("a\n'''b", "a\n\x07", "a\n\tb", 'a\n"""', "a\n\u2028b"):
        card = Card(migration="a.b", digest="x", sql=text)
        assert loads(dumps(card)).card == card


def test_unsigned() -> None:
    card = Card(migration="a.0001_b", digest="sha256:0")
    assert 'reviewer = ""\nacknowledged = []\nrollback = ""\nrestore = ""' in dumps(card)
    assert loads(dumps(card)).card == card


notes = st.text().map(str.strip)


@given(rollback=notes, restore=notes, sql=notes, who=notes, parts=st.dictionaries(notes, notes))
def test_any_text_comes_back(
    rollback: str, restore: str, sql: str, who: str, parts: dict[str, str]
) -> None:
    """Line breaks of Windows become those of everybody else; nothing else changes."""
    texts = {"reviewer": who, "rollback": rollback, "restore": restore, "sql": sql}
    unix = {key: text.replace("\r\n", "\n") for key, text in texts.items()}
    again = loads(dumps(Card(migration="a.b", digest="x", content=parts, **texts))).card
    content = {name: text.replace("\r\n", "\n") for name, text in parts.items()}
    assert again == Card(migration="a.b", digest="x", content=content, **unix)


def test_write(tmp_path: Path) -> None:
    path = tmp_path / "review" / "shop" / "0007_drop_note.review.toml"
    write(path, CARD)
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o664)
    write(path, CARD)
    assert path.stat().st_mode & 0o777 == 0o664
    assert path.read_text() == TEXT
    assert list(path.parent.iterdir()) == [path]


WRONG = {
    "migration = 1\ndigest = 'x'": ["has migration = 1, not a text"],
    "migration = 'a.b'": ["has no digest"],
    "": ["has no migration", "has no digest"],
    "migration = 'a.b'\ndigest = 'x'\nreviewed = 'me'": [
        "has the key 'reviewed', which means nothing"
    ],
    "migration = 'a.b'\ndigest = 'x'\nversion = 2": [
        "has version 2, and this release reads version 1"
    ],
    "migration = 'a.b'\ndigest = 'x'\nacknowledged = 'all'": [
        "has acknowledged = 'all', not a list of texts"
    ],
    "migration = 'a.b'\ndigest = 'x'\nrelies_on = [1]": [
        "has relies_on = [1], not a list of texts"
    ],
    "migration = 'a.b'\ndigest = 'x'\ncontent = 'x'": ["has content = 'x', not a table"],
    "migration = 'a.b'\ndigest = 'x'\n[content]\na = 1": [
        "has content = {'a': 1}, not a table of texts"
    ],
    "migration = 'a.b'\ndigest = 'x'\n[preview]\nsql = 1": ["has preview.sql = 1, not a text"],
    "migration = 'a.b'\ndigest = 'x'\n[preview.locks]\na = 1": [
        "has preview.locks = {'a': 1}, not a table of texts"
    ],
    "migration = 'a.b'\ndigest = 'x'\ndate = '2027-01-05'": ["has date = '2027-01-05', not a date"],
    "migration = 'a.b'\ndigest = 'x'\ndate = 2027-01-05T10:00:00": [
        "has date = datetime.datetime(2027, 1, 5, 10, 0), not a date"
    ],
    "migration = ": ["is not TOML: Invalid value (at end of document)"],
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[-30:])
def test_mistakes(text: str) -> None:
    result = loads(text)
    assert result.card is None
    assert [mistake.fact for mistake in result.mistakes] == WRONG[text]


def test_merge_conflict() -> None:
    (mistake,) = loads("version = 1\n<<<<<<< HEAD\nmigration = 'a.b'\n").mistakes
    assert (mistake.line, mistake.hint) == (
        2,
        "It has a merge conflict: keep one side, or write the card anew.",
    )


def test_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "x.review.toml"
    assert read(path).mistakes[0].fact == "can't be read: No such file or directory"
    path.write_bytes(b"version = 1\nrollback = '\xe4'\n")
    (mistake,) = read(path).mistakes
    assert (mistake.fact, mistake.line) == ("is not UTF-8", 2)


def test_same_person() -> None:
    assert same_person("Ada <a@x.org>", "A. Lovelace <A@x.org>")
    assert same_person("Ada", "ada <a@x.org>")
    assert same_person("ada", "Ada ")
    assert not same_person("Ada <a@x.org>", "Ada <b@x.org>")
    assert not same_person("", "")
