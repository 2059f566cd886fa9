"""People: who they are."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from discuss.models.fields import CODE_POINTS, LookField, NameKeyField, UsernameField
from discuss.rules.names import look_of
from discuss.rules.text import clean_username, name_key, validate_username


class UserManager(DjangoUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username_key=name_key(username or ""))

    def is_taken(self, username: str) -> bool:
        return self.filter(username_key=name_key(username)).exists()

    def has_like(self, username: str) -> bool:
        """Whether somebody's name looks like this one."""
        look = look_of(username)
        # Some names have no stored look: those that looked like another's before that was refused, and
        # those that a process of the version before gives while it goes on.
        others = self.filter(username_look=None).values_list("username", flat=True)
        return self.filter(username_look=look).exists() or look in map(look_of, others.iterator())

    def refuse_taken(self, username: str) -> None:
        """Raise ValidationError where somebody is called so, or nearly so."""
        if self.is_taken(username):
            raise ValidationError(_("Someone has this name already."), "unique")
        if self.has_like(username):
            raise ValidationError(
                _("This name looks like that of somebody else. Please choose another one."), "alike"
            )


class User(AbstractUser):
    """A person. Names are compared by `username_key`, so that no two differ by case alone.

    People log in and are found by that key. By `username_look` no new name passes for another.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    username: "models.CharField[str, str]" = UsernameField(
        _("name"),
        max_length=40,
        unique=True,
        validators=[validate_username],
        help_text=_("Up to 40 letters and digits, and @ . + - _ between them"),
        error_messages={"unique": _("Someone has this name already.")},
    )
    username_key = NameKeyField(of="username", db_collation=CODE_POINTS)
    username_look = LookField(of="username", db_collation=CODE_POINTS)

    objects: ClassVar[UserManager] = UserManager()

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return clean_username(username)

    def get_full_name(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username
