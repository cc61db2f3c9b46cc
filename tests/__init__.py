"""Tests; folders mirror src/hengjian."""
