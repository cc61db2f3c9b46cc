"""Addresses of the oversight pages: cascade, cockpit, issued papers, burden."""

from __future__ import annotations

from django.urls import URLPattern, path

from hengjian.plans.views.burden import burden_page
from hengjian.plans.views.cascade import cascade_list, cascade_page
from hengjian.plans.views.cockpit import board, cockpit
from hengjian.plans.views.coverage import coverage_page, draft_local_page
from hengjian.plans.views.papers import FollowPage, document_page, draft_page, issue_page

urlpatterns: list[URLPattern] = [
    path("cascade/", cascade_list, name="cascade"),
    path("cascade/<int:pk>/", cascade_page, name="cascade_of"),
    path("<int:pk>/coverage/", coverage_page, name="coverage"),
    path("<int:pk>/local/", draft_local_page, name="draft_local"),
    path("cockpit/", cockpit, name="cockpit"),
    path("board/", board, name="board"),
    path("papers/", FollowPage.as_view(), name="follow"),
    path("papers/new/<str:kind>/", issue_page, name="issue"),
    path("papers/drafts/<int:pk>/", draft_page, name="draft"),
    path("papers/<int:pk>/", document_page, name="document"),
    path("burden/", burden_page, name="burden"),
]
