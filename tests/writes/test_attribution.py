"""Whose code is it? Stack, overrides, async boundaries, frameworks, system."""

import asyncio

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from governance import WriteRefused, current_actor
from governance.writes.files import TESTS, UNOWNED, learn
from project.finance.models import Transaction
from tests.monolith import CHECKOUT
from tests.writes.planted import code_in, function_in

CREATE = """
account = Account.objects.all()[0]
values = dict(account=account, amount_minor=1, currency="EUR", booked_at=timezone.now())
"""


def refused(act: object) -> WriteRefused:
    with pytest.raises(WriteRefused) as caught, transaction.atomic():
        act()  # type: ignore[operator]
    return caught.value


def test_tests_may_arrange_what_they_need(seeded: None, enforce: None) -> None:
    Transaction.objects.update(memo="arranged")


def test_innermost_code_decides() -> None:
    inner = function_in("finance/planted.py", "return current_actor()")
    outer = function_in("dev/planted.py", "return args[0]()")
    assert outer(inner) == "finance"


def test_library_code_is_passed_over() -> None:
    outer = function_in("dev/planted.py", "return list(map(lambda f: f(), args))[0]")
    assert outer(current_actor) == "dev"


def test_code_of_no_module_is_passed_over() -> None:
    """A shared helper of the project writes in the name of who calls it."""
    helper = function_in("shared/planted.py", "return current_actor()")
    outer = function_in("dev/planted.py", "return args[0]()")
    assert outer(helper) == "dev"


STRANGER = """
import threading
from governance import WriteRefused

def run(errors):
    try:
        Transaction.objects.update(memo="x")
    except WriteRefused as error:
        errors.append(error)
    finally:
        connection.close()

def start(errors):
    thread = threading.Thread(target=run, args=(errors,))
    thread.start()
    thread.join()
"""


def test_who_measures_beside_the_modules_arranges_as_tests_do() -> None:
    kinds = {
        place: learn(str(CHECKOUT / place))
        for place in ("benchmarks/planted.py", "shared/planted.py", "project/dev/benchmarks/a.py")
    }
    assert list(kinds.values()) == [TESTS, UNOWNED, "dev"]


@pytest.mark.governance("off")  # the planted code catches the refusal in its thread
def test_code_of_no_module_alone_is_unknown(seeded: None, enforce: None) -> None:
    """In a thread of its own, where no test stands on the stack."""
    errors: list[WriteRefused] = []
    code_in("shared/planted.py", STRANGER)["start"](errors)
    assert errors[0].actor == "unknown"
    lines = str(errors[0]).splitlines()
    assert lines[0] == (
        "Code of no module may not update finance_transaction: the table belongs to finance "
        "(Payments, #payments)."
    )
    assert lines[1] == "  where    project/shared/planted.py:7, in project.shared.planted.run"
    assert lines[3] == '  or       say for whom it runs: with acting_as("finance", reason="…"):'
    assert lines[4] == "The statement was not sent. (governance.E203 unknown-actor)"


def test_save_override_is_passed_over(seeded: None, enforce: None) -> None:
    """finance refines ``save``; who calls it from outside still writes from outside."""
    model = code_in(
        "finance/planted.py",
        """
        class Refined(Transaction):
            class Meta:
                proxy = True
                app_label = "finance"
            def save(self, *args, **kwargs):
                self.memo = self.memo.strip()
                super().save(*args, **kwargs)
            def correct(self):
                self.memo = "corrected"
                self.save()
        """,
    )["Refined"]
    row = model.objects.all()[0]
    outside = function_in("dev/planted.py", "args[0].save()")
    error = refused(lambda: outside(row))
    assert (error.actor, error.location.function) == ("dev", "project.dev.planted.act")  # type: ignore[union-attr]
    function_in("dev/planted.py", "args[0].correct()")(row)
    assert model.objects.get(pk=row.pk).memo == "corrected"


