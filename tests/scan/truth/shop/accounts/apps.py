from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shop.accounts"

    def ready(self):
        from shop.accounts import signals  # noqa: F401
