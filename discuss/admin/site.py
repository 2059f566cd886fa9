"""What the site is called: one row, which is changed and neither made nor deleted."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discuss import actions
from discuss.admin.acting import ActingAdmin, staff_of
from discuss.forms import DescriptionField, NameField
from discuss.models import Site
from discuss.models.site import NAME_LENGTH, ROW, WORDS_LENGTH


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]
    """The two fields, each with what is shown in its place while it is empty."""

    name = NameField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_(
            "In the header, in titles and in mails. Empty: what the setting SITE_NAME says."
        ),
    )
    words = DescriptionField(
        label=_("Words"),
        max_length=WORDS_LENGTH,
        required=False,
        help_text=_(
            "A line about it, for those who come in. Empty: what the setting SITE_WORDS says."
        ),
    )

    class Meta:
        model = Site
        fields = ("name", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, said, css in (
            ("name", settings.SITE_NAME, "vTextField"),
            ("words", settings.SITE_WORDS, "vLargeTextField"),
        ):
            self.fields[field].widget.attrs |= {"placeholder": said, "class": css}


@admin.register(Site)
class SiteAdmin(ActingAdmin):
    form = SiteForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Return the row, also before anybody has written it."""
        return super().get_object(request, object_id, from_field) or Site()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        title = {"title": _("What the site is called"), "subtitle": None}
        return super().change_view(request, object_id, form_url, title | (extra_context or {}))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the one row's page."""
        return HttpResponseRedirect(reverse("admin:discuss_site_change", args=[ROW]))

    def save_model(self, request: HttpRequest, obj: Site, form: Any, change: Any) -> None:
        values = {field: form.cleaned_data[field] for field in ("name", "words")}
        actions.change_site(staff_of(request), **values)
