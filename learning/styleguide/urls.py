from django.urls import path

from learning.styleguide.views import show_error, show_styleguide

app_name = "styleguide"
urlpatterns = [
    path("", show_styleguide, name="styleguide"),
    path("errors/<int:status>/", show_error, name="error"),
]
