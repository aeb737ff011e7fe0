from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "shop.orders"

    def ready(self):
        from shop.orders import signals  # noqa: F401
