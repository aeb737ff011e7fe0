from django.urls import path

from project.dev import views

app_name = "dev"
urlpatterns = [path("projects", views.projects, name="projects")]
