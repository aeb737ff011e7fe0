"""Rows for the corpus, and arguments named as its parameters are."""

from __future__ import annotations

import importlib
from typing import Any


def arrange() -> None:
    """Commit one row of everything, named as parameters are."""
    from django.contrib.auth.models import Group
    from shop.accounts.models import Address, Customer, Membership, Team, User
    from shop.billing.models import Invoice, Payment
    from shop.catalogue.models import Brand, Category, Product, ProductImage, StockLevel, Tag
    from shop.legacy.models import LegacyOrder
    from shop.notifications.models import Notification, OutboxMessage, Subscription, Template
    from shop.orders.models import Cart, CartItem, Coupon, Order, OrderLine
    from shop.shipping.models import Carrier, Parcel, Shipment

    Group.objects.create(name="group")
    user = User.objects.create_user("ada", "ada@example.com", "secret")
    customer = Customer.objects.get(user=user)
    Address.objects.create(customer=customer, city="c")
    Team.objects.create(name="empty")
    team = Team.objects.create(name="t")
    Membership.objects.create(team=team, user=user)
    brand = Brand.objects.create(name="b")
    product = Product.objects.create(sku="P", name="p", brand=brand, price=2)
    Category.objects.create(name="all")
    product.tags.add(Tag.objects.create(name="tag"))
    ProductImage.objects.create(product=product, path="p.png")
    StockLevel.stock.get_or_create(product=product)
    order = Order.objects.create(customer=customer, placed_by=user, number="O1")
    OrderLine.objects.create(order=order, product=product, quantity=2, unit_price=2)
    cart = Cart.objects.create(user=user)
    CartItem.objects.create(cart=cart, product=product)
    Coupon.objects.create(code="c").orders.add(order)
    order.watchers.add(user)
    invoice = Invoice.objects.create(order=order, amount=4, status="draft", number="I1")
    Payment.objects.create(invoice=invoice, amount=1)
    shipment = Shipment.objects.create(order=order, carrier=Carrier.objects.create(name="c"))
    Parcel.objects.create(shipment=shipment, weight=1)
    for kind in ("one", "two", "three"):
        Notification.objects.create(user=user, kind=kind)
    Subscription.objects.create(user=user, topic="t")
    OutboxMessage.objects.create(topic="t")
    Template.objects.create(slug="t")
    LegacyOrder.objects.create(number="L", order=order, state="done")
    LegacyOrder.objects.create(number="L2", state="done")
    Invoice.objects.create(order=order, amount=4, status="issued", number="I2")
    Order.objects.update(status="open", meta={})


def value_for(name: str) -> Any:
    """Return an argument by the name of its parameter."""
    from django.apps import apps
    from django.db import connection

    first = {
        "order": "orders.Order",
        "obj": "orders.Order",
        "thing": "orders.Order",
        "untyped": "orders.Order",
        "target": "accounts.Customer",
        "source": "accounts.Customer",
        "product": "catalogue.Product",
        "customer": "accounts.Customer",
        "user": "accounts.User",
        "invoice": "billing.Invoice",
        "payment": "billing.Payment",
        "shipment": "shipping.Shipment",
        "parcel": "shipping.Parcel",
        "template": "notifications.Template",
        "notification": "notifications.Notification",
        "coupon": "orders.Coupon",
        "team": "accounts.Team",
        "brand": "catalogue.Brand",
        "address": "accounts.Address",
    }
    if name in first:
        return apps.get_model(first[name])._default_manager.order_by("pk").first()
    if name.endswith("_ids") or name == "ids":
        model = "catalogue.ProductImage" if name == "ids" else "orders.Order"
        return list(apps.get_model(model).objects.values_list("pk", flat=True))
    if name.endswith("_id") and name.removesuffix("_id") in first:
        return value_for(name.removesuffix("_id")).pk
    model = apps.get_model
    simple: dict[str, Any] = {
        "pk": lambda: value_for("order").pk,
        "orders": lambda: list(model("orders.Order").objects.all()),
        "products": lambda: list(model("catalogue.Product").objects.all()),
        "users": lambda: list(model("accounts.User").objects.all()),
        "objects": lambda: list(model("orders.Order").objects.all()),
        "items": lambda: [(value_for("product"), 1)],
        "carrier": model("shipping.Carrier").objects.first,
        "messages": lambda: list(model("notifications.OutboxMessage").objects.all()),
        "by_topic": lambda: {"x": model("notifications.OutboxMessage").objects.first()},
        "pair": lambda: (value_for("template"), value_for("parcel")),
        "about": lambda: None,
        "request": request,
        "queryset": model("orders.Order").objects.all,
        "names": lambda: ["tag", "new"],
        "rows": list,
        "codes": lambda: ["imported"],
        "amount": lambda: 1,
        "quantity": lambda: 1,
        "number": lambda: "O1",
        "sku": lambda: "NEW",
        "name": lambda: "Cart",
        "key": lambda: "order",
        "apps": lambda: apps,
        "schema_editor": connection.schema_editor,
        "created": lambda: True,
        "sender": lambda: model("orders.Order"),
        "instance": lambda: value_for("order"),
        "action": lambda: "post_add",
        "pk_set": lambda: {1},
        "options": dict,
        "args": list,
        "kwargs": dict,
        "payload": dict,
        "about_": lambda: None,
        "change": lambda: True,
        "model": lambda: model("orders.Coupon"),
        "topic": lambda: "t",
        "table": lambda: "orders_order",
        "notes": list,
        "counts": lambda: {"created": 0, "lines": 0},
        "text": lambda: "line\n",
        "validated_data": dict,
    }
    return simple[name]() if name in simple else "x"


