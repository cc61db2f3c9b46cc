"""The public verification pages: what they show, and what they must never show."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import URLPattern, URLResolver, include, path, reverse

from hengjian.ledger import vault
from hengjian.ledger.actions import append, append_many, retract
from hengjian.ledger.checkpoints import sign_checkpoint, verifier_key
from hengjian.ledger.drafts import Source
from hengjian.ledger.models import Fact
from hengjian.ledger.proofs import check_proof, read_proof
from hengjian.ledger.queries import timeline
from hengjian.ledger.triggers import removed
from hengjian.parties.models import User
from hengjian.site import urls as site_urls
from tests.ledger.conftest import make_draft

urlpatterns: list[URLPattern | URLResolver] = [
    path("public/ledger/", include("hengjian.ledger.urls")),
    *site_urls.urlpatterns,
]
pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ledger.test_pages")]


def text(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def public() -> Fact:
    append_many(make_draft(subject=f"enterprise:{number}") for number in range(5))
    fact = append(make_draft(payload={"lot": "<b>L1</b>", "conforming": True}))
    sign_checkpoint()
    return fact


def test_the_entrance(client: Client, public: Fact) -> None:
    page = text(client.get(reverse("ledger:index")))
    assert verifier_key() in page and "6 条，总账现有 6 条" in page
    assert "严禁上传涉密材料" in page
    assert "style=" not in page.split("<main", 1)[1] and "<script" not in page.split("<main", 1)[1]
    response = client.get(reverse("ledger:index"), {"id": str(public.id)})
    assert response["Location"] == reverse("ledger:fact", args=[public.id])
    wrong = client.get(reverse("ledger:index"), {"id": "12"})
    assert wrong.status_code == 400 and "这不是事实编号" in text(wrong)


def test_the_entrance_of_an_empty_ledger(client: Client) -> None:
    assert "还没有签名的检查点" in text(client.get(reverse("ledger:index")))
    assert client.get(reverse("ledger:checkpoint")).status_code == 404


def test_a_public_fact_is_shown_and_verified(client: Client, public: Fact) -> None:
    page = text(client.get(reverse("ledger:fact", args=[public.id])))
    assert "核验通过" in page and "抽查结果" in page and "enterprise:91990200MA7Q4K2TX4" in page
    assert "&lt;b&gt;L1&lt;/b&gt;" in page and "<b>L1" not in page
    assert page.count('class="light is-green"') == 4
    assert client.get(reverse("ledger:fact", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("why", ["internal", "shared", "corrected", "withdrawn"])
def test_what_is_not_public_is_proved_by_its_hash_alone(client: Client, public: Fact, why: str) -> None:
    if why in ("internal", "shared"):
        fact = append(make_draft(payload={"lot": "秘密批次", "conforming": False}, disclosure=why))
    else:
        fact = append(make_draft(payload={"lot": "秘密批次", "conforming": False}))
        if why == "corrected":
            append(make_draft(supersedes=fact.id))
        else:
            retract(fact, "信用修复", Source(unit="unit:12"))
    sign_checkpoint()
    page = client.get(reverse("ledger:fact", args=[fact.id]))
    proof = client.get(reverse("ledger:proof", args=[fact.id]))
    for shown in (text(page), text(proof)):
        assert "秘密批次" not in shown and fact.subject not in shown
        assert bytes(fact.leaf_hash).hex() in shown
    assert "核验通过" in text(page) and "不显示内容" in text(page)
    assert check_proof(read_proof(proof.content), verifier_key()).passed


def test_a_withdrawal_itself_is_not_shown(client: Client, public: Fact) -> None:
    withdrawal = retract(public, "这里写着原因", Source(unit="unit:12"))
    sign_checkpoint()
    assert "这里写着原因" not in text(client.get(reverse("ledger:fact", args=[withdrawal.id])))


def test_the_proof_file_comes_back_through_the_form(client: Client, public: Fact) -> None:
    download = client.get(reverse("ledger:proof", args=[public.id]))
    assert download["Content-Disposition"] == f'attachment; filename="proof-{public.id}.json"'
    append_many(make_draft() for _ in range(300))
    sign_checkpoint()
    page = text(upload(client, download.content))
    assert "核验通过" in page and "与现有总账一致" in page
    document = json.loads(download.content)
    document["leaf"] = document["leaf"].replace("990200", "990201")
    assert "核验未通过" in text(upload(client, json.dumps(document).encode()))
    document = json.loads(download.content) | {"index": 10**6, "tree_size": 10**6 + 1}
    assert "核验未通过" in text(upload(client, json.dumps(document).encode()))
    document |= {"index": 10**30, "tree_size": 10**31}
    assert "不是本系统的证明文件" in text(upload(client, json.dumps(document).encode()))


def upload(client: Client, content: bytes) -> HttpResponse:
    return client.post(reverse("ledger:index"), {"proof": SimpleUploadedFile("proof.json", content)})  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"),
        (b"\x00\xff\xfe", "不是本系统的证明文件"),
        (b"[" * 100_000, "不是本系统的证明文件"),
        (b'{"format": "x"}', "不是本系统的证明文件"),
        (b" " * 300_000, "超过 256 KB"),
    ],
)
def test_bad_uploads_get_a_message(client: Client, content: bytes, message: str) -> None:
    response = upload(client, content)
    assert response.status_code == 400 and message in text(response)


def test_upload_needs_the_csrf_token(public: Fact) -> None:
    assert upload(Client(enforce_csrf_checks=True), b"{}").status_code == 403


def test_a_fact_without_checkpoint_and_a_damaged_log_say_so(client: Client, public: Fact) -> None:
    fact = append(make_draft())
    response = client.get(reverse("ledger:fact", args=[fact.id]))
    assert response.status_code == 409 and "尚未纳入" in text(response)
    assert client.get(reverse("ledger:proof", args=[fact.id])).status_code == 409
    with removed(connection):
        connection.cursor().execute("DELETE FROM ledger_tile")
    response = client.get(reverse("ledger:fact", args=[public.id]))
    assert response.status_code == 409 and "hengjian ledger verify" in text(response)


def test_a_tampered_row_fails_on_the_page(client: Client, public: Fact) -> None:
    with removed(connection):
        connection.cursor().execute("UPDATE ledger_fact SET region = '990999' WHERE leaf_index = 5")
    assert "核验未通过" in text(client.get(reverse("ledger:fact", args=[public.id])))


def test_checkpoint_kinds_and_schemas_are_published(client: Client, public: Fact) -> None:
    note = text(client.get(reverse("ledger:checkpoint")))
    assert note.split("\n")[1] == "6"
    assert "test.inspected" in text(client.get(reverse("ledger:kinds")))
    schema = client.get(reverse("ledger:schema", args=["test.inspected"])).json()
    assert schema["additionalProperties"] is False
    assert client.get(reverse("ledger:schema", args=["no.such"])).status_code == 404


def test_everybody_sees_the_looks_at_their_own_data_only(client: Client) -> None:
    assert client.get(reverse("ledger:vault_log")).status_code == 302
    owner, other = User.objects.create_user("owner"), User.objects.create_user("other")
    ref = vault.put({"name": "甲"}, owner=f"user:{owner.pk}", category="complaint.reporter", readers=["user:9"])
    vault.reveal(ref, by=vault.Reader("user:9"), purpose="核实投诉内容")
    client.force_login(owner)
    assert "核实投诉内容" in text(client.get(reverse("ledger:vault_log")))
    client.force_login(other)
    page = text(client.get(reverse("ledger:vault_log")))
    assert "核实投诉内容" not in page and "还没有人查看过" in page


def test_the_timeline_partial(public: Fact) -> None:
    append(make_draft(supersedes=public.id))
    html = render_to_string("ledger/timeline.html", {"facts": timeline(public.subject, disclosure="public")})
    assert "抽查结果" in html and "更正" in html and "2026-03-01" in html
    assert "还没有事实" in render_to_string("ledger/timeline.html", {"facts": []})
