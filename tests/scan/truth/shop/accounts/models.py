from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models

from shop.accounts.managers import CustomerManager, UserManager
from shop.lib.models import Ranked, SoftDelete, TimeStamped


class User(AbstractUser):
    phone = models.CharField(max_length=40, blank=True)

    objects = UserManager()

    def anonymise(self):
        self.email = ""
        self.username = f"gone-{self.pk}"
        self.save()  # ok: own table

    def team_named(self, name):
        if not hasattr(self, "_teams"):
            self._teams = {}
        if name not in self._teams:
            self._teams[name] = self.teams.filter(name=name).first()
        return self._teams[name]


class Customer(SoftDelete, TimeStamped):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="customer")
    email = models.EmailField(blank=True)
    tier = models.CharField(max_length=10, default="basic")
    credit_limit = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    preferences = models.JSONField(default=dict, blank=True)

    objects = CustomerManager()

    def promote(self, tier="gold"):
        self.tier = tier
        self.save(update_fields=["tier"])  # ok: own table

    @property
    def default_address(self):
        return self.address_set.filter(is_default=True).first()


class Address(Ranked, models.Model):
    customer = models.ForeignKey(Customer, models.CASCADE)
    city = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)


class Team(models.Model):
    name = models.CharField(max_length=80)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="teams")


class Membership(models.Model):
    team = models.ForeignKey(Team, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    role = models.CharField(max_length=20, default="member")


class ApiToken(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True)

    class Meta:
        db_table = "auth_tokens"
