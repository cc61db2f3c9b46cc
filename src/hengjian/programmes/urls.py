"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from hengjian.programmes.views import applications, editions, honours, index, public, reviews

app_name = "programmes"
urlpatterns = [
    path("", index.index, name="index"),
    path("editions/", index.EditionList.as_view(), name="editions"),
    path("editions/<int:pk>/", editions.edition_page, name="edition"),
    path("editions/<int:pk>/change/", editions.change, name="edition_change"),
    path("editions/<int:pk>/apply/", applications.apply, name="apply"),
    path("mine/", applications.MyApplications.as_view(), name="mine"),
    path("applications/<int:pk>/", applications.application_page, name="application"),
    path("applications/<int:pk>/edit/", applications.edit, name="application_edit"),
    path("reviews/", reviews.ReviewQueue.as_view(), name="reviews"),
    path("reviews/<int:pk>/", reviews.review_page, name="review"),
    path("reviews/<int:pk>/files/<int:file>/", reviews.review_file, name="review_file"),
    path("honours/<int:pk>/", honours.honour_page, name="honour"),
    path("public/", public.index, name="public_index"),
    path("public/editions/<int:pk>/", public.edition, name="public_edition"),
    path("public/holders/<slug:code>/", public.holders, name="public_holders"),
    path("of/<slug:code>/", index.programme, name="programme"),
    path("of/<slug:code>/new/", editions.new, name="edition_new"),
]