def test_manager_override_is_passed_over_but_a_service_is_not(seeded: None, enforce: None) -> None:
    names = code_in(
        "finance/planted.py",
        """
        class Rows(models.QuerySet):
            def update(self, **values):
                return super().update(**values)
            def delete(self):
                return Transaction.objects.filter(memo="gone").delete()
        rows = Rows(Transaction)
        """,
    )
    outside = function_in("dev/planted.py", "return args[0].filter(memo='none').update(memo='x')")
    assert refused(lambda: outside(names["rows"])).actor == "dev"
    # A method of the same name that does work of its own is the owner's service.
    function_in("dev/planted.py", "return args[0].delete()")(names["rows"])


def test_manager_method_override_is_passed_over(seeded: None, enforce: None) -> None:
    manager = code_in(
        "finance/planted.py",
        """
        class Refining(models.Manager):
            def update(self, **values):
                return super().update(memo="refined", **values)
        manager = Refining()
        manager.model = Transaction
        """,
    )["manager"]
    error = refused(
        lambda: function_in("dev/planted.py", "args[0].update(currency='EUR')")(manager)
    )
    assert error.actor == "dev"
    function_in("finance/planted.py", "args[0].update(currency='EUR')")(manager)


def test_function_named_like_an_orm_method_is_a_service(seeded: None, enforce: None) -> None:
    service = function_in(
        "finance/planted.py", "Transaction.objects.filter(memo='none').update(memo='x')", "update"
    )
    function_in("dev/planted.py", "args[0]()")(service)


ASYNC = {
    "acreate": CREATE + "await Transaction.objects.acreate(**values, reference='async-1')",
    "asave": "row = await Transaction.objects.afirst()\nawait row.asave()",
    "aupdate": "await Transaction.objects.aupdate(memo='x')",
    "adelete": "await Transaction.objects.filter(memo='none').adelete()",
    "aget_or_create": CREATE
    + "await Transaction.objects.aget_or_create(reference='async-2', defaults=values)",
    "aupdate_or_create": CREATE
    + "await Transaction.objects.aupdate_or_create(reference='async-3', defaults=values)",
    "abulk_create": CREATE
    + "await Transaction.objects.abulk_create([Transaction(**values, reference='async-4')])",
    "aadd": "row = await Transaction.objects.afirst()\n"
    "tag = await Tag.objects.exclude(transactions=row).afirst()\nawait row.tags.aadd(tag)",
    "raw": "def write():\n"
    "    with connection.cursor() as c: c.execute(\"update finance_transaction set memo = ''\")\n"
    "await sync_to_async(write)()",
}


@pytest.mark.parametrize("name", ASYNC)
def test_async_writes_are_attributed(name: str, seeded: None, enforce: None) -> None:
    body = ASYNC[name].replace("Account.objects.all()[0]", "await Account.objects.afirst()")
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    act = code_in("dev/planted.py", f"async def act():\n{lines}")["act"]
    error = refused(async_to_sync(act))
    assert error.actor == "dev"
    assert error.location is not None
    assert error.location.function.startswith("project.dev.planted.act")


def test_driver_of_the_loop_is_not_blamed(seeded: None, enforce: None) -> None:
    """finance's coroutine, driven by dev through async_to_sync, acts as finance."""
    body = "async def act():\n    await Transaction.objects.filter(memo='none').aupdate(memo='x')\n"
    coroutine = code_in("finance/planted.py", body)["act"]
    function_in("dev/planted.py", "async_to_sync(args[0])()")(coroutine)
    coroutine = code_in("dev/planted.py", body)["act"]
    error = refused(
        lambda: function_in("finance/planted.py", "async_to_sync(args[0])()")(coroutine)
    )
    assert error.actor == "dev"


def test_interface_run_in_a_thread_acts_as_the_owner(seeded: None, enforce: None) -> None:
    service = function_in(
        "finance/planted.py", "Transaction.objects.filter(memo='-').update(memo='')"
    )
    body = "async def act(service):\n    await sync_to_async(service)()\n"
    async_to_sync(code_in("dev/planted.py", body)["act"])(service)


