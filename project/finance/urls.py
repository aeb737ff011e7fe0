from django.urls import path

from project.finance import views

app_name = "finance"
urlpatterns = [path("transactions", views.Transactions.as_view(), name="transactions")]
