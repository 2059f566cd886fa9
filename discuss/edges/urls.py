"""The pages' addresses. A view and its address have one name."""

from django.urls import path

from discuss.edges import views

urlpatterns = [
    path("", views.lobby, name="lobby"),
    path("live/", views.live_lobby, name="live_lobby"),
    path("groups/new/", views.new_group, name="new_group"),
    path("groups/<uuid:uuid>/", views.group, name="group"),
    path("groups/<uuid:uuid>/log/", views.log, name="log"),
    path("groups/<uuid:uuid>/live/", views.live_group, name="live_group"),
    path("at-hand/<slug:version>/", views.at_hand, name="at_hand"),
    path("groups/<uuid:uuid>/post/", views.post, name="post"),
    path("groups/<uuid:uuid>/join/", views.join, name="join"),
    path("groups/<uuid:uuid>/leave/", views.leave, name="leave"),
    path("groups/<uuid:uuid>/settings/", views.group_settings, name="group_settings"),
    path("groups/<uuid:uuid>/close/", views.close_group, name="close_group"),
    path("groups/<uuid:uuid>/hand-over/", views.hand_over, name="hand_over"),
    # Where a page names no icon (the admin), browsers ask here.
    path("favicon.ico", views.favicon, name="favicon"),
]
