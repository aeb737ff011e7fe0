import os
import time
from pathlib import Path
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.db.transaction import non_atomic_requests
from django.http import HttpResponse, JsonResponse
from django.urls import path

from governance.idempotency import idempotent, running, storage
from governance.idempotency.staged import staged
from tests.idempotency.site.crashing import crash, crash_soon
from tests.idempotency.site.models import Payment

LOG = Path(os.environ["SITE_FOLDER"]) / "executions"


def bare(request):
    with LOG.open("ab", buffering=0) as log:
        log.write(request.headers.get("Idempotency-Key", "-").encode() + b"\n")
    crash(request, "c1")
    time.sleep(float(request.headers.get("X-Before", 0)) / 1000)
    payment = Payment.objects.create(reference=request.headers.get("Idempotency-Key", ""))
    crash(request, "c2")
    if crash_soon(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(8)")
    time.sleep(float(request.headers.get("X-After", 0)) / 1000)
    return JsonResponse({"id": payment.pk, "once": str(uuid4())}, status=201)


def charged(key, request, point):
    """Another system that keeps a list of the keys it has seen."""
    with LOG.open("ab", buffering=0) as log:
        log.write(f"{request.headers['Idempotency-Key']} charged {key}\n".encode())
    crash(request, point)
    time.sleep(float(request.headers.get("X-After", 0)) / 1000)
    return "ok"


@non_atomic_requests
@staged(lease=1)
def in_phases(request, operation):
    crash(request, "c1")
    reference = request.headers["Idempotency-Key"]
    pk = operation.phase("book", lambda: Payment.objects.create(reference=reference).pk)
    crash(request, "c2")
    repeatable = "X-Repeatable" in request.headers
    operation.foreign("charge", lambda key: charged(key, request, "c5"), repeatable=repeatable)
    crash(request, "c6")
    return JsonResponse({"id": pk, "once": str(uuid4())}, status=201)


urlpatterns = [
    path("staged", in_phases),
    path("pay", idempotent(bare)),
    path("row", idempotent(lock="row")(bare)),
    path("wait", idempotent(on_in_flight="wait", max_waiters=8)(bare)),
    path("bare", bare),
    path("nothing", lambda request: HttpResponse()),
    path("authenticated/nothing", login_required(lambda request: HttpResponse())),
    path("authenticated/bare", login_required(bare)),
    path("authenticated/pay", login_required(idempotent(bare))),
    path("authenticated/row", login_required(idempotent(lock="row")(bare))),
    path("ping", lambda request: HttpResponse("pong")),
]

if os.environ.get("SITE_PEERS"):
    from tests.idempotency.site import peers

    urlpatterns += peers.urls(bare)

# What must be noticed when it is taken away.
if os.environ.get("SITE_WITHOUT") == "lock":
    storage.lock_and_find = lambda call: (True, storage.find(call))
if os.environ.get("SITE_WITHOUT") == "key":
    storage.keep = lambda call, kept, **more: None
if os.environ.get("SITE_WITHOUT") == "transaction":
    from contextlib import nullcontext

    running.one_transaction = lambda alias: nullcontext()
