from django.apps import AppConfig


class ShippingConfig(AppConfig):
    name = "shop.shipping"

    def ready(self):
        from shop.shipping import signals  # noqa: F401
