"""The guard is there on every connection, whenever it was opened, and in real servers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.monolith import Monolith

DECLARED = "MODULE = Module(name='{0}', apps=['{0}'])"
ORDER = "class Order(models.Model):\n    name = models.CharField(max_length=9, default='')\n"


@pytest.fixture(scope="module")
def prepared(new_monolith: Callable[[], Monolith]) -> Monolith:
    monolith = new_monolith()
    monolith.app("shop", ORDER, DECLARED.format("shop"))
    monolith.app("stock", "", DECLARED.format("stock"))
    monolith.set("GOVERNANCE = {'MODE': 'enforce'}")
    monolith.write(
        "stock/actions.py",
        """
        from shop.models import Order

        def write():
            Order.objects.create()
        """,
    )
    for command in (["makemigrations"], ["migrate", "-v0"]):
        result = monolith.manage(*command)
        assert result.returncode == 0, result.stderr
    return monolith


@pytest.fixture
def shop(prepared: Monolith, tmp_path: Path) -> Iterator[Monolith]:
    yield (project := prepared.copy(tmp_path))
    project.drop()


def test_connection_opened_before_the_app_was_ready(shop: Monolith) -> None:
    shop.write(
        "early/apps.py",
        """
        from django.apps import AppConfig

        class EarlyConfig(AppConfig):
            name = "early"

            def ready(self):
                from django.db import connection
                connection.ensure_connection()
        """,
    )
    shop.write("early/__init__.py", "")
    shop.apps.insert(0, "early")
    shop.write(
        "early/ownership.py", "from governance import Module\nM = Module(name='e', apps=['early'])"
    )
    result = shop.python(
        """
        from governance import WriteRefused
        from stock.actions import write
        try:
            write()
        except WriteRefused as error:
            print(error.actor, error.owner, error.table)
        """
    )
    assert result.stdout == "stock shop shop_order\n", result.stderr


def test_reconnected(shop: Monolith) -> None:
    result = shop.python(
        """
        from django.db import connection
        from governance import WriteRefused
        from stock.actions import write
        for _ in range(2):
            try:
                write()
            except WriteRefused as error:
                print(error.actor)
            connection.close()
        """
    )
    assert result.stdout == "stock\nstock\n", result.stderr


def test_temporary_tables_are_forgotten_with_their_connection(shop: Monolith) -> None:
    """A temporary table may hide a table of another module, but not for longer than it lives."""
    shop.write(
        "stock/scratch.py",
        """
        from django.db import connection

        def run(sql):
            with connection.cursor() as cursor:
                cursor.execute(sql)
        """,
    )
    result = shop.python(
        """
        from django.db import connection
        from governance import WriteRefused
        from stock.scratch import run
        run("CREATE TEMP TABLE shop_order (a int)")
        run("INSERT INTO shop_order VALUES (1)")
        connection.close()
        try:
            run("INSERT INTO shop_order DEFAULT VALUES")
        except WriteRefused as error:
            print(error.actor)
        """
    )
    assert result.stdout == "stock\n", result.stderr


def test_generic_view_acts_as_its_module(shop: Monolith) -> None:
    """No line of the view is on the stack: its class tells whose it is."""
    for app in ("shop", "stock"):
        shop.write(
            f"{app}/views.py",
            """
            from django.views.generic import CreateView
            from shop.models import Order

            class OrderCreate(CreateView):
                model = Order
                fields = ["name"]
                success_url = "/done"
            """,
        )
    result = shop.python(
        """
        from django.test import RequestFactory
        from governance import WriteRefused
        import shop.views, stock.views
        request = RequestFactory().post("/", {"name": "x"})
        request._dont_enforce_csrf_checks = True
        print(shop.views.OrderCreate.as_view()(request).status_code)
        try:
            stock.views.OrderCreate.as_view()(request)
        except WriteRefused as error:
            print(error.actor, error.location.function)
        """
    )
    assert result.stdout == "302\nstock stock.views.OrderCreate\n", result.stderr


def test_shell_is_unknown(shop: Monolith) -> None:
    result = shop.manage("shell", "-c", "from shop.models import Order as O; O().save()")
    assert result.returncode == 1
    assert "WriteRefused: Code of no module may not insert into shop_order" in result.stderr
    scoped = (
        "from governance import acting_as\nfrom shop.models import Order\n"
        "with acting_as('shop', reason='repair'):\n    Order().save()"
    )
    assert shop.manage("shell", "-c", scoped).returncode == 0


def test_commands_of_django_are_not_in_the_way(shop: Monolith) -> None:
    fixture = '[{"model": "shop.order", "pk": 1, "fields": {"name": "x"}}]'
    shop.write("orders.json", fixture)
    for command in (
        ["loaddata", "orders.json"],
        ["createcachetable"],
        ["flush", "--no-input", "-v0"],
        ["createsuperuser", "--no-input", "--username", "a", "--email", "a@example.com"],
        ["changepassword", "--help"],
        ["migrate", "shop", "zero", "-v0"],
        ["migrate", "-v0"],
    ):
        result = shop.manage(*command, DJANGO_SUPERUSER_PASSWORD="x")
        assert result.returncode == 0, (command, result.stderr)


def test_post_migrate_receivers_of_the_owner(monolith: Monolith) -> None:
    monolith.app("shop", ORDER, DECLARED.format("shop"))
    monolith.set("GOVERNANCE = {'MODE': 'enforce'}")
    monolith.write(
        "shop/apps.py",
        """
        from django.apps import AppConfig
        from django.db.models.signals import post_migrate

        def fill(sender, **kwargs):
            sender.get_model("Order").objects.get_or_create(name="first")

        class ShopConfig(AppConfig):
            name = "shop"

            def ready(self):
                post_migrate.connect(fill, sender=self)
        """,
    )
    for command in (["makemigrations"], ["migrate", "-v0"]):
        result = monolith.manage(*command)
        assert result.returncode == 0, result.stderr


def test_middleware_of_another_module_is_not_blamed(shop: Monolith) -> None:
    """The class that the framework runs is further inside than a middleware or a decorator."""
    shop.write(
        "stock/around.py",
        """
        def middleware(get_response):
            def call(request):
                return get_response(request)
            return call

        class Mixin:
            def dispatch(self, request, *args, **kwargs):
                return super().dispatch(request, *args, **kwargs)
        """,
    )
    shop.write(
        "shop/views.py",
        """
        from django.views.generic import CreateView
        from shop.models import Order
        from stock.around import Mixin

        class OrderCreate(Mixin, CreateView):
            model = Order
            fields = ["name"]
            success_url = "/done"
        """,
    )
    shop.write(
        "shop/urls.py",
        "from django.urls import path\nfrom shop.views import OrderCreate\n"
        "urlpatterns = [path('', OrderCreate.as_view())]\n",
    )
    shop.set("ROOT_URLCONF = 'shop.urls'\nMIDDLEWARE = ['stock.around.middleware']")
    shop.set("ALLOWED_HOSTS = ['*']")
    result = shop.python(
        "from django.test import Client; print(Client().post('/', {'name': 'x'}).status_code)"
    )
    assert result.stdout == "302\n", result.stderr


def test_own_user_model(monolith: Monolith) -> None:
    """Signing in and the like is the work of the module that owns the user model."""
    monolith.apps += [
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.admin",
    ]
    user = """
    from django.contrib.auth.models import AbstractUser

    class User(AbstractUser):
        pass
    """
    monolith.app("people", user, DECLARED.format("people"))
    monolith.app("stock", "", DECLARED.format("stock"))
    monolith.write(
        "people/admin.py",
        "from django.contrib import admin\nfrom django.contrib.auth.admin import UserAdmin\n"
        "from people.models import User\nadmin.site.register(User, UserAdmin)\n",
    )
    monolith.write(
        "people/urls.py",
        "from django.contrib import admin\nfrom django.urls import path\n"
        "urlpatterns = [path('admin/', admin.site.urls)]\n",
    )
    monolith.set(
        """
        GOVERNANCE = {"MODE": "enforce"}
        AUTH_USER_MODEL = "people.User"
        ROOT_URLCONF = "people.urls"
        ALLOWED_HOSTS = ["*"]
        MIDDLEWARE = [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ]
        TEMPLATES = [{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]},
        }]
        """
    )
    superuser = ["createsuperuser", "--no-input", "--username", "a", "--email", "a@example.com"]
    for command in (["makemigrations"], ["migrate", "-v0"], superuser):
        result = monolith.manage(*command, DJANGO_SUPERUSER_PASSWORD="x")
        assert result.returncode == 0, result.stderr
    result = monolith.python(
        """
        from django.test import Client
        from people.models import User
        client = Client()
        print(client.post("/admin/login/", {"username": "a", "password": "x"}).status_code)
        data = {"username": "b", "password1": "long-enough-7", "password2": "long-enough-7"}
        data["usable_password"] = "true"
        print(client.post("/admin/people/user/add/", data).status_code, User.objects.count())
        user = User.objects.get(username="b")
        url = f"/admin/people/user/{user.pk}/password/"
        data = {"password1": "other-enough-7", "password2": "other-enough-7"}
        print(client.post(url, data | {"usable_password": "true"}).status_code)
        """
    )
    assert result.stdout == "302\n302 2\n302\n", result.stderr
    monolith.write(
        "stock/actions.py",
        "from people.models import User\ndef add():\n    User.objects.create_user('c')\n",
    )
    refused = monolith.python("from stock.actions import add; add()")
    assert "stock may not insert into people_user" in refused.stderr


def test_cache_in_the_database(shop: Monolith) -> None:
    shop.set(
        "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.db.DatabaseCache', "
        "'LOCATION': 'cached'}}"
    )
    shop.write("stock/cached.py", "from django.core.cache import cache\ncache.set('a', 1)\n")
    assert shop.manage("createcachetable").returncode == 0
    result = shop.python("import stock.cached; print(stock.cached.cache.get('a'))")
    assert result.stdout == "1\n", result.stderr


def test_unusable_shares_harm_nobody(monolith: Monolith) -> None:
    """What a check has told is wrong must not break the writes as well."""
    monolith.app(
        "shop",
        ORDER,
        "M = Module(name='shop', apps=['shop'], shares=['x', Share(table='shop_order', "
        "module='stock', reason='r', until='2099-01-01')])",
    )
    monolith.app("stock", "", DECLARED.format("stock"))
    monolith.write(
        "stock/actions.py",
        "from shop.models import Order\ndef write():\n    Order.objects.create()\n",
    )
    checked = monolith.manage("check")
    assert checked.stderr.count("(governance.E108)") == 2
    assert "Traceback" not in checked.stderr
    monolith.set("SILENCED_SYSTEM_CHECKS = ['governance.E108']")
    for command in (["makemigrations"], ["migrate", "-v0"]):
        assert monolith.manage(*command).returncode == 0
    result = monolith.python("from stock.actions import write; write()")
    assert result.returncode == 0, result.stderr
    assert "stock may not insert into shop_order" in result.stderr


def test_unreadable_declarations_do_not_open_the_gate(shop: Monolith) -> None:
    """Declared but unreadable is not the same as not declared."""
    shop.write("modules.py", "from governance import Module\nraise ValueError('x')\n")
    for app in ("shop", "stock"):
        (shop.folder / app / "ownership.py").unlink()
    shop.set("GOVERNANCE = {'MODE': 'enforce', 'DECLARATIONS': 'modules'}")
    checked = shop.manage("check")
    assert checked.stderr.count("governance.") == 1
    result = shop.python("from stock.actions import write; write()")
    assert "WriteRefused: unknown:stock may not insert into shop_order" in result.stderr
    scoped = shop.python("from governance import acting_as\nwith acting_as('shop'): pass")
    assert scoped.returncode == 0, scoped.stderr


def test_middleware_is_not_taken_for_a_view_of_nobody(shop: Monolith) -> None:
    """Code of no module behind a middleware of a module does not act for that module."""
    shop.write(
        "shop/around.py",
        "def middleware(get_response):\n    def call(request):\n"
        "        return get_response(request)\n    return call\n",
    )
    shop.write(
        "pages.py",
        "from django.http import HttpResponse\nfrom django.urls import path\n"
        "from shop.models import Order\ndef page(request):\n    Order.objects.create()\n"
        "    return HttpResponse()\nurlpatterns = [path('', page)]\n",
    )
    shop.set("ROOT_URLCONF = 'pages'\nMIDDLEWARE = ['shop.around.middleware']")
    shop.set("ALLOWED_HOSTS = ['*']")
    result = shop.python("from django.test import Client; Client().get('/')")
    assert "Code of no module may not insert into shop_order" in result.stderr
    assert "  where    pages.py:5, in pages.page\n" in result.stderr


def test_run_syncdb(shop: Monolith) -> None:
    shop.app("loose", "class Thing(models.Model):\n    pass\n", DECLARED.format("loose"))
    (shop.folder / "loose/migrations/__init__.py").unlink()
    (shop.folder / "loose/migrations").rmdir()
    result = shop.manage("migrate", "--run-syncdb", "-v0")
    assert result.returncode == 0, result.stderr


def test_plugins_of_the_test_runner_may_arrange(shop: Monolith) -> None:
    shop.write(
        "site-packages/plugged.py",
        "import pytest\n@pytest.fixture\ndef order(db):\n"
        "    from shop.models import Order\n    return Order.objects.create(name='x')\n",
    )
    shop.write(
        "test_it.py",
        "pytest_plugins = ['plugged']\ndef test_it(order):\n    assert order.pk\n",
    )
    shop.path.append(str(shop.folder / "site-packages"))
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "--reuse-db", "test_it.py"]
    result = shop.run(*arguments)
    assert result.returncode == 0, result.stdout
    shop.write(
        "stock/migrations/0001_reach.py",
        "from django.db import migrations\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('shop', '0001_initial')]\n"
        "    operations = [migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN x int')]\n",
    )
    again = shop.run(*arguments)
    assert again.returncode == 0, again.stdout


def test_declarations_harm_no_query(monolith: Monolith) -> None:
    declared = "M = Module(name='shop', apps=['shop'], team=7, contact=['#a'], {})"
    broken = "interfaces=['shop.broken.pay'], packages=['shop.broken']"
    monolith.app("shop", ORDER, declared.format(broken))
    monolith.app("stock", "", DECLARED.format("stock"))
    monolith.write("shop/broken/__init__.py", "raise RuntimeError('x')\n")
    monolith.write(
        "stock/actions.py",
        "from shop.models import Order\ndef write():\n    Order.objects.create()\n",
    )
    checked = monolith.manage("check")
    assert checked.stderr.count("(governance.E102)") >= 1
    assert "Traceback" not in checked.stderr
    monolith.set("SILENCED_SYSTEM_CHECKS = ['governance.E102']")
    for command in (["makemigrations"], ["migrate", "-v0"]):
        assert monolith.manage(*command).returncode == 0
    result = monolith.python("from stock.actions import write; write()")
    assert result.returncode == 0, result.stderr
    assert "the table belongs to shop (7, ['#a'])." in result.stderr


def test_an_app_of_the_tests_arranges_rows(monolith: Monolith) -> None:
    """Some projects install their tests as an app; declared, it is a module like any other."""
    monolith.app("orders", PLAIN_ORDER, "MODULE = Module(name='orders', apps=['orders'])")
    monolith.app("tests")
    monolith.write("tests/signals.py", "from orders.models import Order\n" + ARRANGE)
    monolith.set("GOVERNANCE = {'MODE': 'enforce'}")
    monolith.manage("makemigrations", "orders")
    monolith.manage("migrate", "-v0")
    act = "from tests import signals; signals.arrange()"
    assert monolith.python(act).returncode == 0
    monolith.write("tests/ownership.py", "from governance import Module\n" + CLAIM)
    assert "tests may not insert into orders_order" in monolith.python(act).stderr


PLAIN_ORDER = "class Order(models.Model):\n    pass\n"
ARRANGE = "def arrange():\n    Order.objects.create()\n"
CLAIM = "MODULE = Module(name='tests', apps=['tests'])\n"


def test_what_packages_write_for_themselves_is_the_platforms(monolith: Monolith) -> None:
    """No line of the project is on the stack when a session is saved."""
    monolith.app("orders", PLAIN_ORDER, "MODULE = Module(name='orders', apps=['orders'])")
    monolith.apps.append("django.contrib.sessions")
    monolith.manage("migrate", "-v0")
    code = """
        from django.contrib.sessions.backends.db import SessionStore
        from governance.writes import journal
        journal.subscribe(lambda entry: print(entry.table, entry.actor.module))
        SessionStore().save()
    """
    assert monolith.python(code).stdout == "django_session platform\n"
