from django.contrib.auth.models import UserManager as BaseUserManager
from django.db import models

from shop.lib.models import SoftDeleteQuerySet


class UserManager(BaseUserManager):
    def invite(self, email):
        user = self.model(username=email, email=email, is_active=False)
        user.set_unusable_password()
        user.save(using=self._db)  # ok: own table
        return user


class CustomerQuerySet(SoftDeleteQuerySet):
    def gold(self):
        return self.filter(tier="gold")

    def demote(self):
        return self.update(tier="basic")  # ok: own table


class CustomerManager(models.Manager.from_queryset(CustomerQuerySet)):
    def get_queryset(self):
        return super().get_queryset().select_related("user")

    def create(self, **values):
        values["email"] = values.get("email", "").lower()
        return super().create(**values)  # ok: transparent, whoever calls create() writes

    def add(self, user, **values):
        return self.get_or_create(user=user, defaults=values)[0]  # ok: own table
