"""The look of the site: a value for each token, how they look, and the last versions to go back to."""

from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from discuss import actions
from discuss.actions import Refused
from discuss.admin.acting import ActingAdmin, staff_of
from discuss.design.forms.token_sheets import ExportForm, TokenSheetForm
from discuss.design.rules.contrast import DARK, LIGHT, PAIRS, Contrast
from discuss.design.rules.sheets import known_values, skin_files
from discuss.forms import NumberField
from discuss.models import TokenSheet
from discuss.site import site

PREVIEW = "_preview"
# Versions that the page lists.
LISTED = 10
PAGES = {"group": _("A group"), "lobby": _("The lobby")}


class VersionForm(TokenSheetForm):
    """What the page sends besides: the version that was changed."""

    basis = NumberField()


@admin.register(TokenSheet)
class TokenSheetAdmin(ActingAdmin):
    """One page, and what it asks for. There are no rows to be seen: a row is a version."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        name = "discuss_tokensheet"
        return [
            path("", self._of_staff(self._page), name=f"{name}_changelist"),
            path("preview/", self._of_staff(require_POST(self._preview)), name=f"{name}_preview"),
            path("back/", self._of_staff(require_POST(self._take_back)), name=f"{name}_take_back"),
            path("skin.zip", self._of_staff(require_GET(self._export)), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the page: no version is changed once it was worn."""
        return HttpResponseRedirect(reverse("admin:discuss_tokensheet_changelist"))

    def _of_staff(self, view: Any) -> Any:
        """Give a view to staff with the right; others are told that it is none of theirs."""

        def show(request: HttpRequest) -> HttpResponse:
            if not self.has_change_permission(request):
                return render(request, "403.html", status=403)
            response: HttpResponse = view(request)
            return response

        return self.admin_site.admin_view(show)

    def _page(self, request: HttpRequest) -> HttpResponse:
        """Show the form, and save what it sends; what cannot be saved stays in it."""
        latest = TokenSheet.objects.latest_first().first()
        key = latest.pk if latest else 0
        if request.method != "POST":
            form = VersionForm(initial=known_values(latest.values if latest else {}))
            return self._show(request, form, key)
        form = VersionForm(request.POST)
        is_right = form.is_valid()
        if not is_right or PREVIEW in request.POST:
            return self._show(request, form, form.cleaned_data.get("basis") or 0)
        try:
            self._save(request, form)
        except Refused as refusal:
            # Once more, and it takes the place of what came meanwhile.
            form.add_error(None, str(refusal))
            return self._show(request, form, key)
        return HttpResponseRedirect(request.get_full_path())

    def _save(self, request: HttpRequest, form: VersionForm) -> None:
        basis = form.cleaned_data.get("basis") or 0
        is_new = actions.change_token_sheet(staff_of(request), values=form.values(), basis=basis)
        if is_new:
            latest = TokenSheet.objects.latest_first().first()
            self.log_change(request, latest, gettext("Changed the look."))
            text = gettext("The look is saved. Every open page shows it now.")
        else:
            text = gettext("Nothing has changed.")
        self.message_user(request, text, messages.SUCCESS)

    def _preview(self, request: HttpRequest) -> HttpResponse:
        """Give the page what has changed since a value was written: its preview, and what is wrong."""
        form = VersionForm(request.POST)
        form.full_clean()
        context = {"oob": True, **_shown(form, request.POST.get("page", ""))}
        return render(request, "discuss/admin/token_sheet_previewed.html", context)

    def _take_back(self, request: HttpRequest) -> HttpResponse:
        form = VersionForm(request.POST)
        form.full_clean()
        try:
            basis = form.cleaned_data.get("basis") or 0
            latest = TokenSheet.objects.filter(pk=basis).first()
            actions.take_back_token_sheet(staff_of(request), basis=basis)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.log_change(request, latest, gettext("Took the last look back."))
            text = gettext("The last version is taken back. Every open page shows the one before.")
            self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:discuss_tokensheet_changelist"))

    def _export(self, request: HttpRequest) -> HttpResponse:
        """Give the look as a skin: a folder for theme/skins/."""
        latest = TokenSheet.objects.latest_first().first()
        name = ExportForm(request.GET).skin_name()
        words = gettext("The look of %(site)s, as it was written in the admin.")
        files = skin_files(
            name,
            name.replace("-", " ").capitalize(),
            words % {"site": site.name},
            known_values(latest.values if latest else {}),
        )
        packed = BytesIO()
        with ZipFile(packed, "w") as archive:
            for file, text in files.items():
                archive.writestr(file, text)
        response = HttpResponse(packed.getvalue(), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{name}.zip"'
        return response

    def _show(self, request: HttpRequest, form: VersionForm, key: int) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Look of the site"),
            "opts": self.opts,
            "key": key,
            "pages": PAGES,
            "versions": TokenSheet.objects.latest_first().select_related("made_by")[:LISTED],
            "oob": False,
            **_shown(form, request.POST.get("page", "")),
        }
        status = 400 if form.errors and PREVIEW not in request.POST else 200
        return render(request, "discuss/admin/token_sheet.html", context, status=status)


def _shown(form: VersionForm, page: str) -> dict[str, Any]:
    """Return what the page shows: the form, how its colours do, and where they can be seen."""
    chosen = page if page in PAGES else "group"
    address = reverse("tokens_page")
    return {
        "form": form,
        "parts": list(form.parts()),
        "wrong": sum(bool(form.errors.get(name)) for name in form.errors),
        "pairs": _pairs(form.shown_contrasts()),
        "chosen": chosen,
        "frames": [
            (title, f"{address}?{urlencode({'theme': theme, 'page': chosen, **form.values()})}")
            for theme, title in ((LIGHT, _("Light")), (DARK, _("Dark")))
        ],
    }


def _pairs(contrasts: list[Contrast]) -> list[tuple[Any, list[Contrast]]]:
    """Return the pairs, each with how it does in each theme; the least first."""
    found = [(pair, [each for each in contrasts if each.pair == pair]) for pair in PAIRS]
    return sorted(found, key=lambda row: min(each.ratio / row[0].least for each in row[1]))
