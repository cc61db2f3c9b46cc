"""Tests that drive Chromium against the running site."""
