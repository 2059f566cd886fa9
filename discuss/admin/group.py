"""Groups: staff make, rename and delete them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy as _

from discuss import actions
from discuss.actions.group_settings import SETTINGS
from discuss.admin.acting import (
    ANYWHERE,
    ActingAdmin,
    SearchedByKey,
    delete_selected,
    findable_groups,
    show_in,
    staff_of,
)
from discuss.forms import DescriptionField, GroupSettingsForm, LooksForm, NameField
from discuss.models import Entry, Group, Membership, Message
from discuss.rules.text import name_key


class GroupForm(LooksForm, GroupSettingsForm, forms.ModelForm):  # type: ignore[type-arg]
    """The fields of discuss.forms.AboutForm, and the settings, for a group that may exist already."""

    name = NameField(label=_("Name"), max_length=60)
    description = DescriptionField(label=_("Description"), max_length=200, required=False)
    # The groups that whoever fills it in may find.
    findable: QuerySet[Group]

    class Meta:
        model = Group
        fields = ("name", "description", *SETTINGS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            # A new one has the settings that all have at first.
            for name in SETTINGS:
                del self.fields[name]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = self.findable.exclude(pk=self.instance.pk)
        if others.filter(name_key=name_key(name)).exists():
            raise forms.ValidationError(actions.Code.NAME_TAKEN.label)
        return name


@admin.register(Group)
class GroupAdmin(SearchedByKey, ActingAdmin):
    form = GroupForm
    verbs = {"change": "change", "delete": "close"}
    list_display = ("name", "description", "member_count", "head", "created_at")
    # By the key of the name, which has an index; the columns have none.
    ordering = ("name_key",)
    sortable_by = ()
    search_fields = ("name_key__contains", "description_key__contains")
    list_filter = ("created_at",)
    readonly_fields = ("uuid", "head", "member_count", "created_at")
    actions = (delete_selected, "show_messages", "show_members")
    after_deletion = _(
        "Nobody sees what was said there any more. To delete all of it may take minutes."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return findable_groups(request).listed()

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        # A group that is about to be made has nothing else to show, and is as all are at first.
        return ("name", "description", *((*SETTINGS, *self.readonly_fields) if obj else ()))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Django makes a class of its own for each request.
        form = super().get_form(request, *args, **kwargs)
        form.findable = findable_groups(request)  # type: ignore[attr-defined]
        return form

    @admin.display(description=_("members"))
    def member_count(self, group: Any) -> int:
        count: int = group.member_count
        return count

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: Any) -> None:
        staff = staff_of(request)
        values = {field: form.cleaned_data[field] for field in ("name", "description")}
        if change:
            settings = {name: form.cleaned_data[name] for name in SETTINGS}
            with transaction.atomic():
                actions.change_group(staff, group=obj, **values)
                actions.change_group_settings(staff, group=obj, settings=settings)
        else:
            # Django goes on with `obj` to its record and to the next page.
            obj.pk = actions.create_group(staff, **values).pk
            obj.refresh_from_db()

    def count_lost(self, chosen: Sequence[Group]) -> dict[str, int]:
        return {
            gettext("memberships"): Membership.objects.filter(group__in=chosen).count(),
            gettext("lines of the log"): Entry.objects.filter(group__in=chosen).count(),
        }

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        actions.delete_group(staff_of(request), group=obj)

    @admin.action(permissions=["view"], description=_("Show the messages"), location=ANYWHERE)
    def show_messages(self, request: HttpRequest, queryset: QuerySet[Group]) -> HttpResponse:
        return show_in(Message, "group", queryset)

    @admin.action(permissions=["view"], description=_("Show the members"), location=ANYWHERE)
    def show_members(self, request: HttpRequest, queryset: QuerySet[Group]) -> HttpResponse:
        return show_in(Membership, "group", queryset)
