"""cookiecutter-django#5071: uvicorn's workers use up all slots of the server.

As the template has it: CONN_MAX_AGE = 60 and ATOMIC_REQUESTS. As many connections as visitors.
"""

import stage
import visitors
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from connection_budget import WEB, Role

ROLE = Role("web", connections=4, processes=2, kind=WEB)
STOCK = {"CONN_MAX_AGE": 60, "ATOMIC_REQUESTS": True}


def show(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")
    return HttpResponse("a page")


urlpatterns = [path("", show)]


def scene():
    return visitors.visit(visitors.UVICORN, "--workers", "2", visitors=60)


if __name__ == "__main__":
    stage.play(scene)
