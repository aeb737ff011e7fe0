from django.contrib import admin

from shop.accounts.models import ApiToken
from shop.notifications.models import Notification, Template

admin.site.register([Notification, Template])  # ok: own tables
admin.site.register(ApiToken)  # ?: a plain ModelAdmin acts for the owner of its model
