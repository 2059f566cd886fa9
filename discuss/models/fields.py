"""Model fields of our own."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from discuss.models.site import Site
from discuss.rules.names import look_of, refuse_imitation, spaced_look_of
from discuss.rules.text import KEY_LENGTH, clean_username, name_key

# The collation of keys: by code point, the same on every machine and in every database.
CODE_POINTS = "C"


class Derived:
    """What is made of the field `of` when the row is saved, in an order that is the same everywhere."""

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        self.of = of
        super().__init__(*args, **{"editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return name, path, args, {**kwargs, "of": self.of}

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters = super().db_parameters(connection)  # type: ignore[misc]
        if connection.vendor == "sqlite" and parameters["collation"] == CODE_POINTS:
            parameters["collation"] = "BINARY"  # SQLite's name of the same
        return parameters


class Key(Derived):
    """The key of a text: filled from the field `of` whenever the row is saved.

    A stored key, because a database's LOWER() is ASCII-only on SQLite and differs by locale elsewhere. With
    `db_collation=CODE_POINTS`, because order differs by locale too.
    `QuerySet.update()` passes it by, as it does for auto_now. An empty text has no key where the field may
    be NULL, so that a unique one lets in many of them.
    """

    attname: str
    null: bool

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        key: str | None = name_key(getattr(model_instance, self.of))
        if self.null and not key:
            key = None
        setattr(model_instance, self.attname, key)
        return key


class NameKeyField(Key, models.CharField):  # type: ignore[type-arg]  # it takes none at run time
    """The key by which a name is unique, listed and found."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": KEY_LENGTH, "unique": True, **kwargs})


class SearchKeyField(Key, models.TextField):  # type: ignore[type-arg]
    """The key by which a text is found."""


class UsernameField(models.CharField):  # type: ignore[type-arg]
    """A person's name. Whoever sets one, a form or a command, cleans it here.

    Rows keep the name they have, whatever is asked of new ones.
    """

    def clean(self, value: Any, model_instance: models.Model | None) -> str:
        name: str = super().clean(clean_username(value or ""), model_instance)
        if model_instance is None or model_instance._state.adding:
            refuse_imitation(name, Site.objects.names())
            self.model.objects.refuse_taken(name)  # type: ignore[attr-defined]
        return name


class LookField(Derived, models.CharField):  # type: ignore[type-arg]
    """What a person's name looks like (discuss.rules.names.look_of).

    It is unique, so that no two pass for each other. NULL where nobody looked, or
    where somebody else's name had looked so before that was refused.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        own = {"max_length": KEY_LENGTH, "unique": True, "null": True}
        super().__init__(*args, **own | kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        look: str | None = getattr(model_instance, self.attname)
        if add or look is not None:
            look = look_of(getattr(model_instance, self.of))
            setattr(model_instance, self.attname, look)
        return look


class DisplayLookField(Derived, models.CharField):  # type: ignore[type-arg]
    """What a person's display name looks like (discuss.rules.names.spaced_look_of).

    It is unique. NULL where there is no display name.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        own = {"max_length": KEY_LENGTH, "unique": True, "null": True}
        super().__init__(*args, **own | kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        look = spaced_look_of(getattr(model_instance, self.of)) or None
        setattr(model_instance, self.attname, look)
        return look


class SettingField(models.CharField):  # type: ignore[type-arg]
    """Something that a person chooses for themselves; empty where they have chosen nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        own: dict[str, Any] = {"blank": True, "default": "", "db_default": ""}
        super().__init__(*args, **{**own, "editable": False, **kwargs})
