"""Helpers that take any model: what they write is decided by who calls them."""

from django.db import transaction


def save_all(objects):
    with transaction.atomic():
        for obj in objects:
            obj.save()  # ?: any model


def archive(model, **filters):
    return model.objects.filter(**filters).delete()  # ?: any model


def set_field(instance, name, value):
    setattr(instance, name, value)
    instance.save(update_fields=[name])  # ?: any model
    return instance


def upsert(model, rows, *, key):
    model._default_manager.bulk_create(  # ?: any model
        [model(**row) for row in rows],
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[name for name in rows[0] if name != key],
    )


def chunked(queryset, size=500):
    batch = []
    for obj in queryset.iterator(chunk_size=size):
        batch.append(obj)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class Settings(dict):
    """A dictionary with the names of the ORM."""

    def create(self, key, value):
        self.update({key: value})  # ok: dict.update
        return self

    def delete(self, key):
        self.pop(key, None)

    def save(self):
        return dict(self)


def merge(defaults, *overrides):
    merged = Settings(defaults)
    for override in overrides:
        merged.update(override)  # ok: dict.update
    merged.create("merged", True).save()  # ok: no model
    merged.delete("merged")  # ok: no model
    return merged
