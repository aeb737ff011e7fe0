from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "project.finance"
    label = "finance"
    verbose_name = "Finance"
