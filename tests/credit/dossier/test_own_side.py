"""The enterprise's own side: claim, objection, and what a person without an enterprise may do."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from hengjian.cases.actions import TakeStep
from hengjian.cases.models import Case
from hengjian.credit.dossier.own import enterprise_of
from hengjian.parties.models import Unit, User
from tests.credit.dossier.conftest import Told, signed_in

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def claim(told: Told, code: str) -> Case:
    client = signed_in(told.market.citizen)
    data = {
        "position": "agent",
        "licence_number": "990103000012",
        "phone": "19900001234",
        "papers": SimpleUploadedFile("执照.png", PNG),
    }
    answer = client.post(reverse("credit_dossier:claim", args=[code]), data)
    assert answer.status_code == 302, answer.content.decode()
    return Case.objects.get(type="enterprise_claim")


def test_a_person_claims_an_enterprise_and_acts_for_it(told: Told) -> None:
    client = signed_in(told.market.citizen)
    assert "认领企业" in client.get(reverse("credit_dossier:mine")).content.decode()
    case = claim(told, told.elsewhere.code)
    assert case.unit == told.market.other_market and "19900001234" not in str(case.data)
    again = client.post(reverse("credit_dossier:claim", args=[told.elsewhere.code]), {"position": "agent"})
    assert again.status_code == 422 and Case.objects.count() == 1
    TakeStep(user=told.market.other_officer, case=case, step="grant").execute()
    person = User.objects.get(pk=told.market.citizen.pk)
    assert person.unit is not None and person.unit.kind == Unit.Kind.ENTERPRISE
    assert enterprise_of(person) == told.elsewhere
    page = signed_in(person).get(reverse("credit_dossier:mine")).content.decode()
    assert told.elsewhere.name in page


def test_an_officer_claims_nothing_and_another_department_grants_nothing(told: Told) -> None:
    officer = signed_in(told.market.officer)
    assert officer.get(reverse("credit_dossier:mine")).status_code == 404
    data = {
        "position": "legal",
        "licence_number": "1",
        "phone": "19900001234",
        "papers": SimpleUploadedFile("a.png", PNG),
    }
    answer = officer.post(reverse("credit_dossier:claim", args=[told.elsewhere.code]), data)
    assert answer.status_code == 422 and not Case.objects.exists()
    case = claim(told, told.elsewhere.code)
    page = signed_in(told.market.county_officer).get(reverse("cases:case", args=[case.pk]))
    assert page.status_code == 404


def test_an_objection_goes_to_whoever_said_so(told: Told) -> None:
    client = signed_in(told.market.enterprise)
    page = client.get(reverse("credit_dossier:dossier", args=[told.code]), {"tab": "penalties"}).content.decode()
    url = reverse("credit_dossier:object")
    fact = page.split(f"{url}?fact=")[1].split('"')[0]
    assert client.get(f"{url}?fact={fact}").status_code == 200
    answer = client.post(f"{url}?fact={fact}", {"claim": "批号不是本企业的", "wanted": "撤下"})
    case = Case.objects.get(type="credit_objection")
    assert answer["Location"] == reverse("cases:own", args=[case.pk])
    assert case.unit == told.market.county_market and case.filer == told.market.works
    assert client.post(f"{url}?fact={fact}", {"claim": "再次", "wanted": "撤下"}).status_code == 422
    assert client.get(f"{url}?fact=00000000-0000-0000-0000-000000000000").status_code == 404
    assert client.get(f"{url}?grade=1").status_code == 200
    TakeStep(user=told.market.county_officer, case=case, step="accept").execute()
    TakeStep(user=told.market.county_officer, case=case, step="uphold", note="经核查批号属于该企业").execute()
    assert "异议不成立" in client.get(reverse("cases:own", args=[case.pk])).content.decode()
    assert signed_in(told.market.citizen).get(url + "?grade=1").status_code == 404
