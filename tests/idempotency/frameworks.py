"""One endpoint in each framework, for session and for token: ``/<framework>/pay``."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from ninja import File, NinjaAPI, Status, UploadedFile
from ninja.decorators import decorate_view
from ninja.errors import HttpError
from ninja.security import HttpBearer, django_auth
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.idempotency import drf, idempotent, ninja
from project.core.services import record_event

PERMISSION = "core.add_auditevent"
calls: list[str] = []


def bearer(request: Any) -> User | None:
    kind, _, name = request.headers.get("Authorization", "").partition(" ")
    return User.objects.filter(username=name, is_active=True).first() if kind == "Bearer" else None


def write(text: str) -> dict[str, int]:
    return {"id": record_event("finance", "paid", text[:200]).pk}


def token_too(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any) -> HttpResponse:
        request.user = bearer(request) or request.user
        return view(request, *args)

    return inner


@token_too
@permission_required(PERMISSION, raise_exception=True)
@idempotent
def plain(request: HttpRequest) -> HttpResponse:
    return JsonResponse(write(request.body.decode()), status=201)


@method_decorator(token_too, name="dispatch")
@method_decorator(permission_required(PERMISSION, raise_exception=True), name="dispatch")
class OfClass(View):
    @method_decorator(idempotent(module="finance"))
    def post(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(write(request.body.decode()), status=201)

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("got")


class Bearer(BaseAuthentication):
    def authenticate(self, request: Any) -> Any:
        user = bearer(request)
        return (user, None) if user else None

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class MayPay(BasePermission):
    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.has_perm(PERMISSION))


class OfDrf(drf.IdempotentMixin, APIView):
    authentication_classes = [Bearer, SessionAuthentication]
    permission_classes = [MayPay]

    def post(self, request: Any) -> Response:
        told = write(str(sorted(request.data)))
        if request.data.get("fail") == "raised":
            raise NotFound("no such account")
        if request.data.get("fail") == "bug":
            raise ValueError("bug")
        if request.data.get("fail") == "unserialisable":
            return Response({"x": object()}, status=201)
        return Response(told, status=201)

    def get(self, request: Any) -> Response:
        return Response("got")

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        calls.append("finalize")
        return super().finalize_response(*args, **kwargs)

    def handle_exception(self, exc: Exception) -> Any:
        calls.append("handle")
        return super().handle_exception(exc)


@api_view(["POST"])
@authentication_classes([Bearer, SessionAuthentication])
@permission_classes([MayPay])
@drf.idempotent(module="finance")
def function_of_drf(request: Any) -> Response:
    return Response(write(str(sorted(request.data))), status=201)


class BearerOfNinja(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> Any:
        user = User.objects.filter(username=token, is_active=True).first()
        return user if user and user.has_perm(PERMISSION) else None


def session(request: HttpRequest) -> Any:
    user = django_auth(request)
    return user if user and user.has_perm(PERMISSION) else None


api = NinjaAPI(auth=[BearerOfNinja(), session], urls_namespace="ninja")


@api.post("/pay", url_name="pay", response={201: dict[str, int]})
@decorate_view(ninja.idempotent(module="finance"))
def of_ninja(request: HttpRequest, fail: str = "") -> Any:
    told = write(request.body.decode())
    if fail == "raised":
        raise HttpError(404, "no such account")
    if fail == "unserialisable":
        return Status(201, {"id": "no number"})
    return Status(201, told)


@api.post("/file", response={201: dict[str, int]})
@decorate_view(ninja.idempotent())
def file_of_ninja(request: HttpRequest, file: File[UploadedFile]) -> Any:
    return Status(201, write(file.read().decode()))


@api.post("/name", auth=lambda request: "a name", response={201: dict[str, int]})
@decorate_view(ninja.idempotent())
def nameless(request: HttpRequest) -> Any:
    return Status(201, write(""))


def operation(place: str) -> Any:
    """What Ninja made of a function."""
    found = api.default_router.path_operations[place].operations[0]
    found.api = api
    return found


urlpatterns = [
    path("plain/pay", plain, name="plain"),
    path("class/pay", OfClass.as_view(), name="class"),
    path("drf/pay", OfDrf.as_view(), name="drf"),
    path("function/pay", function_of_drf, name="function"),
    path("ninja/", api.urls),
]
