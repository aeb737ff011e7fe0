from uuid import uuid4

from django import forms

from project.finance.models import Account, Transaction
from project.finance.services import record_transaction


class TransactionForm(forms.Form):
    account = forms.ModelChoiceField(Account.objects.all(), empty_label=None)
    amount = forms.DecimalField(
        max_digits=12, decimal_places=2, help_text="Negative when money goes back."
    )
    memo = forms.CharField(max_length=200)

    def clean_amount(self) -> int:
        """The amount in minor units, as the ledger keeps it."""
        minor = int(self.cleaned_data["amount"] * 100)
        if minor == 0:
            raise forms.ValidationError("An amount of zero moves nothing.")
        return minor

    def record(self) -> Transaction:
        return record_transaction(
            account_code=self.cleaned_data["account"].code,
            amount_minor=self.cleaned_data["amount"],
            reference=f"manual-{uuid4().hex[:12]}",
            memo=self.cleaned_data["memo"],
        )
