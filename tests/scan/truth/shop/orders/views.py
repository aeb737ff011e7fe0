from asgiref.sync import async_to_sync, sync_to_async
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.views import View
from django.views.generic import CreateView, DeleteView, DetailView, FormView, ListView, UpdateView

from shop.accounts.forms import CustomerForm
from shop.accounts.models import Address, Customer
from shop.catalogue.models import Product, StockLevel
from shop.lib.views import AuditMixin, JsonFormMixin, StatusActionMixin
from shop.notifications.models import Notification
from shop.orders import services
from shop.orders.forms import AddressBookForm, OrderForm
from shop.orders.models import Cart, Order


def checkout(request):
    customer = get_object_or_404(Customer, user_id=request.user.pk)
    items = [(item.product, item.quantity) for item in request.user.carts.get().items.all()]
    order = services.place_order(customer, items)  # ok: own service
    request.session["order"] = order.pk
    request.session.update({"step": "done"})  # ok: a session
    request.session.save()  # ok: a table of the platform
    request.user.carts.all().delete()  # ok: own table, reached from a foreign one
    request.user.notifications.create(kind="ordered")  # W: notifications_notification insert
    return JsonResponse({"order": order.pk})


def save_address(request):
    customer = Customer.objects.get(user=request.user)
    address = customer.address_set.first() or Address(customer=customer)
    address.city = request.POST.get("city", "")
    address.save()  # W: accounts_address save
    return HttpResponse("saved")


def toggle_stock(request, product_id):
    product = get_object_or_404(Product.objects.active(), pk=product_id)
    product.is_active = not product.is_active
    product.save()  # W: catalogue_product save
    level = get_object_or_404(StockLevel, product=product)
    level.quantity = 0
    level.save()  # ok: a share of the catalogue
    for other in get_list_or_404(Product, brand=product.brand):
        other.save()  # W: catalogue_product save
    return HttpResponse()


def edit_customer(request, pk):
    customer = get_object_or_404(Customer, pk=pk)
    form = CustomerForm(request.POST, instance=customer)
    if form.is_valid():
        form.save()  # ok: the owner's form
    return redirect("/")


def edit_address(request, pk):
    form = AddressBookForm(request.POST, instance=Address.objects.get(pk=pk))
    if form.is_valid():
        address = form.save(commit=False)  # ok: saves nothing
        address.is_default = True
        address.save()  # W: accounts_address save
    return HttpResponse()


def edit_order(request, pk):
    form = OrderForm(request.POST or None, instance=Order.objects.get(pk=pk))
    if form.is_valid():
        order = form.save()  # ok: own table
        order.customer.orders.update(total=0)  # ok: own table, reached from a foreign one
    return render(request, "orders/edit.html", {"form": form})


class CartView(AuditMixin, View):
    def post(self, request):
        cart, created = Cart.objects.get_or_create(user=request.user)  # ok: own table
        self.log("created")  # ok: a list
        product = Product.objects.get(pk=request.POST["product"])
        cart.items.create(product=product)  # ok: own table
        Product.objects.filter(pk=product.pk).update(is_dirty=True)  # W: catalogue_product update
        return HttpResponse()

    def delete(self, request):
        request.user.carts.all().delete()  # ok: own table
        return HttpResponse()

    def get(self, request):
        return self.delete(request)  # ok: a method of the view


class OrderList(ListView):  # ok: reads
    model = Order
    paginate_by = 50

    def get_queryset(self):
        return super().get_queryset().filter(customer__user=self.request.user)


class CustomerDetail(DetailView):  # ok: reads
    model = Customer

    def get_object(self, queryset=None):
        customer = super().get_object(queryset)
        Customer.objects.filter(pk=customer.pk).update(preferences={"seen": True})  # W: accounts_customer update
        return customer


class AddressCreate(CreateView):  # W: accounts_address any
    model = Address
    fields = ["customer", "city"]
    success_url = "/"


class AddressUpdate(UpdateView):  # W: accounts_address any
    queryset = Address.objects.all()
    fields = ["city"]
    success_url = "/"


class AddressDelete(DeleteView):  # W: accounts_address any
    model = Address
    success_url = "/"


class OrderUpdate(JsonFormMixin, UpdateView):  # ok: own table
    model = Order
    form_class = OrderForm


class OrderActionView(StatusActionMixin, View):
    status = "closed"

    def get_queryset(self):
        return Order.objects.all()

    def post(self, request, pk):
        return self.perform(request, pk)  # ok: own table


class CustomerFormView(FormView):
    form_class = CustomerForm
    success_url = "/"

    def form_valid(self, form):
        form.save()  # ok: the owner's form
        return super().form_valid(form)


async def order_status(request, pk):
    order = await Order.objects.aget(pk=pk)
    order.status = "seen"
    await order.asave(update_fields=["status"])  # ok: own table
    return JsonResponse({"status": order.status})


async def notify_me(request, pk):
    await Notification.objects.acreate(user_id=request.user.pk, kind="watch")  # W: notifications_notification insert
    await Notification.objects.filter(user_id=request.user.pk).aupdate(is_read=True)  # W: notifications_notification update
    note = await Notification.objects.filter(user_id=request.user.pk).afirst()
    if note is None:
        raise Http404
    await note.adelete()  # W: notifications_notification delete
    return HttpResponse()


async def watch(request, pk):
    order = await Order.objects.aget(pk=pk)
    await order.watchers.aadd(request.user)  # ok: own table
    await request.user.notifications.aget_or_create(kind="watch")  # W: notifications_notification insert
    await sync_to_async(services.set_status)(order.pk, "watched")  # ok: own service
    product = await Product.objects.afirst()
    product.name = "watched"
    await sync_to_async(product.save)()  # W: catalogue_product save
    return HttpResponse()


def watch_sync(request, pk):
    async_to_sync(watch)(request, pk)
    return HttpResponse()
