import json

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.generic import CreateView, UpdateView
from django.views.generic.detail import SingleObjectMixin

from shop.catalogue.forms import CartItemForm, ProductForm
from shop.catalogue.models import Category, Product, StockLevel
from shop.notifications import services as notifications
from shop.orders.models import Cart, CartItem, Order


class ProductCreate(CreateView):  # ok: own table
    model = Product
    form_class = ProductForm
    success_url = "/"

    def form_valid(self, form):
        with transaction.atomic():
            response = super().form_valid(form)  # ok: own table
            StockLevel.stock.update(self.object, 1)  # ok: own table
            self.object.tags.add(*form.cleaned_data.get("tags") or [])  # ok: own table
        return response


class OrderRename(UpdateView):  # W: orders_order any
    model = Order
    fields = ["number"]
    success_url = "/"


class AddToCart(SingleObjectMixin, View):
    model = Product

    def post(self, request, *args, **kwargs):
        self.object = self.get_object()
        cart, _ = Cart.objects.get_or_create(user=request.user)  # W: orders_cart insert
        item, created = cart.items.get_or_create(product=self.object)  # W: orders_cartitem insert
        if not created:
            item.quantity += 1
            item.save()  # W: orders_cartitem save
        self.object.sold += 1
        self.object.save()  # ok: own table
        return JsonResponse({"quantity": item.quantity})


class CategoryTree(View):
    def get(self, request):
        tree = {}
        for category in Category.objects.select_related("parent"):
            tree.setdefault(category.parent_id, []).append(category.pk)
            tree.update({category.pk: []})  # ok: dict.update
        return HttpResponse(json.dumps(tree, default=str))

    def put(self, request, pk):
        category = get_object_or_404(Category, pk=pk)
        category.children.update(name="child")  # ok: own table
        category.children.add(Category.objects.first())  # ok: own table
        category.products.clear()  # ok: own table
        return HttpResponse()


def quick_add(request):
    form = CartItemForm(request.POST)
    if form.is_valid():
        item = form.save(commit=False)  # ok: saves nothing
        item.cart = request.user.carts.get()
        item.save()  # W: orders_cartitem save
    notifications.notify(request.user, "added")  # ok: owner's service
    return HttpResponse()


def drop_from_carts(request, product_id):
    deleted, per_model = CartItem.objects.filter(product_id=product_id).delete()  # W: orders_cartitem delete
    Product.objects.get(pk=product_id).deactivate()  # ok: own table
    lines = Product.objects.get(pk=product_id).orderline_set.all()
    lines.update(unit_price=0)  # W: orders_orderline update
    first = lines.first()
    if first:
        first.order.recalculate()  # ok: owner's method
        first.order.total = 0
        first.order.save()  # W: orders_order save
    return JsonResponse({"deleted": deleted})
