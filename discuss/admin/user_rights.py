"""Which rights the admin's actions on people take, by the names that these actions say."""

from django.http import HttpRequest

from discuss.admin.acting import ModelAdmin, staff_of


class UserRights(ModelAdmin):
    """Django asks one of these of each action, and offers none that the person may not do."""

    def has_close_permission(self, request: HttpRequest) -> bool:
        staff = staff_of(request)
        return staff.has_perm("discuss.close_user") or staff.has_perm("discuss.change_user")

    def has_appoint_permission(self, request: HttpRequest) -> bool:
        """Whether this person may make moderators: nobody gives rights that they do not have."""
        return staff_of(request).is_superuser

    def has_hide_permission(self, request: HttpRequest) -> bool:
        """Whether this person may hide messages: "can delete message", as Django names the right."""
        return staff_of(request).has_perm("discuss.delete_message")

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Whether this person may erase messages: "can erase entry", as Django names the right."""
        return staff_of(request).has_perm("discuss.erase_entry")
