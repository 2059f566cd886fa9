"""The addresses of the gallery. A view and its address have one name."""

from django.urls import path

from discuss.design.edges import pages, playing, previews, views

urlpatterns = [
    # How the site would look: what the page of the admin on which a token sheet is written shows beside it.
    path("design/tokens.css", previews.tokens_sheet, name="tokens_sheet"),
    path("design/tokens.html", previews.tokens_page, name="tokens_page"),
    path("design/", views.gallery, name="gallery"),
    path("design/play/", playing.play, name="play"),
    # A real page of the group in which it is played, in a frame.
    path("design/play/page/", playing.play_page, name="play_page"),
    path("design/pages/<slug:page>/", pages.whole_page, name="whole_page"),
    path("design/pages/<slug:page>/<slug:state>/", pages.whole_page_state, name="whole_page_state"),
    path("design/<slug:fragment>/", views.fragment, name="fragment"),
    path("design/<slug:fragment>/<slug:state>/", views.sample, name="sample"),
    # What the page of a sample asks for.
    path("design/<slug:fragment>/<slug:state>/alone/", views.sample_alone, name="sample_alone"),
]
