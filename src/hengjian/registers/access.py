"""Who may read the files of entries and of imports."""

from __future__ import annotations

from typing import Any

from hengjian.documents.models import StoredFile
from hengjian.parties.models import Confidentiality
from hengjian.parties.policies import can, visible
from hengjian.registers.catalogue import register_type
from hengjian.registers.models import EntryBase, ImportBatch
from hengjian.registers.queries import by_ref
from hengjian.registers.storing import value_of


def may_read_entry_file(user: Any, file: StoredFile) -> bool:
    """Whoever may see the entry; everybody, where entry and field are public and the file is the present one."""
    entry = by_ref(file.subject)
    if entry is None:
        return False
    return _is_public(entry, file) or bool(can(user, "registers.view", entry))


def _is_public(entry: EntryBase, file: StoredFile) -> bool:
    declared = register_type(entry.register)
    if not declared.public or entry.confidentiality != Confidentiality.PUBLIC:
        return False
    if not declared.status(entry.status).public:
        return False
    files = [spec for spec in declared.public_fields if spec.type == "file" and not spec.mask]
    return any(value_of(entry, spec) == file.address for spec in files)


def may_read_batch_file(user: Any, file: StoredFile) -> bool:
    """An imported sheet may hold personal data: only those who may import there."""
    pk = file.subject.partition(":")[2]
    return pk.isdigit() and visible(user, ImportBatch.objects.filter(pk=int(pk))).exists()
