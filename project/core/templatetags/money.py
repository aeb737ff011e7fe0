from decimal import Decimal

from django import template

register = template.Library()

MINUS_SIGN = "\N{MINUS SIGN}"


@register.filter
def money(amount_minor: int | None) -> str:
    """Minor units as a reader writes them: `123456` becomes `1,234.56`."""
    if amount_minor is None:
        return ""
    return f"{Decimal(amount_minor) / 100:,.2f}".replace("-", MINUS_SIGN)
