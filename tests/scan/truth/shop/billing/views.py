from django.contrib.auth import get_user_model
from django.http import HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views import View
from django.views.decorators.http import require_POST
from django.views.generic import FormView, UpdateView
from django.views.generic.edit import ModelFormMixin

import shop.accounts.models as am
import shop.orders.models
from shop import catalogue, orders
from shop.billing.models import Invoice, Payment
from shop.orders.forms import OrderForm
from shop.orders.models import Order as PurchaseOrder

User = get_user_model()


class InvoicePayView(View):
    model = Invoice

    @cached_property
    def invoice(self):
        return Invoice.objects.select_related("order").get(pk=self.kwargs["pk"])

    @property
    def order(self):
        return self.invoice.order

    @method_decorator(require_POST)
    def dispatch(self, *args, **kwargs):
        return super().dispatch(*args, **kwargs)

    def post(self, request, pk):
        self.invoice.settle(self.invoice.amount)  # ok: own table
        self.order.status = "paid"
        self.order.save()  # W: orders_order save
        am.Customer.objects.filter(orders=self.order).update(tier="payer")  # W: accounts_customer update
        self.customer = self.order.customer
        self.mark()
        return JsonResponse({"ok": True})

    def mark(self):
        self.customer.tier = "marked"
        self.customer.save()  # W: accounts_customer save


class OrderEdit(UpdateView):  # W: orders_order any
    model = PurchaseOrder
    fields = ["status"]
    success_url = "/"


class OrderEditOwn(ModelFormMixin, FormView):
    model = PurchaseOrder
    form_class = OrderForm
    success_url = "/"

    def form_valid(self, form):
        self.object = form.save()  # ok: the owner's form
        self.object.total = 0
        self.object.save()  # W: orders_order save
        return HttpResponse()


class InvoiceUpdate(UpdateView):  # ok: own table
    model = Invoice
    fields = ["status"]
    success_url = "/"

    def form_valid(self, form):
        response = super().form_valid(form)  # ok: own table
        self.object.order.status = "edited"
        self.object.order.save()  # W: orders_order save
        return response


def block_user(request, user_id):
    user = User.objects.get(pk=user_id)
    user.is_active = False
    user.save()  # W: accounts_user save
    User.objects.filter(pk=user_id).update(first_name="blocked")  # W: accounts_user update
    user.groups.clear()  # W: accounts_user_groups delete
    user.user_permissions.set([])  # ?: the difference may be empty
    user.anonymise()  # ok: owner's method
    request.user.phone = ""
    request.user.save(update_fields=["phone"])  # W: accounts_user save
    return HttpResponse()


def dotted(request):
    shop.orders.models.Coupon.objects.all().delete()  # W: orders_coupon delete
    orders.models.Cart.objects.filter(user=None).delete()  # W: orders_cart delete
    catalogue.models.Brand.objects.get_or_create(name="x")  # W: catalogue_brand insert
    am.ApiToken.objects.create(user=request.user, key="k")  # W: auth_tokens insert
    am.Team.members.through.objects.all().delete()  # W: accounts_membership delete
    Payment.objects.filter(state="x").delete()  # ok: own table
    return HttpResponse()


def narrowing(obj):
    if isinstance(obj, PurchaseOrder):
        obj.save()  # W: orders_order save
    elif isinstance(obj, Invoice):
        obj.save()  # ok: own table
    elif isinstance(obj, dict):
        obj.update(seen=True)  # ok: dict.update
    elif isinstance(obj, (list, set)):
        obj.clear()  # ok: list.clear
    else:
        obj.save()  # ?: anything


def matching(obj):
    match obj:
        case PurchaseOrder():
            obj.delete()  # W: orders_order delete
        case Payment(state="new"):
            obj.delete()  # ok: own table
        case {"order": PurchaseOrder() as order}:
            order.save()  # W: orders_order save


def cache_it(request, invoice):
    from django.core.cache import cache

    cache.set("invoice", invoice.pk)  # ok: a cache
    cache.delete("invoice")  # ok: a cache
    cache.clear()  # ok: a cache
    response = HttpResponse()
    response.delete_cookie("cart")  # ok: a cookie
    request.session.flush()  # ok: a session
    params = request.GET.copy()
    params.update({"page": "1"})  # ok: QueryDict.update
    params.clear()  # ok: QueryDict.clear
    return response
