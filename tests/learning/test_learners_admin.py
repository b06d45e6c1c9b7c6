"""What staff see of learners, and what nobody sees."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from learning.models import Note, Report
from tests.generation.admin_cast import make_roadmap

pytestmark = pytest.mark.django_db


def test_nobody_but_its_writer_reads_a_note(admin_client: Client) -> None:
    make_roadmap("Knots", concepts=1)
    note = Note.objects.get()
    pages = [
        reverse("admin:learning_note_changelist"),
        reverse("admin:learning_note_change", args=[note.pk]),
        reverse("admin:learning_note_history", args=[note.pk]),
        reverse("admin:learning_learner_change", args=[note.learner_id]),
    ]
    for page in pages:
        answer = admin_client.get(page)
        assert answer.status_code == 200
        assert "My own words." not in answer.content.decode()


def test_a_report_is_settled_once(admin_client: Client) -> None:
    make_roadmap("Knots", concepts=1)
    report = Report.objects.get()
    data = {"action": "settle", "_selected_action": [str(report.pk)]}
    page = reverse("admin:learning_report_changelist")
    assert "1 report settled." in admin_client.post(page, data, follow=True).content.decode()
    report.refresh_from_db()
    settled = report.settled_at
    assert settled is not None
    assert "0 reports settled." in admin_client.post(page, data, follow=True).content.decode()
    report.refresh_from_db()
    assert report.settled_at == settled


def test_staff_who_may_not_change_reports_settle_none(client: Client) -> None:
    make_roadmap("Knots", concepts=1)
    client.force_login(User.objects.create_user("bob@knots.example", is_staff=True))
    data = {"action": "settle", "_selected_action": [str(Report.objects.get().pk)]}
    assert client.post(reverse("admin:learning_report_changelist"), data).status_code == 403
    assert Report.objects.get().settled_at is None


def test_a_report_leads_to_its_roadmap(admin_client: Client) -> None:
    run = make_roadmap("Knots", concepts=1)
    page = admin_client.get(reverse("admin:learning_report_changelist")).content.decode()
    assert reverse("admin:roadmaps_roadmap_change", args=[run.roadmap_id]) in page
