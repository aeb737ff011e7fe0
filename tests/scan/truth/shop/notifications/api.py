"""Views on addresses: their serializer and form are chosen by bases that every module uses."""

from django import forms
from django.core import serializers as dumps
from django.forms import BaseModelFormSet, modelformset_factory
from django.views.generic import DeleteView
from rest_framework import serializers, viewsets
from rest_framework.permissions import SAFE_METHODS

from shop.accounts.models import Address, Customer
from shop.catalogue.models import Tag
from shop.lib.views import ChosenSerializerMixin, EditView, known
from shop.notifications.models import Subscription


@known
class AddressSerializer(serializers.ModelSerializer):  # W: accounts_address any
    class Meta:
        model = Address
        fields = ["id", "customer", "city"]

    def create(self, validated_data):
        return super().create({**validated_data, "city": "new"})


@known
class AddressCard(AddressSerializer):  # ok: read only fields, never saved
    class Meta(AddressSerializer.Meta):
        read_only_fields = ["id", "customer", "city"]


class AddressViewSet(ChosenSerializerMixin, viewsets.ModelViewSet):  # W: accounts_address delete
    queryset = Address.objects.all()
    serializer_class = AddressCard

    def choose_serializer(self):
        if self.request.method in SAFE_METHODS:
            return self.serializer_class
        return AddressSerializer

    def perform_destroy(self, instance):
        Subscription.objects.filter(user=instance.customer.user).delete()  # ok: own table
        super().perform_destroy(instance)


class CustomerSerializer(serializers.ModelSerializer):  # W: accounts_customer any
    class Meta:
        model = Customer
        fields = ["id", "email"]


class CustomerCard(serializers.ModelSerializer):  # ok: only where something is listed
    class Meta:
        model = Customer
        fields = ["id"]
        read_only_fields = fields


class CustomerViewSet(viewsets.ModelViewSet):  # ok: customers delete themselves, the serializer saves
    queryset = Customer.objects.all()

    def get_serializer_class(self):
        if self.action == "list" or self.action not in ("create", "update", "partial_update"):
            return CustomerCard
        else:
            return CustomerSerializer


class AddressForm(forms.ModelForm):  # W: accounts_address any
    class Meta:
        model = Address
        fields = ["city"]


class AddressEdit(EditView):
    model = Address
    form_class = AddressForm


class AddressRemove(DeleteView):  # W: accounts_address delete
    model = Customer
    success_url = "/"

    def get_queryset(self):
        return Address.objects.all()


class TagFormSet(BaseModelFormSet):
    def save_new(self, form, commit=True):
        tag = super().save_new(form, commit=False)  # ok: saves nothing
        tag.name = tag.name.lower()
        if commit:
            tag.save()  # W: catalogue_tag save
        return tag


def save_tags(request):
    made = modelformset_factory(Tag, fields=["name"], formset=TagFormSet)
    formset = made(request.POST, queryset=Tag.objects.none())
    if formset.is_valid():
        formset.save()  # ?: its rows are saved above, others here
    return formset


def keep_address(customer):
    address = customer.default_address
    if address:
        address.city = "kept"
        address.save()  # W: accounts_address save


def rename_team(user, name):
    team = user.team_named(name)
    if team:
        team.save()  # W: accounts_team save


def void(context):
    context["order"].lines.update(quantity=0)  # W: orders_orderline update
    context["total"].update(quantity=0)  # ?: the text alone does not tell
    context["invoice"].delete()  # W: billing_invoice delete


def restore(text):
    for entry in dumps.deserialize("json", text):
        invoice = entry.object
        invoice.save()  # W: billing_invoice save
