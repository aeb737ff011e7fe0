from django import forms
from django.contrib.auth.forms import UserCreationForm

from shop.accounts.models import Address, Customer, User
from shop.notifications.models import Subscription


class CustomerForm(forms.ModelForm):  # ok: own table
    class Meta:
        model = Customer
        fields = ["email"]


class SignUpForm(UserCreationForm):  # ok: own table
    class Meta(UserCreationForm.Meta):
        model = User

    def save(self, commit=True):
        user = super().save(commit)  # ok: own table
        if commit:
            Subscription.objects.create(user=user, topic="news")  # W: notifications_subscription insert
        return user


class AddressForm(forms.ModelForm):  # ok: own table
    class Meta:
        model = Address
        fields = "__all__"


class SubscriptionForm(forms.ModelForm):  # W: notifications_subscription any
    class Meta:
        model = Subscription
        exclude = ["user"]


class TopicForm(SubscriptionForm):  # W: notifications_subscription any
    class Meta(SubscriptionForm.Meta):
        labels = {"topic": "Topic"}