def test_asyncio_run_is_an_edge(seeded: None) -> None:
    """Whoever starts the event loop does not stand for the tasks in it."""
    body = "import asyncio\nasync def act(who):\n    return await asyncio.create_task(who())\n"
    coroutine = code_in("dev/planted.py", body)["act"]

    async def who() -> str:
        return current_actor()

    assert asyncio.run(coroutine(who)) == "system:tests"


def test_admin_writes_as_its_module(seeded: None, enforce: None, client: Client) -> None:
    from django.contrib.auth.models import User
    from django.urls import reverse

    client.force_login(User.objects.get(username="demo"))
    row = Transaction.objects.order_by("pk").first()
    assert row is not None
    account = row.account
    url = reverse("admin:finance_account_change", args=[account.pk])
    form = client.get(url).context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields} | {"name": "Renamed"}
    response = client.post(url, data)
    assert response.status_code == 302
    account.refresh_from_db()
    assert account.name == "Renamed"


def test_view_writes_through_the_interface(seeded: None, enforce: None, client: Client) -> None:
    before = Transaction.objects.count()
    account = Transaction.objects.all()[0].account
    data = {"account": account.pk, "amount": "12.50", "memo": "from a test"}
    response = client.post("/finance/transactions", data)
    assert response.status_code == 302
    assert Transaction.objects.count() == before + 1


def test_flush_is_a_system_actor(transactional_db: None, enforce: None) -> None:
    act = code_in("dev/planted.py", "def act(call): call('flush', interactive=False, verbosity=0)")
    act["act"](call_command)
    assert Transaction.objects.count() == 0


OVERRIDES = """
import functools

def audited(method):
    @functools.wraps(method)
    def wrapper(*args, **kwargs):
        return method(*args, **kwargs)
    return wrapper

class Audited(models.Model):
    class Meta:
        abstract = True
    @transaction.atomic
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
"""


def test_decorated_overrides_are_passed_over(seeded: None, enforce: None) -> None:
    """Neither a decorator of another module nor one of a library makes a refinement a service."""
    core = code_in("core/planted.py", OVERRIDES)
    finance = code_in(
        "finance/planted.py",
        """
        def make(Audited, audited):
            class Decorated(Transaction):
                class Meta:
                    proxy = True
                    app_label = "finance"
                @audited
                def save(self, *args, **kwargs):
                    super().save(*args, **kwargs)
            class Inheriting(Audited, Transaction):
                class Meta:
                    proxy = True
                    app_label = "finance"
                def save(self, *args, **kwargs):
                    super().save(*args, **kwargs)
            return Decorated, Inheriting
        def correct(row):
            row.save()
        """,
    )
    for model in finance["make"](core["Audited"], core["audited"]):
        row = model.objects.all()[0]
        finance["correct"](row)
        outside = function_in("dev/planted.py", "args[0].save()")
        error = refused(lambda row=row, outside=outside: outside(row))
        assert (error.actor, error.location.function) == ("dev", "project.dev.planted.act")  # type: ignore[union-attr]


def test_lazy_objects_are_not_evaluated(
    seeded: None, report: object, governance_settings: object
) -> None:
    """Looking at a frame must not run what it holds."""
    from django.contrib.auth.models import User
    from django.utils.functional import SimpleLazyObject

    name = "site-packages/lazy.py"
    source = "def go(lazy):\n    return lazy.username\n"
    namespace: dict[str, object] = {"__name__": "lazy"}
    exec(compile(source, name, "exec"), namespace)
    lazy = SimpleLazyObject(lambda: User.objects.create(username="lazy"))
    assert namespace["go"](lazy) == "lazy"  # type: ignore[operator]


DECORATORS = """
import functools

def audited(method):
    @functools.wraps(method)
    def wrapper(*args, **kwargs):
        return method(*args, **kwargs)
    return wrapper

class Counted:
    def __init__(self, method):
        self.method = method
    def __get__(self, instance, owner):
        return functools.partial(self, instance)
    def __call__(self, *args, **kwargs):
        return self.method(*args, **kwargs)
"""
DECORATED = """
def make(first, second):
    class Decorated(Transaction):
        class Meta:
            proxy = True
            app_label = "finance"
        @first
        @second
        def save(self, *args, **kwargs):
            super().save(*args, **kwargs)
    return Decorated

def correct(row):
    row.save()
"""


