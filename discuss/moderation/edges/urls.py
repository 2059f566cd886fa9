"""The addresses of moderation. A view and its address have one name."""

from django.urls import path

from discuss.edges.views import live_listed
from discuss.moderation.edges import acting, filter_urls, networks, people, views

urlpatterns = [
    path("moderation/", views.queue, name="queue"),
    path("moderation/charts/", views.charts, name="charts"),
    path("moderation/live/", views.live_queue, name="live_queue"),
    path("moderation/cases/<int:case>/", views.case, name="case"),
    path("moderation/cases/<int:case>/live/", views.live_queue, name="live_case"),
    path("moderation/cases/<int:case>/take/", views.take, name="take"),
    path("moderation/cases/<int:case>/let-go/", views.let_go, name="let_go"),
    path("moderation/cases/<int:case>/decide/", views.decide, name="decide"),
    path("moderation/cases/<int:case>/reopen/", views.reopen, name="reopen"),
    path("moderation/addresses/", networks.networks, name="networks"),
    path("moderation/record/", views.record, name="record"),
    path("moderation/record/csv/", views.record_csv, name="record_csv"),
    path("moderation/mine/", views.mine, name="mine"),
    path("moderation/mine/<int:act>/", views.appeal, name="appeal"),
    path("moderation/appeals/<str:token>/", views.appeal_of_ban, name="appeal_of_ban"),
    path("reports/", views.reports, name="reports"),
    path("reports/live/", live_listed, name="live_reports"),
    path("groups/<uuid:uuid>/record/", views.group_record, name="group_record"),
    path("groups/<uuid:uuid>/report/", views.report_group, name="report_group"),
    # Before the acts, whose names stand in the same place.
    path("groups/<uuid:uuid>/people/<int:key>/report/", views.report_member, name="report_member"),
    path("groups/<uuid:uuid>/people/<int:key>/long-acts/", people.long_acts, name="long_acts"),
    path("groups/members/<int:pk>/", people.member, name="member"),
    path("groups/<uuid:uuid>/people/<int:key>/", people.person, name="person"),
    path(
        "groups/<uuid:uuid>/people/<int:key>/<slug:act>/",
        acting.act_on_person,
        name="act_on_person",
    ),
    path("groups/<uuid:uuid>/<int:key>/acts/<slug:act>/", acting.act_on_line, name="act_on_line"),
    *filter_urls.urlpatterns,
]
