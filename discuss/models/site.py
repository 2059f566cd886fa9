"""What staff call the site: one row, which wins over the settings SITE_NAME and SITE_WORDS."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_lazy as _

from discuss.rules.text import validate_marks, validate_name

# The only row there is.
ROW = 1
# Characters, as in the settings.
NAME_LENGTH = 40
WORDS_LENGTH = 120


class SiteQuerySet(models.QuerySet["Site"]):
    def names(self) -> frozenset[str]:
        """Return what the site is called, here and by the settings: nobody else may be called so."""
        written = self.filter(pk=ROW).values_list("name", flat=True)
        return frozenset({settings.SITE_NAME, *written}) - {""}


class Site(models.Model):
    """The site's name and a line about it. What is empty is said by the settings."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ROW, editable=False)
    name = models.CharField(
        _("name"),
        max_length=NAME_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[validate_name],
    )
    words = models.CharField(
        _("words"),
        max_length=WORDS_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[validate_marks],
    )

    objects: ClassVar = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("name of the site")
        verbose_name_plural = _("name of the site")
        # It is neither made nor deleted, and everybody sees it.
        default_permissions = ("change",)
        # Of no row at all, but of the site: see discuss/design/.
        permissions: ClassVar = [("view_design", "Can view the gallery of templates")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=ROW), name="one_site"),
        ]

    def __str__(self) -> str:
        return gettext("Name and words")
