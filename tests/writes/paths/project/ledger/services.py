from ledger.models import Entry


def book(account, amount):
    return Entry.objects.create(account=account, amount=amount)
