"""Checks of the survey regime as a whole: each one small declared unit that names the offending returns and cells."""

from hengjian.returns.integrity.checks import CHECKS, IntegrityCheck, check_named

__all__ = ["CHECKS", "IntegrityCheck", "check_named"]
