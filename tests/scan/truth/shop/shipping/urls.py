from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.shipping import views

router = SimpleRouter()
router.register("subscriptions", views.SubscriptionViewSet)

urlpatterns = [
    path("order/<int:pk>/delete/", views.OrderDelete.as_view()),
    path("<int:pk>/", views.ShipmentView.as_view()),
    path("parcels/", views.ParcelList.as_view()),
    *router.urls,
]
