from django import forms
from django.forms import inlineformset_factory, modelform_factory, modelformset_factory

from shop.accounts.models import Address, Customer
from shop.billing.models import Payment
from shop.catalogue.models import Product, Tag
from shop.orders.models import Coupon, Order, OrderLine


class OrderForm(forms.ModelForm):  # ok: own table
    class Meta:
        model = Order
        fields = ["status", "total"]

    def save(self, commit=True):
        order = super().save(commit=commit)  # ok: own table
        if commit:
            order.customer.tier = "seen"
            order.customer.save()  # W: accounts_customer save
        return order


class AddressBookForm(forms.ModelForm):  # W: accounts_address any
    class Meta:
        model = Address
        fields = ["city"]


class TagForm(forms.ModelForm):  # W: catalogue_tag any
    class Meta:
        model = Tag
        fields = ["name"]

    def clean(self):
        cleaned = super().clean()
        cleaned.update(name=cleaned.get("name", "").lower())  # ok: dict.update
        return cleaned


class SearchForm(forms.Form):  # ok: no model form
    product = forms.ModelChoiceField(Product.objects.all())
    customer = forms.ModelChoiceField(Customer.objects.all())

    def save(self):
        return self.cleaned_data


LineFormSet = inlineformset_factory(Order, OrderLine, fields=["product", "quantity"])  # ok: own table
PaymentFormSet = modelformset_factory(Payment, fields=["invoice", "amount"])  # ?: judged where it is saved
CouponForm = modelform_factory(Coupon, fields=["code"])  # ok: own table


def save_payments(request):
    formset = PaymentFormSet(request.POST or None)
    if formset.is_valid():
        formset.save()  # W: billing_payment save
    return formset


def search(request):
    form = SearchForm(request.GET)
    form.is_valid()
    return form.save()  # ok: no model form
