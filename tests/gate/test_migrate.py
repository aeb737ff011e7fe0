"""``migrate`` refuses what nobody has reviewed, before the first statement, and nothing else."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.monolith import Monolith

MODELS = """
class Order(models.Model):
    name = models.CharField(max_length=10)
    note = models.TextField(null=True)
"""
DROP = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RemoveField("order", "note")]
"""
PLACE = "shop/migrations/0002_drop"


@pytest.fixture(scope="module")
def prepared(new_monolith: Callable[[], Monolith]) -> Monolith:
    """One module, its first migration applied, the second one risky; in enforce mode."""
    monolith = new_monolith()
    monolith.app("shop", MODELS, "MODULE = Module(name='shop', apps=['shop'])")
    monolith.set("GOVERNANCE = {'MODE': 'enforce'}")
    for command in (["makemigrations"], ["migrate", "-v0"]):
        result = monolith.manage(*command)
        assert result.returncode == 0, result.stderr
    monolith.write(f"{PLACE}.py", DROP)
    text = MODELS.replace("    note = models.TextField(null=True)\n", "")
    monolith.write("shop/models.py", "from django.db import models\n" + text)
    return monolith


@pytest.fixture
def shop(prepared: Monolith, tmp_path: Path) -> Iterator[Monolith]:
    yield (project := prepared.copy(tmp_path))
    project.drop()


IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
}


def fill_in(path: Path) -> None:
    text = path.read_text().replace('rollback = ""', 'rollback = "Deploy the last."')
    path.write_text(text.replace('restore = ""', 'restore = "The dump."'))


def test_refused_until_reviewed(shop: Monolith) -> None:
    refused = shop.manage("migrate")
    assert refused.returncode == 1
    assert refused.stderr.startswith(
        "CommandError: Nothing was migrated. Migrations can't go ahead like this:\n\nerror: "
    )
    assert refused.stderr.endswith(
        "error: shop.0002_drop has no review card: it takes structure away or demands more of "
        "writers, loses data and has findings that are errors (column-dropped). "
        "(governance.E306 missing-review-card)\n"
        f"  at {PLACE}.py:4\n"
        "  Run: manage.py schema_review shop 0002_drop --card\n"
        "  Fill in rollback and restore, and commit it.\n"
    )
    assert "(governance.E540 column-dropped)" in refused.stderr
    written = shop.manage("schema_review", "shop", "0002_drop", "--card", **IDENTITY)
    assert written.stdout == (
        f"wrote {PLACE}.review.toml, signed by Ada <ada@example.com>; fill in rollback and "
        "restore\n"
    )
    incomplete = shop.manage("migrate")
    assert incomplete.returncode == 1
    assert "The review card of shop.0002_drop has no rollback and restore." in incomplete.stderr
    fill_in(shop.folder / f"{PLACE}.review.toml")
    shop.write(f"{PLACE}.py", DROP + "\n# a remark\n")
    done = shop.manage("migrate", "-v0")
    assert (done.returncode, done.stderr) == (0, "")


def test_changed_after_its_review(shop: Monolith) -> None:
    shop.manage("schema_review", "shop", "0002_drop", "--card", **IDENTITY)
    fill_in(shop.folder / f"{PLACE}.review.toml")
    shop.write(f"{PLACE}.py", DROP.replace('"note")]', '"note"), migrations.RunSQL("SELECT 1")]'))
    result = shop.manage("migrate")
    assert result.returncode == 1
    assert (
        "error: shop.0002_drop was changed after its review by Ada <ada@example.com> on "
        in result.stderr
    )
    assert ": RunSQL was added. (governance.E307 outdated-review-card)\n" in result.stderr


def test_reported(shop: Monolith) -> None:
    shop.set("GOVERNANCE = {'MODE': 'report'}")
    result = shop.manage("migrate", "-v0")
    assert result.returncode == 0
    assert "shop.0002_drop has no review card: it takes structure away" in result.stderr


def test_backwards_is_never_refused(shop: Monolith) -> None:
    shop.set("GOVERNANCE = {'MODE': 'off'}")
    assert shop.manage("migrate", "-v0").returncode == 0
    shop.set("GOVERNANCE = {'MODE': 'enforce'}")
    back = shop.manage("migrate", "shop", "0001", "-v0")
    assert (back.returncode, back.stderr) == (0, "")


