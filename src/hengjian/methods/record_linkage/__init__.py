"""Linking records of enterprises whose codes are wrong or missing."""

from hengjian.methods.record_linkage.features import Records, prepare
from hengjian.methods.record_linkage.identities import Assigned, assign
from hengjian.methods.record_linkage.linking import Linked, extend, link
from hengjian.methods.record_linkage.model import Model

__all__ = ["Assigned", "Linked", "Model", "Records", "assign", "extend", "link", "prepare"]
