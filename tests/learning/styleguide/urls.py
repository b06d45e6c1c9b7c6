"""All addresses as in development."""

from django.urls import include, path

from config import urls

urlpatterns = [*urls.urlpatterns, path("styleguide/", include("learning.styleguide.urls"))]
handler404 = urls.handler404
