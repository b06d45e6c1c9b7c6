from django.urls import path

from generation.live import views

app_name = "generation"
urlpatterns = [
    path("<uuid:run_id>/", views.show_run, name="run"),
    path("<uuid:run_id>/events/", views.list_run_events, name="run_events"),
]
