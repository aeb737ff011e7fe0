from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST
from django.views.generic import DeleteView, DetailView, UpdateView
from django.views.generic.base import TemplateView
from rest_framework import generics, serializers, viewsets
from rest_framework.decorators import api_view
from rest_framework.response import Response

from shop.accounts.models import Address
from shop.notifications.models import Subscription
from shop.orders.models import Order
from shop.orders.services import cancel_order
from shop.shipping.models import Parcel, Shipment
from shop.shipping.services import ship


class ParcelSerializer(serializers.ModelSerializer):  # ok: own table
    class Meta:
        model = Parcel
        fields = ["id", "shipment", "weight"]


class SubscriptionSerializer(serializers.ModelSerializer):  # W: notifications_subscription any
    class Meta:
        model = Subscription
        fields = ["id", "user", "topic"]


class ParcelList(generics.ListCreateAPIView):  # ok: own table
    queryset = Parcel.objects.all()
    serializer_class = ParcelSerializer


class SubscriptionViewSet(viewsets.ModelViewSet):  # W: notifications_subscription delete
    queryset = Subscription.objects.all()
    serializer_class = SubscriptionSerializer


class SubscriptionList(generics.ListAPIView):  # ok: reads
    queryset = Subscription.objects.all()
    serializer_class = ParcelSerializer


class ShipmentView(LoginRequiredMixin, UpdateView):  # ok: own table
    model = Shipment
    fields = ["tracking"]
    success_url = "/"

    def get_object(self, queryset=None):
        shipment = super().get_object(queryset)
        shipment.order.lines.filter(quantity__gt=0).delete()  # W: orders_orderline delete
        return shipment


class ShipmentDelete(DeleteView):  # ok: own table
    model = Shipment
    success_url = "/"

    def form_valid(self, form):
        order = self.object.order
        response = super().form_valid(form)  # ok: own table
        order.status = "open"
        order.save()  # W: orders_order save
        return response


class OrderDelete(DeleteView):  # W: orders_order any
    model = Order
    success_url = "/"


class OrderPage(DetailView):  # ok: reads
    model = Order

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context.update(parcels=Parcel.objects.all())  # ok: dict.update
        return context


class Dashboard(TemplateView):
    extra_context = {}

    def get_context_data(self, **kwargs):
        kwargs.update(open=Order.objects.filter(status="open").count())  # ok: dict.update
        return kwargs


@require_POST
def dispatch_order(request, order_id):
    order = Order.objects.get(pk=order_id)
    shipment = ship(order)  # ok: own service
    shipment.tracking = request.POST.get("tracking", "")
    shipment.save()  # ok: own table
    address = Address.objects.filter(customer=order.customer).first()
    if address:
        address.is_default = True
        address.save(update_fields=["is_default"])  # W: accounts_address save
    return HttpResponse()


@api_view(["POST"])
def stop(request, order_id):
    order = Order.objects.get(pk=order_id)
    cancel_order(order)  # ok: owner's service
    serializer = SubscriptionSerializer(data=request.data)
    if serializer.is_valid():
        serializer.save(user=request.user)  # ?: the serializer class acts, it is labelled
    for shipment in order.shipment_set.all():
        shipment.parcels.all().delete()  # ok: own table
        shipment.delete()  # ok: own table
    return Response()


def weigh(request, pk):
    parcel, created = Parcel.objects.update_or_create(pk=pk, defaults={"weight": 1})  # ok: own table
    request.user.teams.add(1)  # W: accounts_membership insert
    request.user.teams.through.objects.filter(user=request.user).update(role="x")  # W: accounts_membership update
    return JsonResponse({"created": created})
