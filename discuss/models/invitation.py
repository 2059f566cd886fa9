"""Invitations: links by which people make an account, and come into a group."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from discuss.models.group import Group, Hosts
from discuss.models.membership import Membership
from discuss.rules import roles

_signer = Signer(sep=".", salt="discuss.invitation")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self) -> "InvitationQuerySet":
        """Return those that have neither ended nor been used up nor been revoked."""
        return self.filter(expires_at__gt=timezone.now(), uses_left__gt=0, revoked_at=None)

    def standing(self) -> "InvitationQuerySet":
        """Return the usable ones of whoever may still invite: nobody's outlives their right to."""
        theirs = Membership.objects.filter(group=OuterRef("group"), user=OuterRef("made_by"))
        by_role = Q(role__in=roles.members_who_may("invite"))
        by_setting = Q(role=roles.MEMBER, group__invites=Hosts.MEMBERS)
        hosts = Exists(theirs.filter(by_role | by_setting))
        is_staffs = Q(made_by__is_staff=True) if roles.may("invite", roles.STAFF) else Q(pk=None)
        is_there = Q(group=None) | Q(group__is_deleted=False)
        return self.usable().filter(is_there, hosts | is_staffs, made_by__is_active=True)

    def by_token(self, token: str) -> "Invitation | None":
        """Return the invitation of this token, whether it stands or not."""
        try:
            name = uuid.UUID(_signer.unsign(token))
        except (BadSignature, ValueError):
            return None
        return self.select_related("group", "made_by").filter(uuid=name).first()


class Invitation(models.Model):
    """A link that somebody makes: into a group, or without one to an account alone.

    The link's token is the signed `uuid`, and no row holds it. So a copy of the database opens no door, and
    the link can be shown again. The `uuid` is random: after a backup was restored, no new row gets an old
    link.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, null=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DB_SET_NULL,
        verbose_name=_("made by"),
        null=True,
        editable=False,
        related_name="invitations",
    )
    group = models.ForeignKey(
        Group,
        models.DB_CASCADE,
        verbose_name=_("group"),
        null=True,
        blank=True,
        related_name="invitations",
    )
    created_at = models.DateTimeField(
        _("made at"), default=timezone.now, db_default=Now(), editable=False
    )
    # NULL where nobody said until when: it never stood.
    expires_at = models.DateTimeField(_("ends at"), null=True, editable=False)
    uses_left = models.PositiveIntegerField(_("uses left"), default=1, db_default=1)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return gettext("Invitation %(number)s") % {"number": self.pk}

    def stands(self) -> bool:
        """Whether it lets anybody in, by what the database says now."""
        return Invitation.objects.standing().filter(pk=self.pk).exists()

    @property
    def token(self) -> str:
        return _signer.sign(str(self.uuid and self.uuid.hex))

    @property
    def link(self) -> str:
        """The whole address, as it is sent to somebody."""
        return f"{settings.PUBLIC_URL}{reverse('invitation', args=[self.token])}"
