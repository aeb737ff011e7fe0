"""The landing page: the one place that looks at all modules, through their interfaces."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from project.core import services as core
from project.dev import services as dev
from project.finance import services as finance


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A module as the landing page shows it."""

    name: str
    team: str
    purpose: str
    url: str
    counts: dict[str, int]


@require_GET
def landing(request: HttpRequest) -> HttpResponse:
    cards = [
        Card(
            name="core",
            team="Platform",
            purpose="People, teams, and the audit trail every module appends to.",
            url=reverse("core:people"),
            counts=core.counts(),
        ),
        Card(
            name="finance",
            team="Payments",
            purpose="Accounts, the ledger, invoices. Nobody else writes a booking.",
            url=reverse("finance:transactions"),
            counts=finance.counts(),
        ),
        Card(
            name="dev",
            team="Engineering",
            purpose="Projects, deployments, and what they cost.",
            url=reverse("dev:projects"),
            counts=dev.counts(),
        ),
    ]
    return render(request, "index.html", {"cards": cards})
