"""The wheel in an unrelated new project: one line in INSTALLED_APPS, and nothing is blocked."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.monolith import CHECKOUT, Monolith


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder)]
    subprocess.run([*command, str(CHECKOUT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture
def installed(wheel: Path, monolith: Monolith) -> Monolith:
    """A project that finds governance in the installed wheel, not in this checkout."""
    site = monolith.folder / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    monolith.path = [str(site)]
    return monolith


def test_wheel_holds_what_the_app_needs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        str(file.relative_to(CHECKOUT))
        for file in (CHECKOUT / "governance").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert sources <= names
    assert {name.split("/")[0] for name in names} == {
        "governance",
        "django_schema_governance-0.1.0.dist-info",
    }


def test_startproject(installed: Monolith) -> None:
    for command in (["startproject", "site1", "."], ["startapp", "blog"], ["startapp", "shop"]):
        result = installed.manage(*command, DJANGO_SETTINGS_MODULE="")
        assert result.returncode == 0, result.stderr
    settings = installed.folder / "site1/settings.py"
    text = settings.read_text()
    text = text.replace("INSTALLED_APPS = [", 'INSTALLED_APPS = [\n    "governance",\n', 1)
    text = text.replace("'django.contrib.messages',", "'django.contrib.messages', 'blog', 'shop',")
    text += "\nimport json, os\nDATABASES = json.loads(os.environ['TEST_DATABASES'])\n"
    settings.write_text(text)
    installed.write("blog/models.py", MODELS.format("Post", ""))
    reference = "post = models.ForeignKey('blog.Post', models.CASCADE)"
    installed.write("shop/models.py", MODELS.format("Order", reference))
    installed.write("shop/actions.py", ACTIONS)

    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        return installed.manage(*arguments, DJANGO_SETTINGS_MODULE="site1.settings")

    for command in (["makemigrations"], ["migrate", "-v0"], ["check"]):
        result = manage(*command)
        assert result.returncode == 0, result.stderr
        assert "governance" not in result.stderr
    owners = manage("schema_owners")
    assert owners.returncode == 0, owners.stderr
    lines = [line.split() for line in owners.stdout.splitlines()]
    assert ["blog_post", "blog", "–"] in lines
    assert ["shop_order", "shop", "–"] in lines
    assert owners.stdout.endswith(
        "\n"
        "2 tables of 2 modules.\n"
        "Nothing is declared yet: each app counts as a module, and nothing is refused.\n"
        "Begin with: manage.py schema_owners --init\n"
        "\n"
        "No findings.\n"
    )
    wrote = installed.python(
        "import governance; from shop.actions import publish; publish(); "
        "from blog.models import Post; print(Post.objects.count(), governance.__file__)",
        DJANGO_SETTINGS_MODULE="site1.settings",
    )
    assert wrote.stdout == f"1 {installed.path[0]}{os.sep}governance{os.sep}__init__.py\n"
    assert "shop may not insert into blog_post: the table belongs to blog." in wrote.stderr


MODELS = """
from django.db import models

class {0}(models.Model):
    name = models.CharField(max_length=10, default="")
    {1}
"""
ACTIONS = """
from blog.models import Post

def publish():
    Post.objects.create(name="from shop")
"""
