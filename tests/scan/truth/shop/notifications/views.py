from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.http import HttpResponse, StreamingHttpResponse
from django.views.generic import ListView, UpdateView

from shop.accounts.models import Customer
from shop.notifications.models import Notification, Subscription


class Inbox(ListView):  # ok: reads
    model = Notification

    def get(self, request, *args, **kwargs):
        request.user.notifications.update(is_read=True)  # ok: own table
        return super().get(request, *args, **kwargs)


class PreferenceView(UpdateView):  # W: accounts_customer any
    model = Customer
    fields = ["preferences"]
    success_url = "/"


class SubscriptionEdit(UpdateView):  # ok: own table
    model = Subscription
    fields = ["topic"]
    success_url = "/"


def sign_in(request, user):
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")  # ok: signing in
    update_session_auth_hash(request, user)  # ok: a session
    logout(request)  # ok: a session
    Session.objects.all().delete()  # ok: a table of the platform
    Group.objects.get_or_create(name="readers")  # ok: a table of the platform
    Permission.objects.filter(codename="x").delete()  # ok: a table of the platform
    return HttpResponse()


def change_password(request):
    form = PasswordChangeForm(request.user, request.POST)
    if form.is_valid():
        form.save()  # ok: changing a password
    return HttpResponse()


def stream(request):
    def rows():
        for customer in Customer.objects.iterator():
            customer.tier = "streamed"
            customer.save()  # W: accounts_customer save
            yield str(customer.pk)

    response = StreamingHttpResponse(rows())
    list(response)
    return response
