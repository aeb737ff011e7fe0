"""Who sends, and the two places outside the view where a test may kill the worker."""

from django.contrib.auth.models import User

from tests.idempotency.site.crashing import crash


def sender(get_response):
    def middleware(request):
        request.user = User(pk=int(request.headers.get("X-User", "1")))
        return get_response(request)

    return middleware


def inner(get_response):
    def middleware(request):
        response = get_response(request)
        crash(request, "c3")
        return response

    return middleware


def outermost(get_response):
    def middleware(request):
        response = get_response(request)
        crash(request, "c4")
        return response

    return middleware
