"""Code that is hard to follow."""

import functools
import importlib
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass, replace
from operator import methodcaller

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string

from shop.lib.events import Outbox
from shop.notifications.models import Notification, OutboxMessage, Template
from shop.shipping.models import Parcel, Shipment

MODELS = {"order": "orders.Order", "parcel": "shipping.Parcel"}
CLASSES = {"template": Template, "parcel": Parcel}
_orders = importlib.import_module("shop.orders.models")


@dataclass
class Label:
    shipment: Shipment
    copies: int = 1

    def save(self):
        self.shipment.tracking = "printed"
        self.shipment.save()  # ok: own table
        self.shipment.order.meta["label"] = self.copies
        self.shipment.order.save()  # W: orders_order save

    def update(self, **values):
        return replace(self, **values)

    def delete(self):
        self.copies = 0


def print_label(shipment: Shipment):
    label = Label(shipment=shipment)
    label.update(copies=2)  # ok: no model
    label.save()  # ok: own method, labelled there
    label.delete()  # ok: no model


def by_key(key, pk):
    apps.get_model(MODELS[key]).objects.filter(pk=pk).delete()  # ?: the model is chosen at run time
    CLASSES[key].objects.filter(pk=pk).delete()  # ?: the model is chosen at run time


def by_literal_key(pk):
    CLASSES["template"].objects.filter(pk=pk).delete()  # W: notifications_template delete
    CLASSES["parcel"].objects.filter(pk=pk).delete()  # ok: own table
    apps.get_model(MODELS["order"]).objects.filter(pk=pk).update(status="x")  # W: orders_order update


def dynamic(name):
    _orders.Coupon.objects.create(code="dynamic")  # W: orders_coupon insert
    module = importlib.import_module("shop.notifications.models")
    module.Subscription.objects.filter(topic="x").delete()  # W: notifications_subscription delete
    import_string("shop.notifications.models.Template").objects.update(body="")  # W: notifications_template update
    getattr(_orders, name).objects.all().delete()  # ?: the name is a parameter
    getattr(_orders, "Cart").objects.filter(user=None).delete()  # W: orders_cart delete


def content_type(pk, model_name):
    ct = ContentType.objects.get(app_label="orders", model="coupon")
    ct.model_class().objects.filter(pk=pk).update(used=0)  # ?: a content type
    ct.get_object_for_this_type(pk=pk).delete()  # ?: a content type
    ContentType.objects.get_for_model(Shipment).delete()  # ok: a table of the platform


def generic(obj: Model):
    obj.save()  # ?: any model
    type(obj)._default_manager.filter(pk=obj.pk).delete()  # ?: any model
    type(obj)._base_manager.all().update()  # ?: any model


def managers(template: Template):
    Template._default_manager.create(slug="x")  # W: notifications_template insert
    Template._base_manager.filter(slug="x").delete()  # W: notifications_template delete
    type(template).objects.filter(pk=template.pk).update(body="x")  # W: notifications_template update
    template.__class__.objects.filter(body="none").delete()  # W: notifications_template delete
    QuerySet(Template).filter(slug="y").delete()  # W: notifications_template delete
    Template.objects.db_manager("default").create(slug="z")  # W: notifications_template insert
    Template.objects.using("default").filter(slug="z").update(body="z")  # W: notifications_template update
    template.save_base(raw=True)  # W: notifications_template save
    Template.objects.filter(slug="q")._raw_delete("default")  # W: notifications_template delete
    Template.save(template)  # W: notifications_template save
    Model.save(template)  # W: notifications_template save
    super(Template, template).save()  # W: notifications_template save
    create = Template.objects.create
    create(slug="bound")  # W: notifications_template insert
    functools.partial(Template.objects.update_or_create, slug="p")()  # W: notifications_template save
    methodcaller("delete")(template)  # ?: a method by name
    getattr(template, "save")()  # W: notifications_template save


def containers(users):
    counter = Counter()
    counter.update(["a"])  # ok: Counter.update
    ordered = OrderedDict(a=1)
    ordered.update(b=2)  # ok: dict.update
    ordered.clear()  # ok: dict.clear
    chain = ChainMap({}, ordered)
    chain.update(c=3)  # ok: dict.update
    queue = deque([1])
    queue.clear()  # ok: deque.clear
    seen = set()
    seen.add(1)  # ok: set.add
    seen.remove(1)  # ok: set.remove
    groups = defaultdict(set)
    groups["a"].add(1)  # ok: set.add
    groups["a"].update({2})  # ok: set.update
    box = Outbox()
    box.create(kind="x")  # ok: no model
    box.update(kind="y")  # ok: no model
    vars(box).update(rows=[])  # ok: dict.update
    return counter, groups


def nested(messages: list[OutboxMessage], by_topic: dict[str, OutboxMessage], pair: tuple[Template, Parcel]):
    messages[0].save()  # W: notifications_outboxmessage save
    for message in messages:
        message.delete()  # W: notifications_outboxmessage delete
    by_topic["x"].save()  # W: notifications_outboxmessage save
    for topic, message in by_topic.items():
        message.save()  # W: notifications_outboxmessage save
    template, parcel = pair
    template.save()  # W: notifications_template save
    parcel.save()  # ok: own table
    first, *rest = Notification.objects.all()[:3]
    first.delete()  # W: notifications_notification delete
    for number, note in enumerate(Notification.objects.all()[:2]):
        note.delete()  # W: notifications_notification delete
    for note, parcel in zip(Notification.objects.all()[:2], Parcel.objects.all()[:2]):
        parcel.delete()  # ok: own table
    sorted(Notification.objects.all(), key=lambda n: n.pk)[0].delete()  # W: notifications_notification delete
    (Notification.objects.first() or Notification()).save()  # ?: may have no user
    x = Template.objects.first() if messages else Template()
    x.save()  # W: notifications_template save
