"""The admin's name, and the ways from row to row."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from concepts.models import Artifact
from generation.models import GenerationRun
from tests.generation.admin_cast import make_roadmap

pytestmark = pytest.mark.django_db


def links_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def run() -> GenerationRun:
    return make_roadmap("Knots", concepts=1)


def test_the_admin_bears_cairns_name(admin_client: Client, client: Client) -> None:
    for page in (
        links_of(admin_client, "/admin/"),
        links_of(admin_client, "/admin/accounts/user/"),
        links_of(client, "/admin/login/"),
    ):
        assert "Cairn administration" in page
        assert "Django" not in page


def test_a_run_leads_to_all_that_belongs_to_it(admin_client: Client, run: GenerationRun) -> None:
    page = links_of(admin_client, reverse("admin:generation_generationrun_change", args=[run.pk]))
    for address in (
        reverse("admin:roadmaps_roadmap_change", args=[run.roadmap_id]),
        reverse("operations:run", args=[run.pk]),
        f"{reverse('admin:generation_generationevent_changelist')}?run__id__exact={run.pk}",
        f"{reverse('admin:generation_modelcallrecord_changelist')}?run__id__exact={run.pk}",
        f"{reverse('admin:concepts_artifact_changelist')}?run_id__exact={run.pk}",
    ):
        assert f'href="{address}"' in page
        assert admin_client.get(address).status_code == 200


@pytest.mark.parametrize(
    "name", ["generation_generationevent", "generation_modelcallrecord", "concepts_artifact"]
)
def test_what_belongs_to_a_run_leads_back_to_it(
    admin_client: Client, run: GenerationRun, name: str
) -> None:
    page = links_of(admin_client, reverse(f"admin:{name}_changelist"))
    back = reverse("admin:generation_generationrun_change", args=[run.pk])
    assert f'href="{back}"' in page


def test_an_artifact_is_listed_with_its_roadmap(admin_client: Client, run: GenerationRun) -> None:
    page = links_of(admin_client, reverse("admin:concepts_artifact_changelist"))
    roadmap = reverse("admin:roadmaps_roadmap_change", args=[run.roadmap_id])
    assert f'<a href="{roadmap}">Knots</a>' in page


def test_an_artifact_without_a_run_is_listed_too(admin_client: Client, run: GenerationRun) -> None:
    Artifact.objects.update(run_id=None)
    assert "Knots" in links_of(admin_client, reverse("admin:concepts_artifact_changelist"))


def test_a_roadmap_leads_to_its_runs(admin_client: Client, run: GenerationRun) -> None:
    make_roadmap("Other knots", concepts=1)
    page = links_of(admin_client, reverse("admin:roadmaps_roadmap_change", args=[run.roadmap_id]))
    runs = reverse("admin:generation_generationrun_changelist")
    address = f"{runs}?roadmap__id__exact={run.roadmap_id}"
    assert f'href="{address}"' in page
    assert admin_client.get(address).context["cl"].result_count == 1


def test_the_admin_leads_to_operations(admin_client: Client) -> None:
    assert 'href="/operations/"' in links_of(admin_client, "/admin/")
