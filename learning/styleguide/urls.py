from django.urls import path

from learning.styleguide.views import show_styleguide

app_name = "styleguide"
urlpatterns = [path("", show_styleguide, name="styleguide")]
