"""Kludex/uvicorn#865: a ceiling for concurrency that does not answer 503.

On stock Django the ceiling is uvicorn's, which refuses whoever is above it. A seat is waited for.
"""

import stage
import visitors
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from connection_budget import WEB, Role

ROLE = Role("web", connections=4, processes=1, kind=WEB)
STOCK = {}
CEILING = () if stage.WITH_PACKAGE else ("--limit-concurrency", "4")


def show(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")
    return HttpResponse("a page")


urlpatterns = [path("", show)]


def scene():
    return visitors.visit(visitors.UVICORN, *CEILING, visitors=60)


if __name__ == "__main__":
    stage.play(scene)
