from django.urls import path

from shop.catalogue import views

urlpatterns = [
    path("add/", views.ProductCreate.as_view()),
    path("<int:pk>/cart/", views.AddToCart.as_view()),
    path("order/<int:pk>/", views.OrderRename.as_view()),
]
