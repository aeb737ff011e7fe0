"""The test that causes a new violation fails, and says what to do."""

import pytest

from tests.monolith import Monolith
from tests.testing.suite import Suite, outcome, outcomes, settled

ONE = """
@pytest.mark.django_db
def test_order(caplog):
    caplog.set_level("ERROR", logger="governance.writes")
    Item.objects.create(sku="lamp", on_hand=3)
    services.order("lamp")
"""
OUTPUT = """\
F                                                                        [100%]
=================================== FAILURES ===================================
__________________________________ test_order __________________________________
orders may not update stock_item: the table belongs to stock (Warehouse, #warehouse).
  where    orders/services.py:15, in orders.services.order
  instead  call stock.services.reserve(sku, quantity)
  or       ask stock to declare Share(table="stock_item", module="orders", reason="…", until=…)
  (governance.E201 cross-module-write, fingerprint …)

This write is new: it is neither in the baseline nor waived.
If the test provokes it on purpose: @pytest.mark.governance("off")
================================== governance ==================================
orders may not update stock_item: the table belongs to stock (Warehouse, #warehouse).
  orders/services.py:15, 1 time, in test_orders.py::test_order
=========================== short test summary info ============================
FAILED test_orders.py::test_order - Failed: orders may not update stock_item:...
1 failed in …s
"""


@pytest.fixture
def suite(monolith: Monolith) -> Suite:
    return Suite(monolith)


def test_message(suite: Suite) -> None:
    suite.test(ONE)
    result = suite.pytest("-q", "--governance=fail")
    assert settled(result.stdout) == OUTPUT, result.stdout + result.stderr
    assert result.stderr == ""
    assert result.returncode == 1


def test_tests_and_factories_write_what_they_like(suite: Suite) -> None:
    """Not one character differs from a run without the plugin, not one query either."""
    suite.monolith.write(
        "orders/factories.py",
        """
        from stock.models import Item

        def an_item():
            return Item.objects.create(sku="lamp")
        """,
    )
    suite.test(
        """
        from model_bakery import baker
        from orders.factories import an_item

        @pytest.fixture
        def lamp(db):
            return Item.objects.create(sku="lamp", on_hand=3)

        def test_fixture(lamp, django_assert_num_queries):
            with django_assert_num_queries(2):
                services.order_rightly("lamp")

        @pytest.mark.django_db
        def test_factories():
            an_item()
            baker.make(Item)
            assert Item.objects.count() == 2

        class SetUpTests(TestCase):
            @classmethod
            def setUpTestData(cls):
                Item.objects.create(sku="lamp", on_hand=3)

            def test_owner(self):
                with self.assertNumQueries(2):
                    services.order_rightly("lamp")

        class FlushTests(TransactionTestCase):
            serialized_rollback = True

            def test_flushed(self):
                Item.objects.create(sku="lamp")

        @pytest.mark.django_db(transaction=True, serialized_rollback=True)
        async def test_async():
            await Item.objects.acreate(sku="lamp")
        """
    )
    watched = suite.pytest("-q", "--governance=fail", "-m", "")
    plain = suite.pytest("-q", "-p", "no:governance", "-m", "")
    assert watched.stdout.splitlines()[:-1] == plain.stdout.splitlines()[:-1]
    assert (watched.stderr, watched.returncode) == (plain.stderr, 0), watched.stdout


def test_code_under_test_counts_wherever_it_is_called(suite: Suite) -> None:
    suite.test(
        """
        from asgiref.sync import async_to_sync
        from threading import Thread

        ran = []

        class CaseTests(TestCase):
            def test_guilty(self):
                services.order("lamp")

            def test_innocent(self):
                services.order_rightly("lamp")

        class ClassDataTests(TestCase):
            @classmethod
            def setUpTestData(cls):
                services.order("lamp")

            def test_first_after_the_data(self):
                ran.append("data")

        @pytest.mark.django_db(transaction=True)
        async def test_async():
            await services.aorder("lamp")

        @pytest.mark.django_db
        def test_async_to_sync():
            async_to_sync(services.aorder)("lamp")

        @pytest.mark.django_db(transaction=True)
        def test_thread():
            thread = Thread(target=services.order, args=("lamp",))
            thread.start()
            thread.join()

        @pytest.mark.django_db
        @pytest.mark.parametrize("call", ["order", "order_rightly"])
        def test_parametrised(call):
            getattr(services, call)("lamp")

        @pytest.fixture
        def ordered(db):
            services.order("lamp")

        def test_after_fixture(ordered):
            ran.append("fixture")

        @pytest.fixture
        def ordering(db):
            yield
            services.order("lamp")

        def test_before_teardown(ordering):
            pass

        def test_all_ran():
            assert ran == ["data", "fixture"]
        """
    )
    result = suite.pytest("-q", "-rA", "--governance=fail")
    assert outcomes(result) == {
        "CaseTests::test_guilty": "failed",
        "CaseTests::test_innocent": "passed",
        "ClassDataTests::test_first_after_the_data": "failed",
        "test_async": "failed",
        "test_async_to_sync": "failed",
        "test_thread": "failed",
        "test_parametrised[order]": "failed",
        "test_parametrised[order_rightly]": "passed",
        "test_after_fixture": "failed",
        "test_before_teardown": "error",
        "test_all_ran": "passed",
    }


