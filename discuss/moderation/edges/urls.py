"""The addresses of moderation. A view and its address have one name."""

from django.urls import path

from discuss.moderation.edges import acting, filter_urls, people

urlpatterns = [
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
