from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("orders/", include("shop.orders.urls")),
    path("catalogue/", include("shop.catalogue.urls")),
    path("billing/", include("shop.billing.urls")),
    path("shipping/", include("shop.shipping.urls")),
    path("accounts/", include("shop.accounts.urls")),
    path("notifications/", include("shop.notifications.urls")),
]
