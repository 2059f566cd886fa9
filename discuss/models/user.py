"""People: who they are."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager as DjangoUserManager
from django.db import models

from discuss.models.fields import CODE_POINTS, NameKeyField
from discuss.text import clean_username, name_key, validate_username


class UserManager(DjangoUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username_key=name_key(username or ""))

    def is_taken(self, username: str) -> bool:
        return self.filter(username_key=name_key(username)).exists()


class User(AbstractUser):
    """A person. Names are compared by `username_key`, so that no two differ by case alone."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    username = models.CharField(
        "name",
        max_length=40,
        unique=True,
        validators=[validate_username],
        help_text="Up to 40 letters, digits and @ . + - _",
        error_messages={"unique": "Someone has this name already."},
    )
    username_key = NameKeyField(of="username", db_collation=CODE_POINTS)

    objects: ClassVar[UserManager] = UserManager()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return clean_username(username)

    @property
    def hue(self) -> int:
        """Which of the eight colours of the style sheet is this person's."""
        return self.pk % 8

    def get_full_name(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username
