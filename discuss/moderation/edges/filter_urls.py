"""The addresses of filters. A view and its address have one name."""

from django.urls import path

from discuss.moderation.edges import filters

urlpatterns = [
    path("groups/<uuid:uuid>/filters/", filters.filters, name="filters"),
    path("groups/<uuid:uuid>/filters/new/<slug:kind>/", filters.new_filter, name="new_filter"),
    path("groups/<uuid:uuid>/filters/<int:pk>/", filters.written_filter, name="written_filter"),
    path("moderation/filters/", filters.site_filters, name="site_filters"),
    path("moderation/filters/new/<slug:kind>/", filters.new_site_filter, name="new_site_filter"),
    path("moderation/filters/<int:pk>/", filters.written_site_filter, name="written_site_filter"),
]
