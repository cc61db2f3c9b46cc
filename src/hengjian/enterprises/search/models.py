"""The index by which enterprises are found. Derived: `hengjian enterprises reindex` makes all of it again."""

from __future__ import annotations

from django.db import models

from hengjian.enterprises.models import Enterprise


class Document(models.Model):
    """What a search and a comparison need to know of one enterprise, in a narrow row."""

    enterprise = models.OneToOneField(Enterprise, primary_key=True, on_delete=models.CASCADE, related_name="+")
    # One name a line, as written: the current one, then the former ones and other writings.
    names = models.TextField()
    brand = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=18, blank=True, db_index=True)
    region = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    status = models.CharField(max_length=12)

    def __str__(self) -> str:
        return self.names.partition("\n")[0]


class Posting(models.Model):
    """The enterprises of one segment that have one term (`postings`, `terms`)."""

    pk = models.CompositePrimaryKey("term", "segment")
    # Bytes, because both databases compare those alike, whatever the language of the server.
    term = models.BinaryField()
    segment = models.IntegerField()
    count = models.IntegerField()
    places = models.BinaryField()

    def __str__(self) -> str:
        return f"{bytes(self.term).decode()} {self.segment}"


class Fresh(models.Model):
    """The terms of an enterprise that changed and is not merged into the postings yet; one term a line. There are few,
    so they are looked through; the worker merges them."""

    enterprise = models.OneToOneField(Enterprise, primary_key=True, on_delete=models.CASCADE, related_name="+")
    terms = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class IndexState(models.Model):
    """One row: locked by whoever merges, so that two workers do not."""

    merged_at = models.DateTimeField(null=True)
    # Until when somebody rebuilds; the worker waits.
    rebuilding_until = models.DateTimeField(null=True)
    # Rules of names (`rules_version`) that everything follows; those that it is being brought up to, and how far that
    # is: the enterprises and the records with these numbers and lower ones are done.
    rules = models.CharField(max_length=32, blank=True, default="")
    next_rules = models.CharField(max_length=32, blank=True, default="")
    enterprise_at = models.BigIntegerField(default=0)
    record_at = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.merged_at}"
