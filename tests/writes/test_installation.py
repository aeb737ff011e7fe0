"""The guard is there on every connection, whenever it was opened, and in real servers."""

from tests.monolith import Monolith

DECLARED = "MODULE = Module(name='{0}', apps=['{0}'])"
ORDER = "class Order(models.Model):\n    name = models.CharField(max_length=9, default='')\n"


def shop(monolith: Monolith) -> Monolith:
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


def test_connection_opened_before_the_app_was_ready(monolith: Monolith) -> None:
    shop(monolith)
    monolith.write(
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
    monolith.write("early/__init__.py", "")
    monolith.apps.insert(0, "early")
    monolith.write(
        "early/ownership.py", "from governance import Module\nM = Module(name='e', apps=['early'])"
    )
    result = monolith.python(
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


def test_reconnected(monolith: Monolith) -> None:
    result = shop(monolith).python(
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


def test_temporary_tables_are_forgotten_with_their_connection(monolith: Monolith) -> None:
    """A temporary table may hide a table of another module, but not for longer than it lives."""
    shop(monolith)
    monolith.write(
        "stock/scratch.py",
        """
        from django.db import connection

        def run(sql):
            with connection.cursor() as cursor:
                cursor.execute(sql)
        """,
    )
    result = monolith.python(
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


def test_generic_view_acts_as_its_module(monolith: Monolith) -> None:
    """No line of the view is on the stack: its class tells whose it is."""
    shop(monolith)
    for app in ("shop", "stock"):
        monolith.write(
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
    result = monolith.python(
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


def test_shell_is_unknown(monolith: Monolith) -> None:
    result = shop(monolith).manage("shell", "-c", "from shop.models import Order as O; O().save()")
    assert result.returncode == 1
    assert "WriteRefused: Code of no module may not insert into shop_order" in result.stderr
    scoped = (
        "from governance import acting_as\nfrom shop.models import Order\n"
        "with acting_as('shop', reason='repair'):\n    Order().save()"
    )
    assert monolith.manage("shell", "-c", scoped).returncode == 0


def test_commands_of_django_are_not_in_the_way(monolith: Monolith) -> None:
    shop(monolith)
    fixture = '[{"model": "shop.order", "pk": 1, "fields": {"name": "x"}}]'
    monolith.write("orders.json", fixture)
    for command in (
        ["loaddata", "orders.json"],
        ["createcachetable"],
        ["flush", "--no-input", "-v0"],
        ["createsuperuser", "--no-input", "--username", "a", "--email", "a@example.com"],
        ["changepassword", "--help"],
        ["migrate", "shop", "zero", "-v0"],
        ["migrate", "-v0"],
    ):
        result = monolith.manage(*command, DJANGO_SUPERUSER_PASSWORD="x")
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
