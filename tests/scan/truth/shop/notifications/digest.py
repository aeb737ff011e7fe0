"""Async and streaming code."""

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.db import connection

from shop.accounts.models import Customer, User
from shop.lib.tasks import task
from shop.notifications.models import Notification, OutboxMessage
from shop.orders.models import Order

logger = logging.getLogger(__name__)


async def send_digests():
    async for customer in Customer.objects.select_related("user"):
        await Notification.objects.acreate(user=customer.user, kind="digest")  # ok: own table
        customer.preferences["digest"] = True
        await customer.asave()  # W: accounts_customer save


async def fan_out(orders: list[Order]):
    await asyncio.gather(*(mark(order) for order in orders))
    await Order.objects.filter(status="open").aupdate(status="open")  # W: orders_order update
    await OutboxMessage.objects.abulk_create([OutboxMessage(topic="x")])  # ok: own table


async def mark(order: Order):
    order.meta["digest"] = True
    await order.asave(update_fields=["meta"])  # W: orders_order save
    await order.arefresh_from_db()  # ok: reads
    await Notification.objects.acreate(user_id=order.placed_by_id, kind="marked")  # ok: own table


@sync_to_async
def strip(user_id):
    User.objects.filter(pk=user_id).update(phone="")  # W: accounts_user update


async def strip_all():
    async for user in User.objects.all():
        await strip(user.pk)  # ok: own function, labelled there


async def publish(messages):
    queue = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        for message in messages:
            group.create_task(queue.put(message))  # ok: no model
    while not queue.empty():
        message = await queue.get()
        await OutboxMessage.objects.filter(pk=message.pk).adelete()  # ok: own table
    logger.info("DELETE FROM orders_order %s", messages)  # ok: a text


@task
def purge():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM notifications_outboxmessage WHERE sent_at IS NOT NULL")  # ok: own table
        cursor.execute("UPDATE accounts_user SET phone = '' WHERE id = 0")  # W: accounts_user update
        cursor.execute("DELETE FROM django_session WHERE expire_date < now()")  # ok: a table of the platform
        cursor.execute("INSERT INTO catalogue_tag (name) VALUES ('x')")  # W: catalogue_tag insert
        cursor.callproc("now")  # ok: reads
