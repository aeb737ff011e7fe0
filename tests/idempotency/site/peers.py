"""The same view with other packages, as their pages say; for the benchmark only."""

import os
from urllib.parse import quote

APPS = ["rest_framework", "drf_idempotency", "rest_framework_idempotency_key"]
NAMES = ("justonce", "drf-idempotency", "djangorestframework-idempotency-key", "idemkit")


def urls(bare):
    """Return a pattern for each peer."""
    from django.contrib.auth.decorators import login_required
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    views = (justonce, drf_idempotency, rest_framework_idempotency_key, idemkit)
    return [
        path(f"authenticated/{name}", csrf_exempt(login_required(make(bare))))
        for name, make in zip(NAMES, views, strict=True)
    ]


def plain(bare, request):
    import json

    return json.loads(bare(request).content)


def justonce(bare):
    from django.http import JsonResponse
    from justonce import Idempotent
    from justonce.stores.django_store import DjangoStore

    engine = Idempotent(DjangoStore())

    def view(request):
        key = request.headers["Idempotency-Key"]
        payload = request.body.decode()
        result = engine.run(key, lambda: plain(bare, request), payload=payload)
        return JsonResponse(result.value, status=201)

    return view


def drf_idempotency(bare):
    from drf_idempotency.core import process_idempotent_request

    return lambda request: process_idempotent_request(request, lambda: bare(request))


def rest_framework_idempotency_key(bare):
    from rest_framework.response import Response
    from rest_framework.views import APIView
    from rest_framework_idempotency_key.decorators import simple_idempotency_key_method
    from rest_framework_idempotency_key.middleware import IdempotencyKeyMiddleware

    class Pay(APIView):
        authentication_classes = ()

        @simple_idempotency_key_method
        def post(self, request):
            return Response(plain(bare, request), status=201)

    return IdempotencyKeyMiddleware(Pay.as_view())


def idemkit(bare):
    from idemkit import HttpConfig
    from idemkit.backends.postgres import PostgresBackend
    from idemkit.contrib.drf import idempotent_view
    from rest_framework.response import Response
    from rest_framework.views import APIView

    backend = PostgresBackend.from_url(dsn())
    mixin = idempotent_view(backend=backend, config=HttpConfig(scope=lambda request: "ann"))

    class Pay(mixin, APIView):
        authentication_classes = ()

        def post(self, request):
            return Response(plain(bare, request), status=201)

    return Pay.as_view()


def dsn():
    from django.db import connection

    own = connection.settings_dict
    return f"postgresql://{own['USER']}@/{own['NAME']}?host={quote(own['HOST'])}&port={own['PORT']}"


def create_tables():
    """Those that no migration makes."""
    import asyncio

    from idemkit.backends.postgres import init_pg
    from justonce.stores.django_store import DjangoStore

    DjangoStore().create_table()
    asyncio.run(init_pg(dsn()))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.idempotency.site.settings")
    django.setup()
    create_tables()
