"""Who owns what. ``shop.legacy`` (an app) and ``shop.toolbox`` (a package) belong to nobody."""

from datetime import date

from governance import Module, Share

MODULES = [
    Module(name="lib", packages=["shop.lib"], team="Platform"),
    Module(name="accounts", apps=["accounts"], interfaces=["shop.accounts.services"], team="Identity"),
    Module(
        name="catalogue",
        apps=["catalogue"],
        tables=["catalogue_price_archive", "catalogue_product_summary"],
        interfaces=["shop.catalogue.services"],
        team="Range",
        shares=[
            Share(table="catalogue_stock", module="orders", reason="orders reserves", until=date(2099, 12, 31)),
            Share(table="catalogue_tag", module="notifications", reason="ended long ago", until=date(2020, 1, 1)),
        ],
    ),
    Module(
        name="orders",
        apps=["orders"],
        interfaces=["shop.orders.services", "shop.orders.api"],
        team="Checkout",
        shares=[Share(table="orders_note", module="billing", reason="dunning notes", until=date(2099, 12, 31))],
    ),
    Module(
        name="billing",
        apps=["billing"],
        tables=["ledger.daily_totals"],
        interfaces=["shop.billing.services"],
        team="Payments",
    ),
    Module(name="shipping", apps=["shipping"], interfaces=["shop.shipping.services"], team="Logistics"),
    Module(name="notifications", apps=["notifications"], interfaces=["shop.notifications.services"], team="Growth"),
]
