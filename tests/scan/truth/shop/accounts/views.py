from django.contrib.auth.views import LoginView
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.generic import CreateView, FormView, UpdateView

from shop.accounts import services
from shop.accounts.forms import AddressForm, CustomerForm, SignUpForm, TopicForm
from shop.accounts.models import Customer
from shop.orders.models import Cart, Order


class SignUp(CreateView):  # ok: own table
    form_class = SignUpForm
    success_url = "/"


class SignIn(LoginView):  # ok: signing in
    template_name = "x.html"


class Profile(UpdateView):  # ok: own table
    model = Customer
    form_class = CustomerForm
    success_url = "/"


class Topics(FormView):
    form_class = TopicForm

    def form_valid(self, form):
        form.instance.user = self.request.user
        form.save()  # ?: the form class acts, it is labelled
        return HttpResponse()


def add_address(request):
    form = AddressForm(request.POST)
    if form.is_valid():
        form.save()  # ok: own table
    customer = request.user.customer
    customer.address_set.create(city="here")  # ok: own table
    request.user.carts.all().delete()  # W: orders_cart delete
    cart = Cart(user=request.user)
    cart.save(force_insert=True)  # W: orders_cart save
    return HttpResponse()


def close_account(request, user_id):
    customer = get_object_or_404(Customer.objects.select_for_update(), user_id=user_id)  # ok: locks only
    orders = Order.objects.filter(customer=customer)
    orders = orders.exclude(status="closed")
    orders.update(status="closed")  # W: orders_order update
    orders.first()
    open_order = orders.order_by("pk").last()
    if open_order:
        open_order.close()  # ok: owner's method
    services.erase(customer.user)  # ok: own service
    return JsonResponse({"closed": True})


async def whoami(request):
    user = await request.auser()
    user.phone = "1"
    await user.asave()  # ok: own table
    await user.carts.acreate()  # W: orders_cart insert
    return JsonResponse({"user": user.pk})
