"""Benchmark of the reader and of the comparison of two plans, on the invented plans of the demonstration."""

from __future__ import annotations

import time
from datetime import date
from random import Random

from rich.console import Console

from hengjian.cli._bench import BenchRow, row, seconds

LENGTH = 6_000
DOCUMENTS = 60
YEAR = date(2026, 7, 1)


def documents(number: int, random: Random) -> list[str]:
    """Plans of about `LENGTH` characters: items of both plans in another order, with other figures, numbered anew."""
    from hengjian.demo.texts import demo_year, plan_text
    from hengjian.methods.numerals import format_chinese_number

    year = demo_year(YEAR)
    texts = [plan_text(name, year, year.issued) for name in ("region", "city")]
    head, _sep, _rest = texts[0].partition("\n一、")
    items = [line for text in texts for line in text.splitlines() if line.startswith("（")]
    found = []
    for place in range(number):
        lines = [head, "", "一、主要任务", ""]
        size, count = len(head), 0
        while size < LENGTH:
            item = items[random.randrange(len(items))].partition("）")[2]
            count += 1
            # A number of its own, so that no two documents share their sentences word for word.
            item = item.replace("。", f"（第{random.randrange(10**6)}号清单）。", 1)
            lines += [f"（{format_chinese_number(count)}）{item}", ""]
            size += len(item)
        found.append("\n".join(lines) + f"\n{place}")
    return found


def run(console: Console) -> list[BenchRow]:
    """Documents read per second on one core, the time of one comparison, both in this process."""
    from hengjian.demo.texts import demo_year, plan_text
    from hengjian.methods.policy_cascade import align_policies
    from hengjian.methods.policy_text import read_policy

    texts = documents(DOCUMENTS, Random(2026))
    read_policy(texts[0])  # the names of organisations are loaded once per process
    with console.status("read"):
        start = time.perf_counter()
        found = [read_policy(text) for text in texts]
        taken = time.perf_counter() - start
    length = sum(map(len, texts)) // len(texts)
    measures = sum(len(item.measures) for document in found for item in document.items) // len(found)
    year = demo_year(YEAR)
    parent, child = (read_policy(plan_text(name, year, year.issued)) for name in ("region", "city"))
    pair = f"{sum(len(i.measures) for i in parent.items)} and {sum(len(i.measures) for i in child.items)} measures"
    with console.status("align"):
        aligned = seconds(lambda: align_policies(parent, child), repeat=5)
    return [
        row(f"read_policy, {length:,} characters, {measures} measures each", len(texts) / taken, "documents/s", 30),
        row(f"align_policies, {pair}", aligned, "s", 1, "less"),
    ]
