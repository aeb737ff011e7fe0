from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "shop.notifications"

    def ready(self):
        from shop.notifications import signals  # noqa: F401
