"""procrastinate#1435: the worker and Django's connections together exhaust the server.

A worker has a pool of psycopg's own beside Django, and runs each synchronous task in a thread
whose connection nobody closes (played here with what they are made of). The pool is declared as
extra; tasks reach the ORM through lanes.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import stage
import tasks
from asgiref.sync import sync_to_async
from psycopg_pool import AsyncConnectionPool

from connection_budget import Role, process_executor
from connection_budget.budget import RoleKind

ROLE = Role("jobs", connections=2, processes=1, kind=RoleKind(extra_connections=3))
STOCK = {}


async def work(number):
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(20))
    name = {"application_name": os.environ["STAGE_NAME"]}
    async with AsyncConnectionPool(os.environ["DATABASE_URL"], kwargs=name, min_size=3, max_size=3):
        lane = process_executor().run if stage.WITH_PACKAGE else None
        run = lane or sync_to_async(lambda unit: unit(), thread_sensitive=False)
        return await asyncio.gather(*(run(tasks.look) for _ in range(number)))


def scene():
    return f"40 tasks on {len(set(asyncio.run(work(40))))} backends"


if __name__ == "__main__":
    stage.play(scene)
