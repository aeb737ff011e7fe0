from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from project.finance.forms import TransactionForm
from project.finance.models import AccountBalance, Transaction

PAGE_SIZE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def transactions(request: HttpRequest) -> HttpResponse:
    form = TransactionForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        messages.success(request, f"Transaction {form.record().reference} recorded.")
        return redirect("finance:transactions")
    rows = Transaction.objects.select_related("account").prefetch_related("tags")
    context = {
        "form": form,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "balances": AccountBalance.objects.select_related("account").order_by("account__code"),
    }
    return render(request, "finance/transactions.html", context)
