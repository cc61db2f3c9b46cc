"""Files handed in with a case: checked like every upload, photos without what the camera wrote into them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hengjian.cases.models import Case
from hengjian.cases.photos import without_metadata
from hengjian.documents.actions import store_checked
from hengjian.documents.models import StoredFile
from hengjian.documents.uploads import Checked, check_upload

PHOTOS = frozenset({"jpg", "jpeg", "png"})
#: Files as the verbs take them: (name, content) of new ones, or files that are stored already.
Given = Sequence["tuple[str, bytes] | StoredFile"]


@dataclass(frozen=True)
class Ready:
    """A file that may come in."""

    data: bytes
    checked: Checked


def ready(files: Given, *, photos: bool = False) -> list[Ready]:
    """Check new files before anything is written.

    Raises:
        UploadRefused: one may not come in.
    """
    found = []
    for file in files:
        if isinstance(file, StoredFile):
            continue
        name, data = file
        checked = check_upload(data, name, PHOTOS if photos else None)
        if checked.extension in PHOTOS:
            data = without_metadata(data)
        found.append(Ready(data, checked))
    return found


def names(files: Given) -> list[str]:
    return [file.name if isinstance(file, StoredFile) else file[0] for file in files]


def keep(case: Case, given: Given, checked: Iterable[Ready], stored_by: str) -> list[StoredFile]:
    """Store the checked files with the case and hand over those that were stored elsewhere (a draft, an intake)."""
    kept = [store_checked(item.data, item.checked, subject=case.ref, stored_by=stored_by) for item in checked]
    for file in given:
        if isinstance(file, StoredFile):
            kept.append(
                StoredFile.objects.create(
                    content=file.content, name=file.name, subject=case.ref, stored_by=file.stored_by
                )
            )
    return kept
