from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from project.core.models import AuditEvent, Team


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    teams = Team.objects.prefetch_related("memberships__person")
    events = AuditEvent.objects.all()[:12]
    return render(request, "core/people.html", {"teams": teams, "events": events})
