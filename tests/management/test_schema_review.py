"""``schema_review``: which migrations, in which form, and their cards."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from governance.cards.parsing import read
from governance.gate.reviewing import review_all
from governance.review.loading import TolerantLoader
from governance.review.preview import sql_of
from tests.histories import History

DROP = 'migrations.RemoveField("item", "note")'
DROPPED = f'ALTER TABLE "dev_item" DROP COLUMN "note"{" CASCADE" * (django.VERSION < (6, 0))};'
SAFE = 'migrations.AddField("item", "x", models.IntegerField(null=True))'


def run(*arguments: str, **options: Any) -> tuple[int, str]:
    """Return the exit code, and what was written to stdout."""
    out = io.StringIO()
    try:
        call_command("schema_review", *arguments, stdout=out, stderr=io.StringIO(), **options)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


def error(*arguments: str) -> str:
    with pytest.raises(CommandError) as raised:
        run(*arguments)
    assert raised.value.returncode == 2
    return str(raised.value)


def reviewed(*arguments: str) -> tuple[str, list[str]]:
    """Return how the migrations were chosen, and which of dev they are."""
    document = json.loads(run(*arguments, "--format", "json")[1])
    names = [entry["migration"] for entry in document["migrations"]]
    return document["scope"], [name for name in names if name.startswith("dev.")]


pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Says who sits at the machine; Ada at first."""

    def become(who: str) -> None:
        monkeypatch.setenv("GIT_AUTHOR_NAME", who)
        monkeypatch.setenv("GIT_AUTHOR_EMAIL", f"{who.lower()}@example.com")

    become("Ada")
    return become


