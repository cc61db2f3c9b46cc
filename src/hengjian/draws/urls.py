"""Addresses of the room, under /draws/."""

from __future__ import annotations

from django.urls import path

from hengjian.draws.views import lists, office, public

app_name = "draws"
urlpatterns = [
    path("", lists.Draws.as_view(), name="index"),
    path("new/", office.prepare_page, name="prepare"),
    path("templates/<str:kind>.xlsx", office.template_sheet, name="template"),
    path("<int:pk>/", office.draw_page, name="draw"),
    path("checks/", lists.Checks.as_view(), name="checks"),
    path("checks/<int:pk>/", office.check_page, name="check"),
    path("public/", lists.PublicDraws.as_view(), name="public"),
    path("public/<int:pk>/", public.public_draw, name="public_draw"),
    path("public/<int:pk>/draw.json", public.draw_file, name="file"),
]
