from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from project.dev.models import CostEntry, Deployment, Project


@require_GET
def projects(request: HttpRequest) -> HttpResponse:
    rows = Project.objects.select_related("team", "budget").order_by("name")
    rows = rows.annotate(spent_minor=Sum("costs__amount_minor"), cost_count=Count("costs"))
    context = {
        "projects": rows,
        "costs": CostEntry.objects.select_related("project", "transaction")[:15],
        "deployments": Deployment.objects.select_related("project", "deployed_by")[:8],
    }
    return render(request, "dev/projects.html", context)
