"""Reports are read and settled by staff, and by nobody who may not."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from learning.models import Complaint, Report
from tests.learning.progress.cast import in_order, make_roadmap, write_tutorial

pytestmark = pytest.mark.django_db
ADDRESS = "admin:learning_report_changelist"


@pytest.fixture
def report() -> Report:
    version = write_tutorial(in_order(make_roadmap())[0])
    return Report.objects.create(version=version, kind=Complaint.WRONG, words="It slips.")


def settle(client: Client, report: Report) -> None:
    client.post(reverse(ADDRESS), {"action": "settle", "_selected_action": [report.pk]})
    report.refresh_from_db()


def test_staff_read_and_settle_what_learners_report(admin_client: Client, report: Report) -> None:
    assert "It slips." in admin_client.get(reverse(ADDRESS)).content.decode()
    settle(admin_client, report)
    assert report.settled_at is not None


def test_who_may_only_look_settles_nothing(client: Client, report: Report) -> None:
    user = User.objects.create_user("erin@knots.example", "rope-and-twine", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_report"))
    client.force_login(user)
    assert "It slips." in client.get(reverse(ADDRESS)).content.decode()
    settle(client, report)
    assert report.settled_at is None
