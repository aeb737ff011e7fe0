"""Where everything is plugged in. Runs no query and judges nothing."""

from typing import Any

from django.apps import AppConfig
from django.core.signals import setting_changed
from django.db.backends.signals import connection_created
from django.db.models.signals import class_prepared, post_migrate, pre_migrate


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Schema governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from governance import checks
        from governance.acceptance import settling
        from governance.enforcement import covering, recording, roles
        from governance.ownership import current
        from governance.writes import attribution, files, guard, installation, scopes

        checks.register()
        for forget in (files.forget_files, guard.forget_statements, scopes.forget_modules):
            current.on_change(forget)
        current.on_change(settling.forget)
        setting_changed.connect(_forget_settings, dispatch_uid="governance.settings")
        class_prepared.connect(_forget_registry, dispatch_uid="governance.models")
        pre_migrate.connect(_gate, sender=self, dispatch_uid="governance.gate")
        post_migrate.connect(recording.after_migrate, sender=self, dispatch_uid="governance.record")
        pre_migrate.connect(covering.before_migrate, sender=self, dispatch_uid="governance.cover")
        post_migrate.connect(covering.after_migrate, sender=self, dispatch_uid="governance.covered")
        post_migrate.connect(roles.after_migrate, sender=self, dispatch_uid="governance.roles")
        connection_created.connect(installation.install, dispatch_uid="governance.guard")
        installation.install_everywhere()
        attribution.note_call_sites()


def _gate(**given: Any) -> None:
    """Only who migrates needs the review, which takes a while to import."""
    from governance.gate.migrate import before_migrate

    before_migrate(**given)


def _forget_settings(*, setting: str, **_: Any) -> None:
    if setting in {"GOVERNANCE", "INSTALLED_APPS", "DATABASES", "CACHES"}:
        from governance import conf
        from governance.ownership import current

        conf.settings.cache_clear()
        current.forget()


def _forget_registry(*, sender: Any, **_: Any) -> None:
    """A model registered late belongs to somebody too; historical models are not counted."""
    from django.apps import apps

    if sender._meta.apps is apps and apps.models_ready:
        from governance.ownership import current

        current.forget()
