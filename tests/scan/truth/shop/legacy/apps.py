from django.apps import AppConfig


class LegacyConfig(AppConfig):
    name = "shop.legacy"

    def ready(self):
        from shop.legacy import signals  # noqa: F401
