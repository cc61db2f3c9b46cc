"""Tests of hengjian.documents."""