def test_enforce_mode(suite: Suite) -> None:
    """A refusal that the code swallows fails the test; one that escapes is told once."""
    suite.mode("enforce")
    suite.monolith.set("DATABASE_ROUTERS = ['governance.writes.router.GovernanceRouter']")
    suite.test(
        """
        @pytest.mark.django_db
        def test_swallowed():
            services.order_quietly("lamp")

        @pytest.mark.django_db
        def test_escaped():
            services.order("lamp")

        class CaseTests(TestCase):
            def test_escaped(self):
                services.order("desk")

            def test_swallowed(self):
                services.order_quietly("desk")
        """
    )
    result = suite.pytest("-q", "-rA")
    assert outcomes(result) == {
        "test_swallowed": "failed",
        "test_escaped": "failed",
        "CaseTests::test_swallowed": "failed",
        "CaseTests::test_escaped": "failed",
    }
    assert result.stdout.count("This write is new") == 2
    assert result.stdout.count("The statement was not sent") == 2
    cause = "orders/services.py:15, 4 times, in test_orders.py::CaseTests::test_escaped and 3 more"
    assert cause in result.stdout


def test_refusal_that_the_test_expects(suite: Suite) -> None:
    """It is the test's own business, but for those that the code swallows besides."""
    suite.mode("enforce")
    suite.monolith.set("DATABASE_ROUTERS = ['governance.writes.router.GovernanceRouter']")
    suite.test(
        """
        from governance import WriteRefused

        @pytest.mark.django_db
        def test_raises():
            with pytest.raises(WriteRefused):
                services.order("lamp")
            pytest.raises(WriteRefused, services.order, "lamp")

        @pytest.mark.django_db(transaction=True)
        async def test_async():
            with pytest.raises(WriteRefused):
                await services.aorder("lamp")

        @pytest.mark.django_db
        def test_caught():
            try:
                services.order("lamp")
            except WriteRefused:
                pass

        class CaseTests(TestCase):
            def test_expected(self):
                with self.assertRaises(WriteRefused):
                    services.order("lamp")
                self.assertRaises(WriteRefused, services.order, "lamp")

        @pytest.mark.django_db
        def test_swallowed_besides():
            with pytest.raises(WriteRefused):
                services.order("lamp")
            services.order_quietly("lamp")
        """
    )
    result = suite.pytest("-q", "-rA")
    assert outcomes(result) == {
        "test_raises": "passed",
        "test_async": "passed",
        "test_caught": "passed",
        "CaseTests::test_expected": "passed",
        "test_swallowed_besides": "failed",
    }
    assert "orders/services.py:15, 1 time, in test_orders.py::test_swallowed_besides" in (
        result.stdout
    )


def test_failing_anyway(suite: Suite) -> None:
    """The reason of the failure stays; the violation is told in a section of its own."""
    suite.test(
        """
        @pytest.mark.django_db
        def test_function():
            services.order("lamp")
            assert Order.objects.count() == 5

        class CaseTests(TestCase):
            def test_case(self):
                services.order("lamp")
                self.assertEqual(Order.objects.count(), 6)

        @pytest.fixture
        def broken(db):
            services.order("lamp")
            raise ValueError("broken fixture")

        def test_fixture(broken):
            pass
        """
    )
    result = suite.pytest("-q", "-rA", "--governance=fail")
    assert outcomes(result) == {
        "test_function": "failed",
        "CaseTests::test_case": "failed",
        "test_fixture": "error",
    }
    assert result.stdout.count("Captured governance call") == 2
    assert result.stdout.count("Captured governance setup") == 1
    for reason in ("assert 1 == 5", "1 != 6", "broken fixture"):
        assert reason in result.stdout


def test_hidden_by_the_outcome(suite: Suite) -> None:
    """An expected failure and a skip hide it from the test, not from the run."""
    for body in ("pytest.xfail('known')", "pytest.skip('later')"):
        suite.test(
            f"""
            @pytest.mark.django_db
            def test_order():
                services.order("lamp")
                {body}
            """
        )
        result = suite.pytest("-q", "--governance=fail")
        assert result.returncode == 1, body
        assert "in test_orders.py::test_order\n" in result.stdout


def test_reruns(suite: Suite) -> None:
    suite.test(ONE)
    result = suite.pytest("-q", "--governance=fail", "--reruns=2")
    assert outcome(result) == "1 failed, 2 rerun"
    assert "3 times, in test_orders.py::test_order" in result.stdout


def test_marks(suite: Suite) -> None:
    suite.test(
        """
        @pytest.mark.governance("off")
        class TestMarked:
            @pytest.mark.django_db
            def test_off(self):
                services.order("lamp")

            @pytest.mark.django_db
            @pytest.mark.governance("fail")
            def test_nearest_mark(self):
                services.order("lamp")

        @pytest.mark.governance("report")
        class CaseTests(TestCase):
            def test_report(self):
                services.order("lamp")
        """
    )
    result = suite.pytest("-q", "-rA", "--strict-markers")
    assert outcomes(result) == {
        "TestMarked::test_off": "passed",
        "TestMarked::test_nearest_mark": "failed",
        "CaseTests::test_report": "passed",
    }
    assert "2 times, in test_orders.py::CaseTests::test_report and 1 more test" in (result.stdout)


def test_mark_that_means_nothing(suite: Suite) -> None:
    suite.test("@pytest.mark.governance('on')\ndef test_a(): pass")
    result = suite.pytest("-q")
    assert result.returncode == 4
    assert result.stderr == (
        "ERROR: test_orders.py::test_a: @pytest.mark.governance(…): choose one of off, report, "
        "fail.\n\n"
    )
