"""django/channels#1206: far more connections since there are consumers.

A consumer reaches the ORM in a thread of the loop's pool, and each thread that ever did keeps a
connection for CONN_MAX_AGE. The consumer is the same in both variants.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import stage
from channels.db import database_sync_to_async
from django.db import connection

from connection_budget import WEB, Role

ROLE = Role("web", connections=4, processes=1, kind=WEB)
STOCK = {"CONN_MAX_AGE": 600}


def look_up():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")
    return stage.SERVED


async def receive_at_once(messages):
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(40))
    look = database_sync_to_async(look_up, thread_sensitive=False)
    return await asyncio.gather(*(look() for _ in range(messages)))


def scene():
    return stage.tell(asyncio.run(receive_at_once(60)))


if __name__ == "__main__":
    stage.play(scene)
