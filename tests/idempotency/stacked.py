"""Endpoints that the checks have something to say about, and one of which they have not."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.transaction import non_atomic_requests
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views import View
from ninja import NinjaAPI
from ninja.decorators import decorate_view
from rest_framework.decorators import api_view
from rest_framework.viewsets import GenericViewSet

from governance.idempotency import drf, idempotent, ninja, run_idempotent


@idempotent(module="finance")
def good(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@non_atomic_requests
@idempotent
def free(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@idempotent(required=False)
def lenient(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@method_decorator(idempotent, name="dispatch")
class Around(LoginRequiredMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


@method_decorator(idempotent, name="post")
class Within(LoginRequiredMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


@method_decorator(idempotent, name="dispatch")
class AroundDecorated(View):
    @method_decorator(login_required)
    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


async def of_coroutine(request: HttpRequest) -> HttpResponseBase:
    return await run_idempotent(request, bare)


class OfCoroutine(View):
    async def post(self, request: HttpRequest) -> HttpResponseBase:
        return await run_idempotent(request, bare)


class Asynchronous(View):
    @method_decorator(idempotent)
    async def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


@idempotent
def streams(request: HttpRequest) -> Any:
    return StreamingHttpResponse([]) if request.GET else FileResponse()


@idempotent
def sets_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse()
    response.set_cookie("a", "b")
    return response


@idempotent(using="elsewhere")
def elsewhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@idempotent(lock="row")
def by_row(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@idempotent(module="finanse")
def mistyped(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Payments(drf.IdempotentMixin, GenericViewSet):
    def create(self, request: Any) -> Any: ...


@api_view(["POST"])
@drf.idempotent
def of_function(request: Any) -> Any: ...


api = NinjaAPI(urls_namespace="stacked")


@api.post("/pay", url_name="pay")
@decorate_view(ninja.idempotent())
def of_ninja(request: HttpRequest) -> Any: ...


@api.post("/bare", url_name="bare")
def bare_of_ninja(request: HttpRequest) -> Any: ...


inner = (
    [
        path("good", good, name="good"),
        path("bare", bare, name="bare"),
        path("lenient", lenient, name="lenient"),
        path("viewset", Payments.as_view({"post": "create"}), name="viewset"),
        path("function", of_function, name="function"),
        path("within", Within.as_view(), name="within"),
        path("coroutine", of_coroutine, name="coroutine"),
        path("coroutines", OfCoroutine.as_view(), name="coroutines"),
    ],
    "shop",
)
urlpatterns = [
    path("shop/", include(inner)),
    path("decorated", AroundDecorated.as_view(), name="decorated"),
    path("around", Around.as_view(), name="around"),
    path("asynchronous", Asynchronous.as_view(), name="asynchronous"),
    path("streams", streams, name="streams"),
    path("cookie", sets_cookie, name="cookie"),
    path("elsewhere", elsewhere, name="elsewhere"),
    path("row", by_row, name="row"),
    path("free", free, name="free"),
    path("mistyped", mistyped, name="mistyped"),
    path("ninja/", api.urls),
]
