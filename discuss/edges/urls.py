"""The pages' addresses. A view and its address have one name, and so have a verb and its address."""

from django.urls import path

from discuss.edges import converters as converters, views
from discuss.verbs import plain_verbs

# The views of verbs that answer in a way of their own.
OF_THEIR_OWN = {"post": views.post}
OF_A_LINE = "groups/<uuid:uuid>/<int:line>/"

urlpatterns = [
    path("", views.lobby, name="lobby"),
    path("live/", views.live_lobby, name="live_lobby"),
    path("search/", views.search, name="search"),
    path("search/live/", views.live_listed, name="live_search"),
    path("search/forget/", views.forget_searches, name="forget_searches"),
    path("saved/", views.saved, name="saved"),
    path("saved/live/", views.live_listed, name="live_saved"),
    path("mentions/", views.mentions, name="mentions"),
    path("mentions/live/", views.live_listed, name="live_mentions"),
    path("groups/new/", views.new_group, name="new_group"),
    path("groups/<uuid:uuid>/", views.group, name="group"),
    path("groups/<uuid:uuid>/<int:line>/", views.line, name="line"),
    # What a page asks for at its own address.
    path("groups/<uuid:uuid>/<int:line>/live/", views.live_group, name="live_line"),
    path("groups/<uuid:uuid>/<int:line>/menu/", views.line_menu, name="line_menu"),
    path(f"{OF_A_LINE}menu/live/", views.live_listed, name="live_line_menu"),
    path("groups/<uuid:uuid>/<int:line>/editing/", views.editing, name="editing"),
    path("groups/<uuid:uuid>/<int:line>/history/", views.history, name="history"),
    path(f"{OF_A_LINE}history/live/", views.live_listed, name="live_history"),
    path("groups/<uuid:uuid>/<int:line>/reactions/", views.reactions, name="reactions"),
    path("groups/<uuid:uuid>/<int:line>/replying/", views.replying, name="replying"),
    path("groups/<uuid:uuid>/<int:line>/replies/", views.replies, name="replies"),
    path(f"{OF_A_LINE}replies/live/", views.live_listed, name="live_replies"),
    path("groups/<uuid:uuid>/log/", views.log, name="log"),
    path("groups/<uuid:uuid>/live/", views.live_group, name="live_group"),
    path("groups/<uuid:uuid>/names/", views.names, name="names"),
    path("at-hand/<slug:version>/", views.at_hand, name="at_hand"),
    path("sheet/<digest:digest>.css", views.token_sheet, name="token_sheet"),
    path("groups/<uuid:uuid>/settings/", views.group_settings, name="group_settings"),
    path("groups/<uuid:uuid>/held/", views.held, name="held"),
    path("groups/<uuid:uuid>/close/", views.close_group, name="close_group"),
    path("groups/<uuid:uuid>/hand-over/", views.hand_over, name="hand_over"),
    path("groups/<uuid:uuid>/invitations/", views.invitations, name="invitations"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("invitations/<str:token>/code.svg", views.invitation_code, name="invitation_code"),
    path("first/<str:token>/", views.first_admin, name="first_admin"),
    # Where a page names no icon (the admin), browsers ask here.
    path("favicon.ico", views.favicon, name="favicon"),
    *(
        path(
            f"groups/<uuid:uuid>/{'<int:line>/' * verb.is_of_line}{name.replace('_', '-')}/",
            OF_THEIR_OWN.get(name) or views.view_of(verb),
            name=name,
        )
        for name, verb in plain_verbs().items()
    ),
]
