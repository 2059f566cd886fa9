"""People: who they are."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager as DjangoUserManager
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf, Replace
from django.utils.translation import gettext_lazy as _

from discuss.models.fields import (
    CODE_POINTS,
    DisplayLookField,
    LookField,
    NameKeyField,
    SearchKeyField,
    SettingField,
    UsernameField,
)
from discuss.models.site import Site
from discuss.rules.names import look_of, refuse_speaking, spaced_look_of
from discuss.rules.text import USERNAME_SIGNS, clean_username, name_key, validate_username

LIKE_ANOTHER = _("This name looks like that of somebody else. Please choose another one.")


class ColorScheme(models.TextChoices):
    SYSTEM = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class TextSize(models.TextChoices):
    NORMAL = "", _("Normal")
    LARGE = "large", _("Large")
    LARGEST = "largest", _("Very large")


class Density(models.TextChoices):
    ROOMY = "", _("Roomy")
    COMPACT = "compact", _("Compact")


class Composer(models.TextChoices):
    LINE = "", _("One line")
    LARGE = "large", _("Several lines")


class Skins(models.TextChoices):
    """Whether a group's pages wear its skin."""

    WORN = "", _("As each group chose")
    OFF = "off", _("All alike")


class Sound(models.TextChoices):
    OFF = "", _("No sound")
    MENTIONS = "mentions", _("A short sound")


def names_without_look(people: models.QuerySet["User"]) -> Iterator[str]:
    """Yield the usernames that have no stored look.

    They are those that looked like another's before that was refused, and those that a process of the version
    before gives while it goes on.
    """
    return people.filter(username_look=None).values_list("username", flat=True).iterator()


class UserManager(DjangoUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username_key=name_key(username or ""))

    def lock_names(self) -> None:
        """Have others who choose a name wait until this transaction ends."""
        # A row that every database has: each name is one of a column, and no two columns share a constraint.
        row = ContentType.objects.get_for_model(User)
        ContentType.objects.select_for_update(no_key=True).get(pk=row.pk)

    def is_taken(self, username: str) -> bool:
        return self.filter(username_key=name_key(username)).exists()

    def has_like(self, username: str) -> bool:
        """Whether somebody's name, or display name, looks like this one."""
        if self.filter(display_look=spaced_look_of(username)).exists():
            return True
        look = look_of(username)
        return self.filter(username_look=look).exists() or look in map(
            look_of, names_without_look(self.all())
        )

    def refuse_taken(self, username: str) -> None:
        """Raise ValidationError where somebody is called so, or nearly so."""
        if self.is_taken(username):
            raise ValidationError(_("Someone has this name already."), "unique")
        if self.has_like(username):
            raise ValidationError(LIKE_ANOTHER, "alike")

    def refuse_display_name(self, name: str, user: "User") -> None:
        """Raise ValidationError where this person may not be shown by this name.

        It passes for nobody else's, neither as it stands nor without its spaces and signs.
        """
        refuse_speaking(name, Site.objects.names())
        look = spaced_look_of(name)
        others = self.exclude(pk=user.pk)
        # Every username is looked through; nobody chooses a name often.
        bare: Any = F("username_look")
        for sign in USERNAME_SIGNS:
            bare = Replace(bare, Value(sign))
        alike = others.annotate(bare=bare).filter(Q(bare=look) | Q(display_look=look))
        if alike.exists() or look in map(spaced_look_of, names_without_look(others)):
            raise ValidationError(LIKE_ANOTHER, "alike")


class User(AbstractUser):
    """A person. Names are compared by `username_key`, so that no two differ by case alone.

    People log in and are found by that key. By `username_look` no new name passes for another.
    `display_name` is how others see them where they chose one.
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
    display_name = SettingField(_("display name"), max_length=40)
    display_key = SearchKeyField(
        of="display_name", db_collation=CODE_POINTS, default="", db_default=""
    )
    display_look = DisplayLookField(of="display_name", db_collation=CODE_POINTS)
    # How they like pages; nothing where they have chosen nothing.
    time_zone = SettingField(_("time zone"), max_length=64)
    color_scheme = SettingField(_("color scheme"), max_length=16, choices=ColorScheme.choices)
    text_size = SettingField(_("text size"), max_length=16, choices=TextSize.choices)
    density = SettingField(_("density"), max_length=16, choices=Density.choices)
    composer = SettingField(_("composer"), max_length=16, choices=Composer.choices)
    sound = SettingField(_("sound"), max_length=16, choices=Sound.choices)
    skins = SettingField(_("skins"), max_length=16, choices=Skins.choices)
    # Of a scene that somebody plays (discuss/models/play.py): it has no password, and counts nowhere.
    is_made_up = models.BooleanField(default=False, db_default=False, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        # To close an account is less than to change it, a password included.
        permissions: ClassVar = [("close_user", "Can close user")]
        # Charts count who signed up each day.
        indexes: ClassVar = [models.Index(fields=["date_joined"], name="people_by_time")]

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return clean_username(username)

    @property
    def name(self) -> str:
        """What others see."""
        return self.display_name or self.username

    @staticmethod
    def name_of(path: str) -> Coalesce:
        """Return the name that others see of whom `path` leads to, where a query reads no more of them."""
        names = NullIf(F(f"{path}display_name"), Value("")), F(f"{path}username")
        return Coalesce(*names, output_field=models.CharField())

    @staticmethod
    def by_name(path: str = "") -> Coalesce:
        """Return what people to whom `path` leads are sorted by: the key of the name that others see."""
        keys = NullIf(F(f"{path}display_key"), Value("")), F(f"{path}username_key")
        return Coalesce(*keys, output_field=models.TextField())

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
