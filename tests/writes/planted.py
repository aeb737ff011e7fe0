"""Run code as if it stood in a file of a module of the demonstration project."""

import textwrap
from typing import Any

from tests.monolith import CHECKOUT

PREAMBLE = """
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection, models, transaction
from django.utils import timezone
from governance import acting_as, current_actor
from project.core.models import Person, Team
from project.dev.models import Deployment, LedgerRow, Project
from project.finance.models import Account, Invoice, Refund, Tag, Transaction
"""


def code_in(place: str, source: str) -> dict[str, Any]:
    """Return the names that the source defines; ``place`` is like ``dev/reports.py``."""
    name = "project." + place.removesuffix(".py").replace("/", ".")
    namespace: dict[str, Any] = {"__name__": name}
    file = str(CHECKOUT / "project" / place)
    exec(compile(PREAMBLE, "<preamble>", "exec"), namespace)
    exec(compile(textwrap.dedent(source), file, "exec"), namespace)
    return namespace


def function_in(place: str, body: str, name: str = "act") -> Any:
    """Return one function named ``act`` with the given body."""
    return code_in(place, f"def {name}(*args):\n" + textwrap.indent(textwrap.dedent(body), "    "))[
        name
    ]
