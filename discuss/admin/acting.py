"""What all our tables share: a change is an action, and a list costs the same however long it grows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as confirm_delete_selected
from django.contrib.admin.utils import model_ngettext
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import localize
from django.utils.translation import gettext, gettext_lazy as _

from discuss.actions import Refused
from discuss.models import Group, GroupKind, User
from discuss.models.group_query import GroupQuerySet
from discuss.rules import roles
from discuss.rules.text import KEY_LENGTH, Text, name_key

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

ANYWHERE = [admin.options.ActionLocation.CHANGE_LIST, admin.options.ActionLocation.CHANGE_FORM]
# Rows that one link can name: it has to fit into an address.
LINKED_ROWS = 100


class ActingAdmin(ModelAdmin):
    """A table whose rows are changed by actions alone.

    Django's views are transactions of their own (but the list's, see `act_on_each`): the action nests in
    them, and its bells ring when they commit. Where it refuses, all is rolled back and the reason shown.
    """

    list_per_page = 50
    # Django would count the whole table besides what is listed ...
    show_full_result_count = False
    # ... and every choice of every filter.
    show_facets = admin.ShowFacets.NEVER
    delete_confirmation_max_display = 100
    # The verb of the table of roles that each right of Django's is about (discuss/rules/roles.py).
    verbs: Mapping[str, str] = {}
    # What is still to come once a row was deleted: said to whoever did it.
    after_deletion: Text = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self._staff_may("add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._staff_may("change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._staff_may("delete")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and self._staff_may("view")

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            return self._refuse(request, refusal)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except Refused as refusal:
            return self._refuse(request, refusal)

    def response_delete(self, request: HttpRequest, *args: Any) -> HttpResponse:
        response = super().response_delete(request, *args)
        self.tell_after_deletion(request)
        return response

    def tell_after_deletion(self, request: HttpRequest) -> None:
        if self.after_deletion:
            self.message_user(request, self.after_deletion)

    def get_deleted_objects(
        self, objs: Sequence[Any] | models.QuerySet[Any], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Say what a deletion takes with it, in numbers.

        Django's own loads every row and names it: for a group that is its whole log.
        """
        chosen = list(objs)
        kept = {str(obj) for obj in chosen if not self.has_delete_permission(request, obj)}
        counts = {str(self.opts.verbose_name_plural): len(chosen), **self.count_lost(chosen)}
        return [str(obj) for obj in chosen], counts, kept, []

    def count_lost(self, chosen: Sequence[Any]) -> dict[str, int]:
        """Return how many of what else goes when these rows are deleted."""
        return {}

    def act_on_each(
        self, request: HttpRequest, chosen: Iterable[Any], act: Callable[[Any], bool]
    ) -> int:
        """Do it to each row and return how many it changed; a refusal is shown and stops none of the others.

        Each is a transaction of its own: one around all would lock groups in the order of the rows, and
        two such could wait for each other.
        """
        changed = 0
        # Read first: the transactions would interfere with a result that is still open.
        for obj in list(chosen):
            try:
                with transaction.atomic():
                    changed += act(obj)
            except Refused as refusal:
                text = gettext("%(object)s: %(reason)s") % {"object": obj, "reason": refusal}
                self.message_user(request, text, messages.ERROR)
        return changed

    def _staff_may(self, right: str) -> bool:
        return right not in self.verbs or roles.may_at_all(self.verbs[right], roles.STAFF)

    def _refuse(self, request: HttpRequest, refusal: Refused) -> HttpResponse:
        self.message_user(request, str(refusal), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class ReadOnly(ModelAdmin):
    """Rows that nobody adds or changes by hand: they are a record, or an action makes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SearchedByKey(ModelAdmin):
    """Search among keys of names: whatever the case, of any alphabet."""

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        # No key is longer, so what is would be found nowhere.
        words = search_term[:KEY_LENGTH]
        return super().get_search_results(request, queryset, name_key(words))


@admin.action(permissions=["delete"], description=_("Delete selected %(verbose_name_plural)s"))
def delete_selected(
    modeladmin: ActingAdmin, request: HttpRequest, queryset: models.QuerySet[Any]
) -> HttpResponse | None:
    """Do what Django's action of this name does, which it replaces, with one action per row."""
    *_, kept, _ = modeladmin.get_deleted_objects(queryset, request)
    if kept or not request.POST.get("post"):
        return confirm_delete_selected(modeladmin, request, queryset)

    def delete(obj: Any) -> bool:
        modeladmin.log_deletions(request, [obj])  # type: ignore[arg-type]
        modeladmin.delete_model(request, obj)
        return True

    deleted = modeladmin.act_on_each(request, queryset, delete)
    values = {"n": localize(deleted), "items": model_ngettext(modeladmin.opts, deleted)}
    text = gettext("Deleted %(n)s %(items)s.") % values
    modeladmin.message_user(request, text, messages.SUCCESS)
    if deleted:
        modeladmin.tell_after_deletion(request)
    return None


def show_in(
    model: type[models.Model], parameter: str, queryset: models.QuerySet[Any]
) -> HttpResponse:
    """Lead to the rows of `model` that belong to these, through a filter made by `chosen`."""
    pks = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True)[:LINKED_ROWS])
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return HttpResponseRedirect(f"{address}?{parameter}={pks}")


def findable_groups(request: HttpRequest) -> GroupQuerySet:
    """Return the groups that this person deals with: superusers with all, others with what they may find.

    Nobody deals with those of plays.
    """
    staff = staff_of(request)
    groups: GroupQuerySet = Group.objects.without_plays()
    return groups if staff.is_superuser else groups.findable_by(staff)


def of_findable_groups[M: models.Model](
    request: HttpRequest, queryset: models.QuerySet[M]
) -> models.QuerySet[M]:
    """Return those of these rows that belong to a group that this person deals with."""
    if staff_of(request).is_superuser:
        # They are a few, and all others are many.
        return queryset.exclude(group__in=Group._base_manager.filter(kind=GroupKind.PLAY))
    return queryset.filter(group__in=findable_groups(request))


def staff_of(request: HttpRequest) -> User:
    """Return who acts: the admin site lets in nobody but our active staff."""
    return cast(User, request.user)
