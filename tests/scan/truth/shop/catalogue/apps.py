from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "shop.catalogue"

    def ready(self):
        from shop.catalogue import signals  # noqa: F401