def special(name: str) -> dict[str, Any]:
    """Arguments that the name of the parameter does not tell."""
    from django.apps import apps

    model = apps.get_model
    line = model("orders.OrderLine").objects.first
    cart = model("orders.Cart").objects.first
    table: dict[str, Any] = {
        "shop.orders.signals.count_sold": lambda: {"instance": line()},
        "shop.orders.signals.mark_paid": lambda: {"instance": value_for("payment")},
        "shop.orders.signals.keep_price": lambda: {"instance": value_for("product")},
        "shop.orders.signals.reopen": lambda: {"instance": value_for("invoice")},
        "shop.orders.signals.NoteReceiver.__call__": lambda: {"instance": value_for("customer")},
        "shop.billing.signals.stale": lambda: {"instance": line()},
        "shop.catalogue.signals.make_stock": lambda: {"instance": value_for("product")},
        "shop.catalogue.signals.book": lambda: {
            "instance": line(),
            "sender": model("orders.OrderLine"),
        },
        "shop.catalogue.signals.drop": lambda: {"instance": value_for("product")},
        "shop.catalogue.signals.defaults": lambda: {"sender": apps.get_app_config("catalogue")},
        "shop.notifications.signals.greet": lambda: {"instance": _bare()},
        "shop.notifications.signals.forget": lambda: {"instance": value_for("customer")},
        "shop.accounts.signals.customer": lambda: {"instance": value_for("user")},
        "shop.orders.services.merge_carts": lambda: {"source": cart(), "target": cart()},
        "shop.catalogue.services.import_prices": lambda: {"rows": {"P": 7}},
        "shop.legacy.importer.run": lambda: {"rows": [{"number": "L9"}]},
        "shop.shipping.views.stop": lambda: {"kwargs": {"order_id": value_for("order").pk}},
        "shop.catalogue.models.Product.reprice": lambda: {"price": 3},
        "shop.lib.crud.set_field": lambda: {"name": "status", "value": "x"},
        "shop.notifications.services.about": lambda: {"notification": _about_order()},
        "shop.accounts.managers.CustomerManager.create": lambda: {"values": {"user": _bare()}},
        "shop.billing.ledger.Ledger.many": lambda: {"rows": [("t",)]},
        "shop.lib.crud.upsert": lambda: {"rows": [{"code": "n", "used": 1}], "key": "code"},
        "shop.billing.views.narrowing#2": lambda: {"obj": value_for("invoice")},
        "shop.billing.views.narrowing#3": lambda: {"obj": {}},
        "shop.billing.views.matching#2": lambda: {"obj": value_for("payment")},
        "shop.billing.views.matching#3": lambda: {"obj": {"order": value_for("order")}},
        "shop.catalogue.views.AddToCart.post#2": dict,
        "shop.lib.sql.run": lambda: {"sql": "DELETE FROM orders_cart WHERE id = 0"},
        "shop.lib.sql.rows": lambda: {"sql": "SELECT 1 AS one"},
        "shop.lib.sql.scalar": lambda: {"sql": "SELECT 1"},
        "shop.lib.sql.truncate": lambda: {"model": model("shipping.Parcel")},
        "shop.billing.plumbing.drop_payment": lambda: {"thing": value_for("payment")},
        "shop.billing.tasks.expire": lambda: {"days": -1},
        "shop.catalogue.views.AddToCart.post": lambda: {"kwargs": _emptied("orders.Cart")},
        "shop.orders.signals.new_cart": lambda: {"user": _bare()},
        "shop.lib.crud.merge": lambda: {"defaults": {}},
        "shop.lib.crud.archive": lambda: {"filters": {}},
        "shop.shipping.services.through_cast": dict,
        "shop.catalogue.management.commands.sync_feed.Command.load": lambda: {
            "row": importlib.import_module("shop.catalogue.management.commands.sync_feed").Row(
                "S", "n"
            )
        },
        "shop.catalogue.managers.ProductManager.create_from_feed": lambda: {
            "row": {"sku": "F", "name": "f", "brand": "f"}
        },
        "shop.orders.management.commands.close_orders.Command.handle": lambda: {"dry_run": False},
        "shop.orders.forms.save_payments": lambda: {
            "request": request(
                {
                    "form-TOTAL_FORMS": "1",
                    "form-INITIAL_FORMS": "0",
                    "form-0-amount": "5",
                    "form-0-invoice": value_for("invoice").pk,
                }
            )
        },
        "shop.notifications.api.save_tags": lambda: {
            "request": request(
                {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": "Posted"}
            )
        },
        "shop.notifications.api.rename_team": lambda: {"name": "t"},
        "shop.notifications.api.void": lambda: {
            "context": {"order": value_for("order"), "total": {}, "invoice": value_for("invoice")}
        },
        "shop.notifications.api.restore": lambda: {"text": _dumped()},
        "shop.orders.views.CartView.post": dict,
        "shop.shipping.labels.containers": lambda: {"users": []},
        "shop.catalogue.management.commands.sync_feed.Command.handle": lambda: {
            "options": {"text": "S,N\n"}
        },
    }
    if name == "*":
        return table
    return table[name]() if name in table else {}


def _dumped() -> str:
    from django.core import serializers

    return serializers.serialize("json", [value_for("invoice")])


def _about_order() -> Any:
    notification = value_for("notification")
    notification.about = value_for("order")
    return notification


def _emptied(label: str) -> dict[str, Any]:
    from django.apps import apps

    apps.get_model(label).objects.all()._raw_delete("default")
    return {}


def _bare() -> Any:
    from shop.accounts.models import User

    return User.objects.bulk_create([User(username="bare")])[0]


def request(extra: dict[str, Any] | None = None) -> Any:
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    made = RequestFactory().post("/", {**form_data(), **(extra or {})})
    made.user = value_for("user")
    made.user.is_superuser = made.user.is_staff = True
    made.auser = _current_user
    made.session = SessionStore()
    made._messages = FallbackStorage(made)
    made._dont_enforce_csrf_checks = True
    return made


async def _current_user() -> Any:
    from django.apps import apps

    return await apps.get_model("accounts.User").objects.afirst()


def form_data() -> dict[str, Any]:
    user, product = value_for("user"), value_for("product")
    return {
        "status": "edited",
        "number": "N7",
        "total": "1",
        "city": "posted",
        "customer": value_for("customer").pk,
        "email": "b@example.com",
        "name": "posted",
        "slug": "posted",
        "sku": "POSTED",
        "path": "a.png",
        "product": product.pk,
        "quantity": 1,
        "shipment": value_for("shipment").pk,
        "weight": 4,
        "tracking": "t",
        "topic": "posted",
        "user": user.pk,
        "preferences": "{}",
        "code": "posted",
        "username": "bob",
        "password1": "long-enough-9",
        "password2": "long-enough-9",
        "old_password": "secret",
        "new_password1": "long-enough-9",
        "new_password2": "long-enough-9",
    }
