"""Names of Chinese organisations: one way of writing them, their parts, and whether two denote the same body."""

from hengjian.methods.company_names.comparing import Comparison, compare_names
from hengjian.methods.company_names.normalise import fold_name, normalise_name
from hengjian.methods.company_names.parsing import NameParts, parse_name

__all__ = ["Comparison", "NameParts", "compare_names", "fold_name", "normalise_name", "parse_name"]
