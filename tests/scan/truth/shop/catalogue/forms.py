from django import forms

from shop.catalogue.models import Brand, Product
from shop.orders.models import CartItem


class ProductForm(forms.ModelForm):  # ok: own table
    brand_name = forms.CharField(required=False)

    class Meta:
        model = Product
        fields = ["sku", "name"]

    def save(self, commit=True):
        product = super().save(commit=False)  # ok: own table
        if self.cleaned_data.get("brand_name"):
            product.brand, _ = Brand.objects.get_or_create(name=self.cleaned_data["brand_name"])  # ok: own table
        if commit:
            product.save()  # ok: own table
            self.save_m2m()  # ok: own table
        return product


class CartItemForm(forms.ModelForm):  # ?: only ever saved with commit=False
    class Meta:
        model = CartItem
        fields = ["product", "quantity"]


class OrderLineForm(forms.Form):  # ok: no model form
    quantity = forms.IntegerField()