def test_new_databases_repeat_what_was_agreed(shop: Monolith) -> None:
    shop.databases["default"] = shop.second_database()
    result = shop.manage("migrate", "-v0")
    assert (result.returncode, result.stderr) == (0, "")


def test_test_databases_are_built_and_kept(shop: Monolith) -> None:
    shop.write(
        "shop/tests.py",
        """
        from django.test import TestCase
        class Any(TestCase):
            def test(self):
                pass
        """,
    )
    shutil.move(shop.folder / f"{PLACE}.py", shop.folder / "later")
    first = shop.manage("test", "--keepdb")
    assert first.returncode == 0, first.stderr
    shutil.move(shop.folder / "later", shop.folder / f"{PLACE}.py")
    kept = shop.manage("test", "--keepdb")
    assert kept.returncode == 0, kept.stderr
    assert "review card" not in kept.stderr


def test_upgraded_packages_are_reviewed(shop: Monolith) -> None:
    """Not when a package is installed: then there is nothing that could break."""
    package = shop.folder / "site-packages"
    place = "site-packages/pack/migrations"
    shop.write("site-packages/pack/__init__.py", "")
    shop.write(f"{place}/__init__.py", "")
    shop.write("site-packages/pack/models.py", "")
    shop.write(
        f"{place}/0001_initial.py",
        """
        from django.db import migrations, models
        class Migration(migrations.Migration):
            operations = [
                migrations.CreateModel("Thing", [("id", models.AutoField(primary_key=True)),
                                                 ("a", models.TextField(null=True))]),
            ]
        """,
    )
    drop = DROP.replace('("shop", "0001_initial")', '("pack", "0001_initial")')
    drop = drop.replace('"order", "note"', '"thing", "a"')
    shop.write(f"{place}/0002_drop.py", drop)
    shop.path.append(str(package))
    shop.apps.append("pack")
    (shop.folder / f"{PLACE}.py").rename(shop.folder / "later")
    installed = shop.manage("migrate", "-v0", "pack")
    assert (installed.returncode, installed.stderr) == (0, "")
    shop.write(
        f"{place}/0003_drop.py",
        drop.replace("0001_initial", "0002_drop").replace(
            'migrations.RemoveField("thing", "a")', 'migrations.DeleteModel("thing")'
        ),
    )
    upgraded = shop.manage("migrate", "-v0", "pack")
    assert upgraded.returncode == 1
    assert "pack.0003_drop has no review card: it takes structure away" in upgraded.stderr
    shop.manage("schema_review", "pack", "0003", "--card", **IDENTITY)
    fill_in(shop.folder / "review/pack/0003_drop.review.toml")
    reviewed = shop.manage("migrate", "-v0", "pack")
    assert reviewed.returncode == 0
    assert "review card" not in reviewed.stderr


def test_makemigrations_explains_before_a_file_is_written(shop: Monolith) -> None:
    (shop.folder / f"{PLACE}.py").unlink()
    result = shop.manage("makemigrations")
    assert result.returncode == 1
    assert result.stderr.startswith(
        "CommandError: No migration was written. The new migrations can't go ahead like this:\n\n"
        "error: shop.0002_remove_order_note: operation 1 (RemoveField) drops shop_order.note"
    )
    assert result.stderr.endswith(
        "\n"
        "If it has to be like this, run it once with --governance report, and say on the review "
        "card\n"
        "how to go back:\n"
        "manage.py schema_review shop 0002_remove_order_note --card\n"
    )
    assert [f.name for f in shop.folder.glob("shop/migrations/0002*")] == []
    written = shop.manage("makemigrations", "--governance", "report")
    assert written.returncode == 0
    assert "drops shop_order.note" in written.stderr


def test_broken_migrations_are_told_by_name(shop: Monolith) -> None:
    shop.write(f"{PLACE}.py", "class Migration(:")
    result = shop.manage("makemigrations")
    assert result.returncode == 1
    assert result.stderr == (
        "CommandError: No migration was written. The migrations on disk can't go ahead like this:\n"
        "\n"
        "error: shop.0002_drop can't be loaded: SyntaxError: invalid syntax. "
        "(governance.E313 unreadable-migration)\n"
        f"  at {PLACE}.py:1\n"
        "  Correct it. Until then it is not reviewed, nor is anything that depends on it.\n"
    )
