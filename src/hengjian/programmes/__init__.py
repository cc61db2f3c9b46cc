"""Programmes (评选、创建): call, application, review, notice, award with a term, re-check, revocation."""
