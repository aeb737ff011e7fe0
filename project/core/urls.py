from django.urls import path

from project.core import views

app_name = "core"
urlpatterns = [path("people", views.people, name="people")]
