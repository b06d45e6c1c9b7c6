from django.urls import path

from generation.operations import views

app_name = "operations"
urlpatterns = [
    path("", views.show_board, name="board"),
    path("now/", views.show_board_now, name="board_now"),
    path("runs/<uuid:run_id>/", views.show_run, name="run"),
    path("runs/<uuid:run_id>/now/", views.show_run_now, name="run_now"),
    path("runs/<uuid:run_id>/cancel/", views.cancel, name="cancel"),
    path("runs/<uuid:run_id>/resume/", views.resume, name="resume"),
    path("runs/<uuid:run_id>/retry/", views.retry, name="retry"),
]
