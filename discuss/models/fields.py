"""Model fields of our own."""

from typing import Any

from django.db import models

from discuss.text import KEY_LENGTH, name_key


class NameKeyField(models.CharField):  # type: ignore[type-arg]  # it takes none at run time
    """The key by which a name is unique: filled from the field `of` whenever the row is saved.

    A stored key, because a database's LOWER() is ASCII-only on SQLite and differs by locale elsewhere.
    `QuerySet.update()` passes it by, as it does for auto_now.
    """

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        self.of = of
        super().__init__(
            *args, **{"max_length": KEY_LENGTH, "editable": False, "unique": True, **kwargs}
        )

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = name_key(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, key)
        return key
