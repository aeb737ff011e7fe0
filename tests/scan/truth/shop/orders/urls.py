from django.urls import path

from shop.orders import views

urlpatterns = [
    path("checkout/", views.checkout),
    path("address/", views.AddressCreate.as_view()),
    path("address/<int:pk>/", views.AddressUpdate.as_view()),
    path("address/<int:pk>/delete/", views.AddressDelete.as_view()),
    path("<int:pk>/", views.OrderUpdate.as_view()),
    path("<int:pk>/notify/", views.notify_me),
    path("list/", views.OrderList.as_view()),
]
