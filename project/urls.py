from django.contrib import admin
from django.urls import include, path

from project.views import landing

urlpatterns = [
    path("", landing, name="landing"),
    path("core/", include("project.core.urls")),
    path("finance/", include("project.finance.urls")),
    path("dev/", include("project.dev.urls")),
    path("admin/", admin.site.urls),
]