def test_text(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    history.add("0002_x", SAFE)
    code, text = run("dev", "0002")
    assert code == 0
    assert text == (
        "dev.0002_x: expand, takes ACCESS EXCLUSIVE, undoing loses data\n"
        "  needs no review card\n"
        "# operation       phase  lock             rows breaks undo\n"
        "────────────────────────────────────────────────────────────────\n"
        "1 AddField item.x expand ACCESS EXCLUSIVE –    –      loses data\n"
        "                           dev_item\n"
        "\n"
        "No findings.\n"
        "1 migration reviewed: dev.0002_x.\n"
    )


def test_scope_by_database(history: History, db: None) -> None:
    """0001_initial is applied on the database of the tests."""
    history.add("0002_x", SAFE)
    assert reviewed() == ("waiting to be applied", ["dev.0002_x"])
    assert reviewed("dev") == ("waiting to be applied, of dev", ["dev.0002_x"])
    assert reviewed("finance") == ("waiting to be applied, of finance", [])
    assert run("finance") == (
        0,
        "No findings.\nNo migration is waiting to be applied, of finance.\n",
    )


def test_scope_all(history: History) -> None:
    history.add("0002_x", DROP)
    assert reviewed("--all") == ("the whole history", ["dev.0001_initial", "dev.0002_x"])
    code, text = run("--all")
    assert code == 1
    assert "dev.0002_x: contract" in text
    assert "dev.0001_initial: expand" not in text
    assert "has no review card" in text
    assert "auth.0002_alter_permission_name_max_length: expand" not in text
    assert "contenttypes.0002_remove_content_type_name has no review card" not in text


def test_scope_since(history: History, governance_settings: Callable[..., None]) -> None:
    history.add("0002_x", SAFE)
    history.repository()
    history.add("0003_y", SAFE.replace('"x"', '"y"'), after="0002_x")
    assert reviewed("--since", "main") == ("new or changed since main", ["dev.0003_y"])
    history.git("checkout", "-q", "-b", "branch")
    history.commit("y")
    history.add("0002_x", SAFE.replace("null=True", "null=True, blank=True"))
    assert reviewed("--since", "main")[1] == ["dev.0002_x", "dev.0003_y"]
    history.commit("x")
    assert reviewed("--since", "main")[1] == ["dev.0002_x", "dev.0003_y"]
    assert reviewed("--since", "HEAD")[1] == []
    governance_settings(SINCE="main")
    assert reviewed() == ("new or changed since main", ["dev.0002_x", "dev.0003_y"])


def test_since_the_branch_began(history: History) -> None:
    """What others have put on main meanwhile is not ours."""
    history.repository()
    history.git("checkout", "-q", "-b", "branch")
    history.add("0002_x", SAFE)
    history.commit("x")
    history.git("checkout", "-q", "main")
    history.add("0001_initial", SAFE.replace('"x"', '"main"'))
    history.commit("main")
    history.git("checkout", "-q", "branch")
    assert reviewed("--since", "main")[1] == ["dev.0002_x"]


def test_wrong_scopes(
    history: History, tmp_path: Path, governance_settings: Callable[..., None]
) -> None:
    history.add("0002_x", SAFE)
    history.add("0002_xy", "", after="0002_x")
    history.repository()
    assert error("--since", "mian") == (
        "git knows no commit 'mian' here. In CI, fetch it first: git fetch origin mian"
    )
    governance_settings(SINCE="mian")
    assert error() == (
        "GOVERNANCE['SINCE']: git knows no commit 'mian' here. In CI, fetch it first: "
        "git fetch origin mian"
    )
    assert error("finanse") == (
        "There is no app 'finanse' with migrations. Did you mean 'finance'?"
    )
    assert error("dev", "0009") == ("dev has no migration '0009'. Did you mean '0002_x'?")
    assert error("dev", "0002") == "Several migrations begin like this: 0002_x, 0002_xy."
    assert reviewed("dev", "0002_x")[1] == ["dev.0002_x"]
    squash = 'replaces = [("dev", "0002_x"), ("dev", "0002_xy")]'
    history.add("0002_squashed", SAFE, more=squash)
    assert error("dev", "0002_xy") == (
        "dev.0002_xy is not applied any more; it is part of dev.0002_squashed."
    )


def test_broken_histories(history: History) -> None:
    history.file("0002_x", "class Migration(:")
    history.add("0003_y", "", after="0001_initial")
    history.add("0003_z", "", after="0001_initial")
    for arguments in (["dev", "0002_x"], ["dev"], ["--all"]):
        code, text = run(*arguments)
        assert code == 1
        assert "error: dev.0002_x can't be loaded: SyntaxError: invalid syntax." in text
        assert "error: App 'dev' has 2 newest migrations: 0003_y, 0003_z." in text


def test_json(history: History) -> None:
    history.add("0002_x", DROP)
    code, text = run("dev", "0002", "--format", "json", sql=True)
    document = json.loads(text)
    assert code == 1
    (entry,) = document["migrations"]
    (operation,) = entry.pop("operations")
    assert entry == {
        "migration": "dev.0002_x",
        "phase": "contract",
        "reversible": entry["reversible"],
        "atomic": True,
        "risks": entry["risks"],
        "card": {
            "needed": True,
            "state": "review card: a risky migration has no review card",
            "reviewer": "",
            "acknowledged": [],
        },
        "sql": f"-- Remove field note from item\n{DROPPED}",
    }
    assert operation["operation"] == "RemoveField item.note"
    assert operation["data_loss"] is True
    missing = next(f for f in document["findings"] if f["slug"] == "missing-review-card")
    assert missing["location"] == {"file": history.here("0002_x"), "line": 4}
    dropped = next(f for f in document["findings"] if f["slug"] == "column-dropped")
    assert dropped["details"]["phase"] == "contract"


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_forms(form: str, history: History) -> None:
    history.add("0002_x", DROP)
    code, text = run("dev", "0002", "--format", form)
    assert code == 1
    assert "missing-review-card" in text or "MissingReviewCard" in text


def test_card(history: History, ada: Callable[[str], None]) -> None:
    """Written, filled in, committed, changed, renewed."""
    history.add("0002_x", DROP)
    history.repository()
    path = history.card("0002_x")
    shown = f"{history.package}/0002_x.review.toml"
    assert run("dev", "0002", "--card") == (
        0,
        f"wrote {shown}, signed by Ada <ada@example.com>; fill in rollback and restore\n",
    )
    card = read(path).card
    assert card is not None
    assert (card.author, card.phase) == ("Ada <ada@example.com>", "contract")
    assert card.acknowledged == ("column-dropped",)
    assert card.sql.endswith(DROPPED)
    code, text = run("dev", "--check")
    assert code == 1
    assert "The review card of dev.0002_x has no rollback and restore." in text
    _fill_in(path)
    assert run("dev", "0002", "--check")[0] == 0
    assert run("dev", "0002")[0] == 0
    before = path.read_text()
    assert run("dev", "0002", "--card") == (
        0,
        f"wrote {shown}, signed by Ada <ada@example.com>\n",
    )
    assert path.read_text() == before
    history.add("0002_x", f"{DROP}, {SAFE}")
    code, text = run("dev", "--check")
    assert code == 1
    assert "by Ada <ada@example.com> on " in text
    assert "AddField item.x was added." in text
    run("dev", "0002", "--card")
    renewed = read(path).card
    assert renewed is not None
    assert (renewed.rollback, renewed.restore) == ("Deploy the last.", "The dump.")
    assert run("dev", "--check")[0] == 0


def _fill_in(path: Path) -> None:
    text = path.read_text().replace('rollback = ""', 'rollback = "Deploy the last."')
    path.write_text(text.replace('restore = ""', 'restore = "The dump."'))


def test_second_person(
    history: History, ada: Callable[[str], None], governance_settings: Callable[..., None]
) -> None:
    governance_settings(SECOND_PERSON=True)
    history.add("0002_x", DROP)
    history.repository()
    assert (
        "not signed; fill in rollback and restore and reviewer" in run("dev", "0002", "--card")[1]
    )
    _fill_in(history.card("0002_x"))
    assert "has no reviewer and date" in run("dev", "--check")[1]
    ada("Bob")
    assert "signed by Bob <bob@example.com>" in run("dev", "0002", "--card")[1]
    assert run("dev", "--check")[0] == 0
    ada("Ada")
    assert "signed by Bob <bob@example.com>" in run("dev", "0002", "--card")[1]


def test_author_is_who_changed_it_last(history: History, ada: Callable[[str], None]) -> None:
    history.add("0002_x", DROP)
    history.repository()
    history.add("0002_x", f"{DROP}, {SAFE}")
    history.commit("more", who="Bob")
    run("dev", "0002", "--card")
    card = read(history.card("0002_x")).card
    assert card is not None
    assert (card.author, card.reviewer) == ("Bob <bob@example.com>", "Ada <ada@example.com>")


def test_cards_of_what_needs_one(history: History, ada: Callable[[str], None]) -> None:
    history.add("0002_x", SAFE)
    assert run("dev", "--card", "--all") == (
        0,
        "No migration needs a review card (the whole history, of dev).\n",
    )
    history.add("0003_y", DROP, after="0002_x")
    run("dev", "--card", "--all")
    assert history.card("0003_y").exists()
    assert not history.card("0002_x").exists()
    run("dev", "0002", "--card")
    assert history.card("0002_x").exists()


def test_card_of_a_package(history: History, ada: Callable[[str], None], tmp_path: Path) -> None:
    """In the project, for a package's folder is not in its git."""
    name = "0002_remove_content_type_name"
    _, text = run("contenttypes", "0002", "--card")
    assert text.startswith(f"wrote review/contenttypes/{name}.review.toml, signed by Ada")
    path = tmp_path / "review" / "contenttypes" / f"{name}.review.toml"
    card = read(path).card
    assert card is not None
    assert card.author == ""
    assert "has no rollback and restore" in run("contenttypes", "0002", "--check")[1]
    _fill_in(path)
    assert run("contenttypes", "0002", "--check")[0] == 0


def test_no_card_over_what_can_not_be_read(history: History, ada: Callable[[str], None]) -> None:
    history.add("0002_x", DROP)
    history.card("0002_x").write_text("rollback = 'for hours I wrote this\n")
    text = error("dev", "0002", "--card")
    assert "is not TOML" in text
    assert text.endswith(f"{history.package}/0002_x.review.toml was left as it is.")
    assert "for hours" in history.card("0002_x").read_text()


def test_no_cards_in_ci(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert error("--card") == (
        "Review cards are not written in CI (CI is set): people review. Run the command on your "
        "machine and commit the card."
    )


def test_check_looks_at_every_card(history: History, ada: Callable[[str], None]) -> None:
    """Also at those of migrations that are not new: an applied one is changed by nobody."""
    history.add("0002_x", DROP)
    run("dev", "0002", "--card")
    _fill_in(history.card("0002_x"))
    history.repository()
    history.add("0002_x", f"{DROP}, {SAFE}")
    history.commit("changed")
    orphan = history.card("0003_gone")
    orphan.write_text(history.card("0002_x").read_text().replace("dev.0002_x", "dev.0003_gone"))
    code, text = run("--check", "--since", "HEAD")
    assert code == 1
    assert "dev.0002_x was changed after its review by Ada" in text
    assert "0003_gone.review.toml is about dev.0003_gone, which does not exist." in text


def test_cards_of_replaced_migrations_stay(history: History, ada: Callable[[str], None]) -> None:
    history.add("0002_x", DROP)
    run("dev", "0002", "--card")
    _fill_in(history.card("0002_x"))
    history.add("0002_squashed", DROP, more='replaces = [("dev", "0002_x")]')
    (history.folder / "0002_x.py").unlink()
    assert run("dev", "--check", "--all") == (
        0,
        "No findings.\n2 migrations reviewed: the whole history, of dev.\n",
    )


def test_stats(history: History, db: None, tmp_path: Path) -> None:
    history.add("0002_x", SAFE)
    file = tmp_path / "stats.json"
    assert run("--write-stats", str(file)) == (0, "")
    tables = json.loads(file.read_text())["tables"]
    assert {"finance_transaction", "dev_project"} <= set(tables)
    assert set(tables["finance_transaction"]) == {"rows", "bytes"}
    assert run("--write-stats", "-")[1] == file.read_text()
    assert run("dev", "0002", "--stats", str(file))[0] == 0


WRONG_STATS = {
    "x": "stats.json is not JSON: Expecting value: line 1 column 1 (char 0). ",
    "{}": 'stats.json has no "tables". ',
    "[]": 'stats.json has no "tables". ',
    '{"tables": {"a": 1}}': "stats.json has no figures for 'a': write {\"rows\": 1000}. ",
    '{"tables": {"a": {"rows": "x"}}}': (
        "stats.json has no figures for 'a': write {\"rows\": 1000}. "
    ),
    '{"tables": {}, "version": 2}': (
        "stats.json has version 2, and this release reads version 1. "
    ),
}


@pytest.mark.parametrize("text", WRONG_STATS)
def test_wrong_stats(text: str, history: History, tmp_path: Path) -> None:
    (tmp_path / "stats.json").write_text(text)
    assert error("--all", "--stats", "stats.json") == (
        WRONG_STATS[text] + "Write it with: manage.py schema_review --write-stats FILE"
    )


def test_unreadable_stats(history: History, tmp_path: Path) -> None:
    assert error("--all", "--stats", "no.json") == (
        "no.json can't be read: No such file or directory."
    )
    (tmp_path / "stats.json").write_bytes(b"\xff")
    assert error("--all", "--stats", "stats.json") == ("stats.json can't be read: it is not UTF-8.")


def test_sizes_of_a_database(history: History, transactional_db: None) -> None:
    from governance.review import stats

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE sized (id int)")
        try:
            assert stats.of_database(connection).rows["sized"] == 0
            cursor.execute("INSERT INTO sized SELECT generate_series(1, 1000)")
            assert "sized" not in stats.of_database(connection).rows
            cursor.execute("ANALYZE sized")
            sizes = stats.of_database(connection)
            assert sizes.rows["sized"] == 1000
            assert sizes.bytes["sized"] >= 8192
            assert stats.loads(stats.dumps(sizes)) == sizes
        finally:
            cursor.execute("DROP TABLE sized")


def test_sizes_of_a_partitioned_table(db: None) -> None:
    from governance.review import stats

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE parted (id int) PARTITION BY RANGE (id)")
        cursor.execute("CREATE TABLE parted_a PARTITION OF parted FOR VALUES FROM (0) TO (9)")
        cursor.execute("CREATE TABLE parted_b PARTITION OF parted FOR VALUES FROM (9) TO (99)")
        assert stats.of_database(connection).rows["parted"] == 0
        cursor.execute("INSERT INTO parted SELECT generate_series(1, 50)")
        assert "parted" not in stats.of_database(connection).rows
        cursor.execute("ANALYZE parted")
        assert stats.of_database(connection).rows["parted"] == 50


def test_sql(history: History) -> None:
    history.add("0002_x", SAFE)
    assert 'ALTER TABLE "dev_item" ADD COLUMN "x" integer NULL;' in run("dev", "0002", "--sql")[1]


def test_sql_asks_no_database(history: History) -> None:
    """So it is the same text on every machine; names of constraints are the exception."""
    history.add("0002_x", f"{SAFE}, {DROP}")
    (review,) = review_all(TolerantLoader(), {("dev", "0002_x")})
    before = review.reviewed.operations[0].state_before
    nowhere = {**connection.settings_dict, "HOST": "/nonexistent", "NAME": "none"}
    offline = type(connections["default"])(nowhere, "default")
    assert sql_of(review.reviewed.migration, before, offline) == (
        "-- Add field x to item\n"
        'ALTER TABLE "dev_item" ADD COLUMN "x" integer NULL;\n'
        "-- Remove field note from item\n"
        f"{DROPPED}"
    )


def test_sql_that_can_not_be_shown(history: History, db: None) -> None:
    head = """
    class Odd(migrations.RunPython):
        def database_forwards(self, *args):
            raise ValueError("not today")
        def state_forwards(self, *args): ...
        reduces_to_sql = True
    """
    history.add("0002_x", "Odd(migrations.RunPython.noop)", head=head)
    assert "-- The SQL can't be shown: not today" in run("dev", "0002", "--sql")[1]


def test_unreachable_database(history: History, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    from django.db import OperationalError

    def refuse(*_: object) -> None:
        raise OperationalError("connection refused\nIs it running?")

    monkeypatch.setattr("django.db.migrations.recorder.MigrationRecorder.has_table", refuse)
    monkeypatch.setattr(
        "django.db.migrations.recorder.MigrationRecorder.applied_migrations", refuse
    )
    assert error("--database", "default") == (
        "The database 'default' can't be asked: connection refused"
    )
    scope, names = reviewed()
    assert scope == ("the whole history, as neither a commit nor a database says what is new")
    assert names == ["dev.0001_initial"]


@pytest.fixture
def baseline(
    governance_settings: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "accepted.toml"
    governance_settings(BASELINE=str(file))
    return file


ADOPT = "--adopt", "--reason", "Since ever.", "--until", "2999-01-01"


def test_adopt_and_shrink(history: History, baseline: Path) -> None:
    """What was accepted is counted, and not told, until it is gone."""
    history.add("0002_x", DROP)
    assert run("dev", "0002")[0] == 1
    assert run("--all", *ADOPT) == (
        0,
        "2 findings accepted until 2999-01-01: accepted.toml has 2 entries, 2 places now.\n",
    )
    assert baseline.read_text().count('"review",') == 2
    for scope in (("dev", "0002"), ("--all",)):
        code, text = run(*scope)
        assert (code, "2 in the baseline." in text) == (0, True)
    assert run("--all", *ADOPT) == (0, "There is nothing to adopt.\n")
    history.add("0003_x", 'migrations.RemoveField("item", "name")', after="0002_x")
    assert "drops dev_item.name" in run("--all")[1]

    history.add("0002_x", SAFE)
    history.add("0003_x", SAFE.replace('"x"', '"y"'), after="0002_x")
    code, text = run("--all")
    assert code == 1
    assert (
        "error: column-dropped of dev.0002_x#1 (RemoveField dev_item.note) by dev is accepted, "
        "but the review no longer finds it. (governance.E222 stale-baseline)\n"
        "  at accepted.toml:24\n"
        "  Run: manage.py schema_review --all --shrink\n" in text
    ), text
    assert run("--all", "--shrink") == (
        0,
        "accepted.toml: 2 entries removed; 0 entries, 0 places left.\n",
    )


def test_partial_reviews_say_nothing_is_gone(history: History, baseline: Path) -> None:
    history.add("0002_x", DROP)
    run("--all", *ADOPT)
    history.add("0002_x", SAFE)
    sizes = str(baseline.parent / "sizes.json")
    run("--write-stats", sizes)
    for scope in (["dev"], ["dev", "0002"], ["dev", "--all"], [], ["--all", "--stats", sizes]):
        assert run(*scope)[0] == 0
        assert error(*scope, "--shrink").startswith("Only a review of everything can say")
    broken = history.file("0003_broken", "this is no Python")
    assert "stale-baseline" not in run("--all")[1]
    assert error("--all", "--shrink").startswith("Only a review of everything can say")
    broken.unlink()
    assert "2 entries removed" in run("--all", "--shrink")[1]


def test_the_check_leaves_entries_of_the_review(history: History, baseline: Path) -> None:
    history.add("0002_x", DROP)
    run("--all", *ADOPT)
    kept = baseline.read_text()
    out = io.StringIO()
    call_command("schema_check", "--shrink", stdout=out, stderr=io.StringIO())
    assert "nothing is gone; 2 entries" in out.getvalue()
    assert baseline.read_text() == kept


def test_ended(history: History, baseline: Path) -> None:
    history.add("0002_x", DROP)
    run("--all", *ADOPT)
    baseline.write_text(baseline.read_text().replace("2999-01-01", "2001-01-01"))
    code, text = run("dev", "0002")
    assert code == 1
    assert "Write what the rule's page says, or agree on a new day: schema_review --all" in text


def test_adopting_needs_terms_and_people(
    history: History, baseline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert error("--all", "--adopt") == (
        'What is accepted needs a reason and an end: --adopt --reason "…" --until 2027-06-30'
    )
    assert error("--reason", "x") == "--reason needs --adopt."
    assert error("--check", *ADOPT) == "--check can't be used with --adopt."
    assert error("--all", "--write-stats", "-", "--shrink") == (
        "--write-stats can't be used with --shrink."
    )
    monkeypatch.setenv("CI", "true")
    assert error("--all", *ADOPT).startswith("accepted.toml is not written in CI (CI is set)")
    assert not baseline.exists()


def test_other_databases(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "sqlite")
    assert error("--all") == (
        "The database 'default' is sqlite. This command works on PostgreSQL only."
    )


WRONG_SETTINGS: list[tuple[dict[str, object], str]] = [
    (
        {"REVIEW": "ricky"},
        "GOVERNANCE['REVIEW'] is 'ricky', so governance stays off. "
        "Did you mean 'risky'? Choose 'risky', 'all' or 'none'.",
    ),
    (
        {"REVIEW": True},
        "GOVERNANCE['REVIEW'] is True, so governance stays off. Choose 'risky', 'all' or 'none'.",
    ),
    (
        {"SECOND_PERSON": "yes"},
        "GOVERNANCE['SECOND_PERSON'] is 'yes', not True or False, so governance stays off. ",
    ),
    ({"CARDS": 1}, "GOVERNANCE['CARDS'] is 1, not a text, so governance stays off. "),
    ({"SINCE": None}, "GOVERNANCE['SINCE'] is None, not a text, so governance stays off. "),
]


@pytest.mark.parametrize(("given", "message"), WRONG_SETTINGS)
def test_wrong_settings(
    given: dict[str, object], message: str, governance_settings: Callable[..., None]
) -> None:
    governance_settings(**given)
    assert error("--all").startswith(message)


def test_folder_of_cards(
    history: History, ada: Callable[[str], None], governance_settings: Callable[..., None]
) -> None:
    governance_settings(CARDS=history.project / "cards of packages")
    run("contenttypes", "0002", "--card")
    assert len(list(history.project.glob("cards of packages/contenttypes/0002_*.toml"))) == 1
