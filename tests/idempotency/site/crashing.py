"""Dying on request, once for each key."""

import os
import signal
from pathlib import Path
from threading import Timer

from governance.idempotency.testing import die_once


def crash(request, point):
    if request.headers.get("X-Crash") != point:
        return
    if request.path == "/bare":
        return
    die_once(Path(os.environ["SITE_FOLDER"]) / f"crash-{request.headers['Idempotency-Key']}")


def crash_soon(request):
    """While a statement runs."""
    marker = Path(os.environ["SITE_FOLDER"]) / f"crash-{request.headers['Idempotency-Key']}"
    if request.headers.get("X-Crash") == "sql" and not marker.exists():
        marker.touch()
        Timer(0.2, os.kill, (os.getpid(), signal.SIGKILL)).start()
        return True
    return False
