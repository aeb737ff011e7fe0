"""Viewsets."""

from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from shop.accounts.models import Address, Customer
from shop.billing.models import Invoice, Payment
from shop.catalogue.models import Product, ProductImage
from shop.orders import services
from shop.orders.models import Order, OrderLine


class LineSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderLine
        fields = ["id", "product", "quantity"]


class OrderSerializer(serializers.ModelSerializer):  # ok: own table
    lines = LineSerializer(many=True, read_only=True)

    class Meta:
        model = Order
        fields = ["id", "customer", "status", "lines"]

    def create(self, validated_data):
        order = super().create(validated_data)  # ok: own table
        Customer.objects.filter(pk=order.customer_id).update(tier="buyer")  # W: accounts_customer update
        return order

    def update(self, instance, validated_data):
        validated_data.update(status="open")  # ok: dict.update
        instance = super().update(instance, validated_data)  # ok: own table
        instance.customer.email = "x@example.com"
        instance.customer.save()  # W: accounts_customer save
        return instance


class AddressSerializer(serializers.ModelSerializer):  # W: accounts_address any
    class Meta:
        model = Address
        fields = ["id", "customer", "city"]


class ProductCardSerializer(serializers.ModelSerializer):  # ok: read only fields, never saved
    class Meta:
        model = Product
        fields = ["id", "sku", "name"]
        read_only_fields = fields


class AddressViewSet(viewsets.ModelViewSet):
    queryset = Address.objects.all()
    serializer_class = AddressSerializer

    def perform_create(self, serializer):
        serializer.save()  # ?: the serializer class acts, it is labelled

    def perform_destroy(self, instance):
        instance.delete()  # W: accounts_address delete


class ProductViewSet(viewsets.ReadOnlyModelViewSet):  # ok: read only
    queryset = Product.objects.all()
    serializer_class = ProductCardSerializer

    @action(detail=True, methods=["post"])
    def cover(self, request, pk=None):
        product = self.get_object()
        product.images.create(path=request.data["path"])  # W: catalogue_productimage insert
        product.set_productimage_order([1])  # W: catalogue_productimage update
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["post"])
    def hide(self, request, pk=None):
        self.get_object().deactivate()  # ok: owner's method
        return Response(status=status.HTTP_204_NO_CONTENT)


class OrderViewSet(mixins.RetrieveModelMixin, mixins.UpdateModelMixin, viewsets.GenericViewSet):  # ok: own table
    queryset = Order.objects.select_related("customer")
    serializer_class = OrderSerializer

    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        order = self.get_object()
        services.cancel_order(order, reason=request.data.get("reason", ""))  # ok: own service
        order.invoices.filter(status="draft").delete()  # W: billing_invoice delete
        order.invoices.update(status="void")  # W: billing_invoice update
        return Response({"status": order.status})

    @action(detail=True, methods=["post"])
    def pay(self, request, pk=None):
        invoice = Invoice.objects.filter(order_id=pk).first()
        if invoice is None:
            return Response(status=status.HTTP_404_NOT_FOUND)
        Payment(invoice=invoice, amount=invoice.amount).save()  # W: billing_payment save
        invoice.settle(invoice.amount)  # ok: owner's method
        data = {"paid": False}
        data.update(paid=True)  # ok: dict.update
        return Response(data)

    def perform_update(self, serializer):
        order = serializer.save()  # ok: own serializer
        ProductImage.objects.filter(product__orderline__order=order).delete()  # W: catalogue_productimage delete
