"""Made-up facts behind made-up enterprises, for benchmarks: the database fills the real table itself.

Each round leaves one fact about every enterprise, so that the facts of one lie far apart in the log, as they do in a
ledger that grew over years. Kinds, payloads and references have the form and length of real ones, and ids rise with
time as those of the ledger do. The hashes are noise: such a ledger is for measuring reading, it proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from django.db import connection
from django.db.models import Max

#: What is left about a body over the years; most of it are monthly classes that changed.
ROUNDS = ("registered", "classified", "classified", "rated", "classified", "classified", "classified", "classified",
          "classified", "classified")  # fmt: skip
SLICE = 500_000
COLUMNS = (
    "id, leaf_index, leaf_hash, kind, subject, region, occurred_on, recorded_at, ends_on, source_unit, source_user, "
    "source_system, refs, payload, evidence, disclosure, catalogue, supersedes, retracts"
)
REGISTRAR = "unit:650000-market-regulation"
#: kind, source unit, system, disclosure, references, payload; %1 the code, %2 the name, %3 the key, %4 the year.
SHAPES = {
    "registered": (
        "enterprise.registered", REGISTRAR, "enterprises.intake", "shared", '{"key":"enterprise:%3"}',
        '{"body_kind":"company","code":"%1","fields":[],"key":"%3","registered_on":"2021-03-29","status":"active",'
        '"title":"%2"}',
    ),
    "classified": (
        "credit.classified", "", "credit-grading", "public", "{}",
        '{"adjusted":false,"as_of":"%4-11-30","grade":"A","pack":"quality-credit","previous":"B",'
        '"rule":"credit_grading.quality-credit.2021","score":"75.00"}',
    ),
    "rated": (
        "tax_credit.entered", REGISTRAR, "registers", "shared", '{"entry":"entry:tax_credit:%5"}',
        '{"ground":"","key":"NS%4-%5","reason":"","register_code":"tax_credit","status":"valid","title":"%2",'
        '"valid_from":"%4-04-10","valid_to":"2027-04-09","values":{"authority":"国家税务总局新疆维吾尔自治区税务局",'
        '"grade":"M","holder":"%1","holder_name":"%2","score":null,"year":%4},"version":1}',
    ),
}  # fmt: skip


def enter_facts(enterprises: int, rounds: int, advance: Callable[[int], None]) -> None:
    """So many facts about each enterprise; goes on where an earlier call stopped. `index_facts` comes afterwards.

    Args:
        enterprises: the enterprises have the numbers 1 to this.
        rounds: facts about each.
        advance: told how many facts there are.
    """
    from hengjian.ledger.models import Fact
    from hengjian.ledger.triggers import removed

    done = (Fact.everything.aggregate(last=Max("leaf_index"))["last"] or -1) + 1
    with removed(connection), connection.cursor() as cursor:
        for one in Fact._meta.indexes:
            cursor.execute(f"DROP INDEX IF EXISTS {one.name}")
        for number in range(rounds):
            for first in range(0, enterprises, SLICE):
                last = min(enterprises, first + SLICE)
                if number * enterprises + last > done:
                    cursor.execute(_filling(number, enterprises, first, last))
                    advance(number * enterprises + last)


def index_facts() -> None:
    """The indexes of reading, made at once."""
    from hengjian.ledger.models import Fact

    with connection.schema_editor() as editor:
        for one in Fact._meta.indexes:
            editor.add_index(Fact, one)


def enter_long_file(subject: str, facts: int, first: int) -> None:
    """So many facts about one body, behind `first` others: the file of a large one over decades."""
    from hengjian.ledger.triggers import removed

    random = Random(first)
    sqlite = connection.vendor == "sqlite"
    sql = f"INSERT INTO ledger_fact ({COLUMNS}) VALUES ({', '.join(['%s'] * 19)})"
    rows = []
    for number in range(facts):
        index = first + number
        kind, unit, system, level, refs, payload = SHAPES["rated" if number % 5 else "classified"]
        day = f"{2007 + number * 19 // facts}-{random.randrange(1, 13):02d}-{random.randrange(1, 28):02d}"
        told = [
            text.replace("%1", subject[-18:]).replace("%2", "大企业").replace("%3", "E0").replace("%4", day[:4])
            for text in (refs.replace("%5", str(index)), payload.replace("%5", str(index)))
        ]
        identity = f"{index:032x}"
        place = identity if sqlite else str(_uuid(identity))
        when = (day, f"{day} 08:00:00", None)
        said = (*told, "[]", level, "", None, None)
        rows.append((place, index, random.randbytes(32), kind, subject, "650000", *when, unit, "", system, *said))
    with removed(connection), connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _filling(number: int, enterprises: int, first: int, last: int) -> str:
    """The statement that leaves one fact about the enterprises first + 1 to last."""
    sqlite = connection.vendor == "sqlite"
    kind, unit, system, level, refs, payload = SHAPES[ROUNDS[number % len(ROUNDS)]]
    year = 2017 + number
    index = f"(e.id + {number * enterprises - 1})"
    identity = f"printf('%032x', {index})" if sqlite else f"lpad(to_hex({index}), 32, '0')::uuid"
    noise = "randomblob(32)" if sqlite else "decode(md5(e.code) || md5(e.name), 'hex')"

    def told(text: str) -> str:
        parts = text.replace("%4", str(year)).replace("%5", "\0index\0")
        for mark, column in (("%1", "code"), ("%2", "name"), ("%3", "key")):
            parts = parts.replace(mark, f"\0e.{column}\0")
        pieces = parts.replace("\0index\0", f"\0CAST({index} AS text)\0").split("\0")
        return " || ".join(f"'{piece}'" if at % 2 == 0 else piece for at, piece in enumerate(pieces))

    return (
        f"INSERT INTO ledger_fact ({COLUMNS}) SELECT {identity}, {index}, {noise}, '{kind}', 'enterprise:' || e.code, "
        f"substr(e.code, 3, 6), '{year}-06-15', '{year}-06-16 08:00:00', NULL, '{unit}', '', '{system}', "
        f"{told(refs)}, {told(payload)}, '[]', '{level}', '', NULL, NULL "
        f"FROM enterprises_enterprise e WHERE e.id > {first} AND e.id <= {last} ORDER BY e.id"
    )
