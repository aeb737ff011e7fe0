from django.urls import path

from shop.billing import views

urlpatterns = [
    path("<int:pk>/pay/", views.InvoicePayView.as_view()),
    path("<int:pk>/edit/", views.InvoiceUpdate.as_view()),
    path("order/<int:pk>/", views.OrderEdit.as_view()),
]
