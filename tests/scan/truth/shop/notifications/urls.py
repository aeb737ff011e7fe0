from django.urls import path

from shop.notifications import views

urlpatterns = [
    path("", views.Inbox.as_view()),
    path("preferences/<int:pk>/", views.PreferenceView.as_view()),
]
