from shop.billing.models.invoices import CreditNote, Invoice, Payment
from shop.billing.models.snapshots import OrderSnapshot, Refund

__all__ = ["CreditNote", "Invoice", "OrderSnapshot", "Payment", "Refund"]
