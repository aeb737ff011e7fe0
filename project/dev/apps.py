from django.apps import AppConfig


class DevConfig(AppConfig):
    name = "project.dev"
    label = "dev"
    verbose_name = "Dev"

    def ready(self) -> None:
        from project.dev import signals  # noqa: F401  connects the receiver
