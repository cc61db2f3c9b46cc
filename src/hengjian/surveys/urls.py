"""Addresses of the room, under /surveys/."""

from __future__ import annotations

from django.urls import path

from hengjian.surveys.views import lists, office, public, results, working

app_name = "surveys"
urlpatterns = [
    path("", lists.Waves.as_view(), name="index"),
    path("new/", office.new_wave, name="new"),
    path("<int:pk>/", office.wave_page, name="wave"),
    path("<int:pk>/design/", office.design_page, name="design"),
    path("<int:pk>/field/", office.field_page, name="field"),
    path("<int:pk>/invitations/", office.invitations_page, name="invitations"),
    path("<int:pk>/invitations/letters/", office.letters_page, name="letters"),
    path("<int:pk>/invitations/codes.xlsx", office.codes_sheet, name="codes"),
    path("<int:pk>/interview/", working.interview_page, name="interview"),
    path("<int:pk>/import/", working.import_page, name="import"),
    path("<int:pk>/import/template.xlsx", working.template_sheet, name="template"),
    path("<int:pk>/import/<int:batch>/", working.batch_page, name="batch"),
    path("<int:pk>/comments/", lists.Comments.as_view(), name="comments"),
    path("<int:pk>/result/", results.result_page, name="result"),
    path("<int:pk>/result/report.docx", results.result_file, {"kind": "docx"}, name="report"),
    path("<int:pk>/result/figures.xlsx", results.result_file, {"kind": "xlsx"}, name="figures"),
    path("<int:pk>/result/answers.xlsx", results.answers_file, name="answers"),
    # everybody
    path("public/", public.public_index, name="public"),
    path("public/<int:pk>/", public.public_result, name="public_result"),
    path("public/<int:pk>/figures.xlsx", public.public_file, name="public_figures"),
    path("answer/", public.by_code, name="code"),
    path("i/<str:code>/", public.by_code, name="invited"),
    path("a/<slug:token>/", public.by_link, name="open"),
    path("form/<slug:key>/<int:page>/", public.form_page, name="form"),
    path("thanks/", public.thanks, name="thanks"),
]