@pytest.mark.parametrize("place", ["core/planted.py", "finance/planted.py"])
def test_stacked_decorators_are_passed_over(place: str, seeded: None, enforce: None) -> None:
    tools = code_in(place, DECORATORS)
    outside = function_in("dev/planted.py", "args[0].save()")
    for first in ("audited", "Counted"):
        name = f"Stacked{place[0]}{first}"
        finance = code_in("finance/planted.py", DECORATED.replace("Decorated", name))
        row = finance["make"](tools[first], tools["audited"]).objects.all()[0]
        finance["correct"](row)
        error = refused(lambda row=row: outside(row))
        assert error.actor == "dev"


SOFT_DELETE = """
class Rows(models.QuerySet):
    def delete(self):
        return self.update(memo="deleted")

class Keeping(models.Manager):
    def keep(self, **values):
        row = self.model(**values)
        row.save()
        return row

class Closing(models.Model):
    class Meta:
        abstract = True
    def close(self):
        self.memo = "closed"
        self.save()
"""


def test_base_classes_of_another_module_serve_the_heir(seeded: None, enforce: None) -> None:
    core = code_in("core/planted.py", SOFT_DELETE)
    finance = code_in(
        "finance/planted.py",
        """
        def make(Rows, Closing):
            class Soft(Closing, Transaction):
                objects = Rows.as_manager()
                class Meta:
                    proxy = True
                    app_label = "finance"
            return Soft
        def work(Soft):
            Soft.objects.filter(memo="-").delete()
            Soft.objects.all()[0].close()
        """,
    )
    soft = finance["make"](core["Rows"], core["Closing"])
    finance["work"](soft)
    borrowed = code_in("dev/planted.py", "def act(Rows, Tx):\n    Rows(Tx).delete()")["act"]
    refused(lambda: borrowed(core["Rows"], Transaction))


PLAIN = """
def rename(row):
    row.memo = "x"
    row.save()
def save(row):
    row.save()
def correct(rows):
    rows.update(memo="x")
def update(rows):
    rows.update(memo="x")
class Tool:
    def __init__(self, row):
        self.row = row
    def save(self):
        self.row.save()
"""


@pytest.mark.parametrize("name", ["rename", "save", "correct", "update", "Tool"])
def test_plain_functions_are_no_methods_of_their_argument(
    name: str, seeded: None, enforce: None
) -> None:
    """Being handed another module's row makes nobody its owner, whatever the function's name."""
    act = code_in("dev/planted.py", PLAIN)[name]
    rows = Transaction.objects.filter(memo="none")
    argument = rows if name in {"correct", "update"} else Transaction.objects.all()[0]
    through = function_in("finance/planted.py", "args[0](args[1])")
    error = refused(lambda: act(argument).save() if name == "Tool" else through(act, argument))
    assert error.actor == "dev"
    assert error.location is not None
    assert error.location.function.startswith("project.dev.planted.")


def test_who_holds_an_override_is_no_decorator(seeded: None, enforce: None) -> None:
    """A local variable, an argument or a closure with the owner's ``save`` in it."""
    finance = code_in("finance/planted.py", DECORATED.replace("Decorated", "Held"))
    plain = lambda method: method  # noqa: E731
    row = finance["make"](plain, plain).objects.all()[0]
    for body in (
        "save = type(args[0]).save\nsave(args[0])",
        "save = args[0].save\nsave()",
        "save = args[0].save\ndef later():\n    save()\nlater()",
        "each = lambda rows, save: [save(r) for r in rows]\neach([args[0]], type(args[0]).save)",
    ):
        act = function_in("dev/planted.py", body)
        caller = code_in("finance/planted.py", "def call(act, row):\n    act(row)\n")["call"]
        error = refused(lambda act=act, caller=caller: caller(act, row))
        assert error.actor == "dev"
