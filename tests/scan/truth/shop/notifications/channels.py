"""Classes that hand models on."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from shop.accounts.models import Address, Customer, Membership, Team
from shop.notifications.models import Notification, Subscription
from shop.orders.models import Cart, Coupon, Order

T = TypeVar("T")


class Repository(Generic[T]):
    model: type[T]

    def all(self):
        return self.model.objects.all()

    def purge(self):
        return self.model.objects.all().delete()  # ?: the model of whoever inherits


class CouponRepository(Repository[Coupon]):
    model = Coupon

    def spend(self, code):
        self.model.objects.filter(code=code).update(used=1)  # W: orders_coupon update
        self.all().delete()  # W: orders_coupon delete


class SubscriptionRepository(Repository[Subscription]):
    model = Subscription

    def drop(self, topic):
        self.model.objects.filter(topic=topic).delete()  # ok: own table


class Channel(ABC):
    carts = Cart.objects
    team_class = Team

    def __init__(self, customer: Customer, notes: list[Notification] | None = None):
        self.customer = customer
        self.notes = notes or []
        self._coupon = None

    @abstractmethod
    def send(self, text): ...

    def flush(self):
        self.carts.filter(user=self.customer.user).delete()  # W: orders_cart delete
        self.team_class.objects.create(name="channel")  # W: accounts_team insert
        for note in self.notes:
            note.delete()  # ok: own table
        self.notes.clear()  # ok: list.clear
        self.customer.save()  # W: accounts_customer save

    @property
    def coupon(self) -> Coupon:
        if self._coupon is None:
            self._coupon = Coupon.objects.first()
        return self._coupon

    @classmethod
    def teams(cls):
        return cls.team_class.objects.all()

    @staticmethod
    def member(team: Team, user) -> Membership:
        return team.members.through(team=team, user=user)


class Email(Channel):
    def send(self, text):
        self.coupon.used += 1
        self.coupon.save()  # W: orders_coupon save
        self.teams().filter(name="x").delete()  # W: accounts_team delete
        self.member(self.teams().first(), self.customer.user).save()  # W: accounts_membership save
        self.customer.address_set.create(city="x")  # W: accounts_address insert
        Notification.objects.create(user=self.customer.user, kind="email", text=text)  # ok: own table


@dataclass
class Batch:
    order: Order
    addresses: list[Address] = field(default_factory=list)

    def run(self):
        self.order.save()  # W: orders_order save
        for address in self.addresses:
            address.save()  # W: accounts_address save
        self.addresses.clear()  # ok: list.clear


def run_batch(order: Order):
    batch = Batch(order, list(order.customer.address_set.all()))
    batch.run()  # ok: own method, labelled there
    batch.order.delete()  # W: orders_order delete


class HasStatus(Protocol):
    status: str

    def save(self) -> None: ...


def set_open(thing: HasStatus):
    thing.status = "open"
    thing.save()  # ?: a protocol


def make_saver(order: Order):
    def save():
        order.save()  # W: orders_order save

    return save


def run_saver(order: Order):
    make_saver(order)()  # ok: own function, labelled there
    update = dict(status="x").update
    update(status="y")  # ok: dict.update


def joined(team: Team, users):
    team.members.add(*users)  # W: accounts_membership insert
    team.members.clear()  # W: accounts_membership delete
    team.membership_set.create(user=users[0])  # W: accounts_membership insert
    team.membership_set.all().delete()  # W: accounts_membership delete
    users[0].teams.create(name="x")  # W: accounts_team insert, accounts_membership insert
    users[0].membership_set.update(role="y")  # ?: untyped users
