"""What admins see and do, at /admin/: what is on record as tables, every change through discuss.actions."""

import django_tasks_db.admin
from django.contrib import admin
from django.contrib.auth.models import Group as PermissionGroup

from discuss.admin.email_address import EmailAddressAdmin
from discuss.admin.event import EventAdmin
from discuss.admin.filter import FilterAdmin
from discuss.admin.group import GroupAdmin
from discuss.admin.invitation import InvitationAdmin
from discuss.admin.membership import MembershipAdmin
from discuss.admin.message import MessageAdmin
from discuss.admin.network import BlockedNetworkAdmin
from discuss.admin.site import SiteAdmin
from discuss.admin.token_sheet import TokenSheetAdmin
from discuss.admin.user import UserAdmin
from discuss.admin.user_forms import OwnPasswordForm
from discuss.site import site_name

# Django's groups of permissions: two tables of one name confuse, and rights are given to people here.
admin.site.unregister(PermissionGroup)
# A task's arguments may hold a secret, such as the link of a mail.
admin.site.unregister(django_tasks_db.models.DBTaskResult)
admin.site.site_header = admin.site.site_title = site_name
admin.site.password_change_form = OwnPasswordForm

__all__ = [
    "BlockedNetworkAdmin",
    "EmailAddressAdmin",
    "EventAdmin",
    "FilterAdmin",
    "GroupAdmin",
    "InvitationAdmin",
    "MembershipAdmin",
    "MessageAdmin",
    "SiteAdmin",
    "TokenSheetAdmin",
    "UserAdmin",
]
