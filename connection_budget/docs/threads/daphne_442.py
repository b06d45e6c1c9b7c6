"""django/daphne#442: three replicas, CONN_MAX_AGE = 60, “too many clients already”.

Under ASGI each request has a thread of its own, whichever server it is (here uvicorn): a connection
that is kept for the thread's next request waits for one that never comes.
"""

import stage
import visitors
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from connection_budget import WEB, Role

ROLE = Role("web", connections=4, processes=3, kind=WEB)
STOCK = {"CONN_MAX_AGE": 60}


def show(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")
    return HttpResponse("a page")


urlpatterns = [path("", show)]


def scene():
    return visitors.visit(visitors.UVICORN, servers=3, visitors=60)


if __name__ == "__main__":
    stage.play(scene)
