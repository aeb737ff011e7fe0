from django.urls import path

from shop.accounts import views

urlpatterns = [
    path("signup/", views.SignUp.as_view()),
    path("login/", views.SignIn.as_view()),
    path("<int:pk>/", views.Profile.as_view()),
]
