"""Test cases of a project, run by Django's own runner: see test_projects_tests.py."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

from django.db import connections
from django.test import LiveServerTestCase, TestCase, TransactionTestCase
from django_celery_results.models import TaskResult

from connection_budget.process import process_executor
from connection_budget.testing import UnitsInline, close_lanes


def count_rows() -> int:
    return TaskResult.objects.count()


def write_row() -> None:
    TaskResult.objects.create(task_id="unit")


class TwoDatabases(TestCase):
    databases = {"default", "reports"}  # noqa: RUF012 - Django's

    def test_both_are_had_at_once(self) -> None:
        for alias in ("default", "reports"):
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT current_database()")
                assert "test_" in cursor.fetchone()[0]

    def test_rows_of_one_are_not_of_the_other(self) -> None:
        TaskResult.objects.using("reports").create(task_id="there")
        assert count_rows() == 0


class Rows(UnitsInline, TestCase):
    def test_a_unit_sees_the_tests_rows(self) -> None:
        TaskResult.objects.create(task_id="test")
        assert process_executor().run_sync(count_rows) == 1

    def test_what_a_unit_writes_is_rolled_back_with_the_test(self) -> None:
        process_executor().run_sync(write_row)
        assert count_rows() == 1

    async def test_an_async_test_sees_them_too(self) -> None:
        assert await process_executor().run(count_rows) == 0
        await process_executor().run(write_row)
        assert await process_executor().run(count_rows) == 1


class Lanes(TransactionTestCase):
    def test_lanes_are_closed_before_the_database_is_dropped(self) -> None:
        self.addCleanup(close_lanes)
        TaskResult.objects.create(task_id="committed")
        assert process_executor().run_sync(count_rows) == 1


class Live(LiveServerTestCase):
    def test_more_visitors_at_once_than_there_are_connections_are_all_answered(self) -> None:
        def visit(_: int) -> Any:
            server = HTTPConnection(self.server_thread.host, self.server_thread.port)
            with closing(server):
                server.request("GET", "/query?seconds=0.1")
                return server.getresponse().status

        with ThreadPoolExecutor(25) as visitors:
            assert set(visitors.map(visit, range(25))) == {200}
