from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "shop.billing"

    def ready(self):
        from shop.billing import signals  # noqa: F401
