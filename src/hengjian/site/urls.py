"""All addresses of the site; each room brings its own."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from hengjian.site import registration, views
from hengjian.site.rulebook_views import rulebook_urls

# Only the account pages that are offered: no e-mail addresses, no reset by e-mail; sign-up is our own page.
account_patterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("register/", registration.register, name="account_register"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("second-factor/", include("allauth.mfa.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("search/", views.search, name="search"),
    path("help/", views.help_page, name="help"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("public/", views.public_home, name="public_home"),
    path("public/about/", views.about, name="about"),
    path("language/", set_language, name="set_language"),
    path("views/", include("hengjian.pages.urls")),
    path("plans/", include("hengjian.plans.urls")),
    path("registers/", include("hengjian.registers.urls")),
    path("cases/", include("hengjian.cases.urls")),
    path("draws/", include("hengjian.draws.urls")),
    path("notices/", include("hengjian.publishing.urls")),
    path("scores/", include("hengjian.scoring.urls")),
    path("programmes/", include("hengjian.programmes.urls")),
    path("complaints/", include("hengjian.systems.complaints.urls")),
    path("open311/v2/", include("hengjian.systems.complaints.open311.urls")),
    path("standards/", include("hengjian.systems.standards.urls")),
    path("metrology/", include("hengjian.systems.metrology.urls")),
    path("certification/", include("hengjian.systems.certification.urls")),
    path("equipment/", include("hengjian.systems.equipment.urls")),
    path("engineering/", include("hengjian.systems.engineering.urls")),
    path("honours/", include("hengjian.systems.honours.urls")),
    path("supervision/", include("hengjian.systems.supervision.urls")),
    path("indicators/", include("hengjian.indicators.urls")),
    path("returns/", include("hengjian.returns.urls")),
    path("surveys/", include("hengjian.surveys.urls")),
    path("analysis/", include("hengjian.analysis.urls")),
    path("assessment/", include("hengjian.assessment.urls")),
    path("enterprises/", include("hengjian.enterprises.urls")),
    path("credit/records/", include("hengjian.credit.records.urls")),
    path("credit/grading/", include("hengjian.credit.grading.urls")),
    path("credit/lists/", include("hengjian.credit.lists.urls")),
    path("credit/sharing/", include("hengjian.credit.sharing.urls")),
    path("credit/", include("hengjian.credit.dossier.urls")),
    path("epcis/", include("hengjian.trace.events.urls")),
    path("trace/events/", include("hengjian.trace.events.page_urls")),
    path("trace/exchange/", include("hengjian.trace.exchange.urls")),
    path("trace/", include("hengjian.trace.chain.urls")),
    path("", include("hengjian.trace.exchange.root_urls")),
    path("documents/", include("hengjian.documents.urls")),
    path("directory/", include("hengjian.directory.urls")),
    path("ledger/", include("hengjian.ledger.urls")),
    path("", include(rulebook_urls)),
    path("api/", include("hengjian.api.urls")),
    path("account/", include(account_patterns)),
    path("health", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
]

handler400 = "hengjian.site.views.bad_request"
handler403 = "hengjian.site.views.permission_denied"
handler404 = "hengjian.site.views.not_found"
handler500 = "hengjian.site.views.server_error"
