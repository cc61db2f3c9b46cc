"""Notices with objection windows, dated public lists, feeds."""
