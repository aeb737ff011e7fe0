import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from governance.idempotency import idempotent
from project.finance.forms import TransactionForm
from project.finance.models import Account, AccountBalance, Transaction
from project.finance.services import record_transaction

PAGE_SIZE = 20
JSON = "application/json"


def from_program(request: HttpRequest) -> bool:
    """Programs send JSON and a key; a browser sends the form."""
    return request.content_type == JSON


def program_logged_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if from_program(request) and not request.user.is_authenticated:
            return JsonResponse({"detail": "Log in first."}, status=401)
        return view(request, *args, **kwargs)

    return checked


class Transactions(View):
    """The ledger as a page, and the place to record a booking, for people and for programs."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return page(request, TransactionForm(label_suffix=""))

    @method_decorator([program_logged_in, idempotent(module="finance", required=from_program)])
    def post(self, request: HttpRequest) -> HttpResponse:
        if from_program(request):
            return recorded(request)
        form = TransactionForm(request.POST, label_suffix="")
        if not form.is_valid():
            return page(request, form)
        messages.success(request, f"Transaction {form.record().reference} recorded.")
        return redirect("finance:transactions")


def recorded(request: HttpRequest) -> HttpResponse:
    """Book what a program asks for: ``{"account": "4000", "amount_minor": 1250, "memo": "…"}``."""
    try:
        asked = json.loads(request.body)
        account, amount = Account.objects.get(code=asked["account"]), int(asked["amount_minor"])
    except (ValueError, TypeError, KeyError, Account.DoesNotExist) as error:
        raise BadRequest("Send an account and an amount_minor.") from error
    if amount == 0:
        raise BadRequest("An amount of zero moves nothing.")
    booked = record_transaction(
        account_code=account.code,
        amount_minor=amount,
        reference=f"api-{uuid4().hex[:12]}",
        memo=str(asked.get("memo", "")),
    )
    return JsonResponse({"reference": booked.reference, "amount_minor": amount}, status=201)


def page(request: HttpRequest, form: TransactionForm) -> HttpResponse:
    rows = Transaction.objects.select_related("account").prefetch_related("tags")
    context = {
        "form": form,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "balances": AccountBalance.objects.select_related("account").order_by("account__code"),
    }
    return render(request, "finance/transactions.html", context)
