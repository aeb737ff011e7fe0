from shop.accounts.models import User
from shop.orders.models import Cart


class LastSeen:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        User.objects.filter(pk=request.user.pk).update(phone="seen")  # ok: own table
        Cart.objects.filter(user=request.user).delete()  # W: orders_cart delete
        return response


def cart_count(request):
    """A context processor."""
    cart, _ = Cart.objects.update_or_create(user=request.user)  # W: orders_cart save
    return {"carts": cart.items.count()}
