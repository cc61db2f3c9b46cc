"""Forms of the public verification page."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from hengjian.ledger.proofs import Proof, read_proof

MOST_BYTES = 256 * 1024  # a proof has a few kilobytes


class FactForm(forms.Form):
    """The number of a fact."""

    id = forms.UUIDField(
        label=_("事实编号"),
        error_messages={
            "invalid": _("这不是事实编号。编号形如 01980000-0000-7000-8000-000000000000，印在结果和文书上。")
        },
    )

    def clean_id(self) -> UUID:
        uid: UUID = self.cleaned_data["id"]
        return uid


class ProofForm(forms.Form):
    """An uploaded proof document; `cleaned_data["proof"]` is a `Proof`."""

    proof = forms.FileField(
        label=_("证明文件"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": _("请选择证明文件（JSON）。"), "empty": _("文件是空的，请重新下载证明文件。")},
    )

    def clean_proof(self) -> Proof:
        file: UploadedFile = self.cleaned_data["proof"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 256 KB，不是本系统的证明文件。"))
        try:
            return read_proof(file.read())
        except ValueError as error:
            raise forms.ValidationError(
                _("不是本系统的证明文件：%(why)s。请使用核验页下载的 JSON 文件。"), params={"why": error}
            ) from None
