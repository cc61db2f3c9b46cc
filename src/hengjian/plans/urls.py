"""Addresses of the plans room."""

from __future__ import annotations

from hengjian.plans.views import imports, oversight, work

app_name = "plans"
urlpatterns = [*work.urlpatterns, *imports.urlpatterns, *oversight.urlpatterns]
