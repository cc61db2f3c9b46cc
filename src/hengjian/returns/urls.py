"""Addresses of the room."""

from __future__ import annotations

from django.urls import path

from hengjian.returns.views import catalogue, exchange, grid, lists, overview

app_name = "returns"
urlpatterns = [
    path("", lists.ReturnList.as_view(), name="index"),
    path("<int:pk>/", grid.grid_page, name="grid"),
    path("<int:pk>/cells/", grid.save_cells, name="cells"),
    path("<int:pk>/history/", grid.history_page, name="history"),
    path("<int:pk>/sheet.xlsx", exchange.sheet_file, name="sheet"),
    path("<int:pk>/import/", exchange.import_page, name="import"),
    path("calendar/", overview.calendar_page, name="calendar"),
    path("openings/<int:pk>/", overview.consolidated_page, name="opening"),
    path("openings/<int:pk>/sheet.xlsx", overview.consolidated_sheet, name="opening_sheet"),
    path("integrity/", lists.FindingList.as_view(), name="integrity"),
    path("burden/", overview.burden_page, name="burden"),
    path("catalogue/", catalogue.catalogue_page, name="catalogue"),
    path("catalogue/<slug:code>/", catalogue.form_page, name="form"),
    path("catalogue/<slug:code>/blank.xlsx", catalogue.blank_sheet, name="blank"),
]
