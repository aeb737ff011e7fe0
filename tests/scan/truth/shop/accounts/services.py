"""The interface of accounts."""

from django.contrib.auth import get_user_model
from django.db import transaction

from shop.accounts.models import Address, ApiToken, Customer, Membership, Team, User
from shop.notifications.models import Notification
from shop.notifications.services import notify
from shop.orders.models import Order


@transaction.atomic
def register(email, password=None):
    user = User.objects.create_user(email, email, password)  # ok: own table
    customer, _ = Customer.objects.get_or_create(user=user, defaults={"email": email})  # ok: own table
    customer.promote()  # ok: own table
    notify(user, "registered")  # ok: owner's service
    return customer


def erase(user):
    customer = user.customer
    customer.address_set.all().delete()  # ok: own table
    customer.delete()  # ok: own table
    Customer.objects.filter(pk=customer.pk).hard_delete()  # ?: fails when there are orders
    customer.orders.update(placed_by=None)  # W: orders_order update
    user.order_set.update(placed_by=None)  # W: orders_order update
    user.notifications.all().delete()  # W: notifications_notification delete
    user.anonymise()  # ok: own table


def grant(user_id, team_name, role="member"):
    user = get_user_model().objects.get(pk=user_id)
    team, created = Team.objects.get_or_create(name=team_name)  # ok: own table
    team.members.add(user, through_defaults={"role": role})  # ok: own table
    Membership.objects.filter(team=team).update(role=role)  # ok: own table
    user.groups.add(1)  # ok: own table
    user.watched_orders.clear()  # W: orders_order_watchers delete
    user.set_password("x")  # ok: assigns only
    user.save()  # ok: own table


def move(address: Address, city: str):
    address.city = city
    address.save()  # ok: own table
    for order in address.customer.orders.filter(status="open"):
        order.meta["city"] = city
        order.save(update_fields=["meta"])  # W: orders_order save
    address.customer.orders.first().lines.create(product_id=1)  # W: orders_orderline insert
    address.customer.orders.filter(pk=0).cancel()  # ok: owner's service on its queryset


def rotate(user):
    ApiToken.objects.filter(user=user).delete()  # ok: own table
    token = ApiToken.objects.create(user=user, key="new")  # ok: own table
    Notification.objects.bulk_create([Notification(user=user, kind="rotated")])  # W: notifications_notification insert
    return token


def merge(source: Customer, target: Customer):
    Order.objects.filter(customer=source).update(customer=target)  # W: orders_order update
    target.orders.add(*source.orders.all())  # W: orders_order update
    target.address_set.set(source.address_set.all())  # ok: own table
    source.preferences.update(target.preferences)  # ok: dict.update
    source.preferences.clear()  # ok: dict.clear
    source.restore()  # ok: own table
    Customer.objects.gold().demote()  # ok: own table
