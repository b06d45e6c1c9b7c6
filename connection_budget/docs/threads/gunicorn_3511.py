"""benoitc/gunicorn#3511: no bound on what an ASGI worker of gunicorn has under way.

`--worker-connections` bounds it in other kinds of workers; here every visitor has a connection.
"""

import stage
import visitors
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from connection_budget import WEB, Role

ROLE = Role("web", connections=4, processes=1, kind=WEB)
STOCK = {}


def show(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")
    return HttpResponse("a page")


urlpatterns = [path("", show)]


def scene():
    return visitors.visit(visitors.GUNICORN, "--worker-connections", "4", visitors=60)


if __name__ == "__main__":
    stage.play(scene)
