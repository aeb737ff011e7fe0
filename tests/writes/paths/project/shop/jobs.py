"""Paths that leave the calling thread, or come from a framework."""

import asyncio
import threading

from asgiref.sync import async_to_sync, sync_to_async
from django import forms
from django.db import connection
from ledger.models import Account, Entry, Tag


async def _acreate():
    await Entry.objects.acreate(amount=1)


async def _asave():
    entry = await Entry.objects.afirst()
    entry.amount = 4
    await entry.asave()


async def _adelete():
    entry = await Entry.objects.afirst()
    await entry.adelete()


async def _aupdate():
    await Entry.objects.aupdate(amount=4)


async def _abulk_create():
    await Entry.objects.abulk_create([Entry(amount=1)])


async def _aget_or_create():
    await Tag.objects.aget_or_create(name="new")


async def _aadd():
    account = await Account.objects.aget(name="second")
    await account.tags.aadd(await Tag.objects.afirst())


async def _through_sync_to_async():
    await sync_to_async(_create)()


def _create():
    Entry.objects.create(amount=1)


def _awaited(coroutine):
    async def act():
        await coroutine()
        await sync_to_async(lambda: connection.close())()  # noqa: PLW0108

    def run():
        asyncio.run(act())

    run.__name__ = coroutine.__name__[1:]
    return run


acreate = _awaited(_acreate)
asave = _awaited(_asave)
adelete = _awaited(_adelete)
aupdate = _awaited(_aupdate)
abulk_create = _awaited(_abulk_create)
aget_or_create = _awaited(_aget_or_create)
aadd = _awaited(_aadd)
through_sync_to_async = _awaited(_through_sync_to_async)


def async_to_sync_around():
    async_to_sync(_acreate)()


def thread():
    failed = []

    def work():
        try:
            Entry.objects.create(amount=1)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    if failed:
        raise failed[0]


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ["amount"]


def model_form():
    EntryForm({"amount": 5}).save()


def formset():
    kind = forms.modelformset_factory(Entry, form=EntryForm, extra=1)
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 0, "form-0-amount": "5"}
    kind(data, queryset=Entry.objects.none()).save()
