"""`hengjian trace`: traces, recall scopes, balances and anomalies of files; JSON; without the database.

A file is an EPCIS document (JSON-LD or XML), a delivery network of FoodChain-Lab (JSON), or edges (CSV with the columns
source, target, time); "-" is the standard input. `index` works on the database.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from hengjian.methods.trace_graph.deliveries import Edges
    from hengjian.methods.trace_graph.masters import Known
    from hengjian.methods.trace_graph.network import Network

app = typer.Typer(
    no_args_is_help=True, help="追溯：流向、召回范围、数量平衡、异常。Trace, recall scope, balance, anomalies."
)

File = Annotated[
    Path,
    typer.Argument(
        help="EPCIS 文件、交付网络 JSON 或边表 CSV；- 为标准输入。EPCIS, deliveries, edges; - is the input."
    ),
]
Keys = Annotated[list[str], typer.Argument(help="批次、单品或节点。Lots, items or nodes.")]
MayKeys = Annotated[list[str] | None, typer.Argument(help="批次、单品或节点。Lots, items or nodes.")]
Since = Annotated[str, typer.Option(help="起始时间（ISO 8601）。From this time on.")]
Until = Annotated[str, typer.Option(help="截止时间。Up to this time.")]
Limit = Annotated[int, typer.Option(min=0, help="最多找到的节点数，0 为不限。At most so many nodes; 0: all.")]
All = Annotated[bool, typer.Option("--all", help="每个节点一行。One line for every node.")]


class Engine(StrEnum):
    """What computes a scope: this process, or Spark over files that one machine does not hold."""

    MEMORY = "memory"
    SPARK = "spark"


@app.callback()
def trace() -> None:
    """追溯：流向、召回范围、数量平衡、异常。Trace, recall scope, balance, anomalies."""


@app.command()
def forward(
    file: File, keys: MayKeys = None, since: Since = "", until: Until = "", limit: Limit = 0, every: All = False
) -> None:
    """顺查：去了哪里。Where things went."""
    _trace(file, keys or [], "forward", since, until, limit, every)


@app.command()
def back(
    file: File, keys: MayKeys = None, since: Since = "", until: Until = "", limit: Limit = 0, every: All = False
) -> None:
    """溯源：从哪里来。Where things came from."""
    _trace(file, keys or [], "back", since, until, limit, every)


@app.command()
def scope(
    file: File,
    keys: MayKeys = None,
    since: Since = "",
    until: Until = "",
    site: Annotated[list[str] | None, typer.Option(help="在此地点出现过的都计入。Everything that was there.")] = None,
    engine: Annotated[
        Engine, typer.Option(help="spark：FILE 为边的 Parquet（index --files 写出）。FILE is Parquet of edges.")
    ] = Engine.MEMORY,
    movements: Annotated[
        Path | None, typer.Option(help="spark：移动记录的 Parquet，用于数量。Movements, for amounts.")
    ] = None,
) -> None:
    """召回范围：批次、地点、数量、联系谁。Which lots, where, how much, whom to call."""
    if engine is Engine.SPARK:
        _spread(file, keys or [], movements, since, site or [])
        return
    from hengjian.methods.trace_graph.answers import scope_answer
    from hengjian.methods.trace_graph.happenings import key_of, site_of
    from hengjian.methods.trace_graph.scope import recall_scope

    network, known = _network(file)
    wanted = [key_of(key)[0] for key in keys or []]
    sites = [site_of(one) for one in site or []]
    if not wanted and not sites:
        _fail("请给出批次或 --site。Name lots or a --site.")
    found = recall_scope(network, wanted, since=_time(since), until=_time(until), sites=sites)
    _print(scope_answer(found, known))


@app.command()
def balance(
    file: File,
    keys: Keys,
    tolerance: Annotated[str, typer.Option(help="允许差异的份额，如 0.02。Allowed difference as a share.")] = "0",
    low: Annotated[str, typer.Option(help="最低得率。Lowest usual yield.")] = "0",
    high: Annotated[str, typer.Option(help="最高得率。Highest usual yield.")] = "1",
) -> None:
    """数量平衡：每个地点进、出、应存，每道加工的得率。What came, left and must be there; the yield of processes."""
    from hengjian.methods.trace_graph.answers import balance_answer
    from hengjian.methods.trace_graph.balance import lot_balance
    from hengjian.methods.trace_graph.happenings import key_of

    network, known = _network(file)
    band, allowed = (_decimal(low), _decimal(high)), _decimal(tolerance)
    answers = [lot_balance(network, key_of(key)[0], tolerance=allowed, usual=band) for key in keys]
    _print({"balances": [balance_answer(one, known) for one in answers]})


@app.command()
def anomalies(
    file: File,
    speed: Annotated[float, typer.Option(help="最高速度 km/h。Highest speed.")] = 900.0,
    receive_days: Annotated[int, typer.Option(help="发货后应收货的天数。Days until receipt.")] = 7,
    tolerance: Annotated[float, typer.Option(help="允许的数量差异。Allowed difference of amounts.")] = 0.02,
    highest_yield: Annotated[float, typer.Option(help="加工的最高得率。Highest yield of a process.")] = 1.0,
    now: Annotated[str, typer.Option(help="判断截至时间，默认为最后一个事件。As of; default: the last event.")] = "",
) -> None:
    """异常：复制码、不可能的移动、断链等。Clones, impossible travel, missing links and more."""
    from hengjian.methods.trace_graph.anomalies import examine
    from hengjian.methods.trace_graph.answers import anomaly_answer, completeness_answer
    from hengjian.methods.trace_graph.masters import positions
    from hengjian.methods.trace_graph.steps import Limits

    network, known = _network(file)
    limits = Limits(speed=speed, receive_days=receive_days, tolerance=tolerance, highest_yield=highest_yield)
    places = positions(known, network.places)
    found, whole = examine(network, places=places, limits=limits, now=_time(now))
    _print({"anomalies": [anomaly_answer(one) for one in found], "completeness": completeness_answer(whole)})


@app.command()
def score(
    file: File,
    case: Annotated[list[str], typer.Option(help="病例地点=权重，如 market2=1。Station=weight of its cases.")],
    mixing: Annotated[list[str] | None, typer.Option(help="交叉污染的地点。Stations that mix.")] = None,
) -> None:
    """暴发溯源：哪个供应者能解释病例。Which supplier explains the cases (delivery networks)."""
    from hengjian.methods.trace_graph.deliveries import read_deliveries
    from hengjian.methods.trace_graph.suppliers import relate
    from hengjian.methods.trace_graph.suppliers import score as score_network

    try:
        network = read_deliveries(json.loads(_bytes(file)))
        weights = {name: float(weight) for name, _sep, weight in (one.rpartition("=") for one in case)}
        relations = [*network.relations, *relate(network.deliveries, mixing or ())]
        found = score_network(network.deliveries, relations, stations=weights)
    except ValueError as error:
        _fail(str(error))
    _print({"stations": dict(found.stations), "deliveries": dict(found.deliveries)})


@app.command()
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="从全部事件重建。Make it again from all events.")] = False,
    files: Annotated[
        Path | None, typer.Option(help="把边和移动记录写为 Parquet，供 Spark 使用。Write Parquet for Spark there.")
    ] = None,
) -> None:
    """数据库中全部事件的追溯索引。The index over the events in the database."""
    from hengjian.cli._django import setup
    from hengjian.cli._progress import progress

    setup()
    from hengjian.trace.chain.index import current_index, refresh
    from hengjian.trace.chain.index import rebuild as make_again

    if rebuild:
        with progress("events") as tell:
            make_again(tell)
    else:
        refresh()
    held = current_index()
    network = held.network
    if files is not None:
        from hengjian.trace.chain.spreading import write_files

        write_files(network, files)
    _print(
        {
            "through": held.through,
            "generation": held.generation,
            "nodes": len(network.names),
            "edges": network.index.edges,
            "movements": len(network.moves),
            "bytes": network.index.memory,
        }
    )


def _spread(file: Path, keys: list[str], movements: Path | None, since: str, sites: list[str]) -> None:
    from hengjian.cli._django import setup
    from hengjian.methods.trace_graph.answers import spread_answer
    from hengjian.methods.trace_graph.happenings import key_of

    if not keys or sites:
        _fail("--engine spark 需要给出批次，不能用 --site。Name lots; --site needs the other engine.")
    for path in (file, movements):
        if path is not None and not path.exists():
            _fail(f"无法读取 {path}。Cannot be read.")
    setup()
    from hengjian.lake.errors import LakeError
    from hengjian.trace.chain.spreading import SpreadError, spread_scope

    wanted = [key_of(key)[0] for key in keys]
    try:
        found = spread_scope(file, wanted, movements=movements, since=_time(since))
    except (SpreadError, LakeError) as error:
        _fail(str(error))
    _print(spread_answer(found.lots, found.places, found.unknown, found.rounds))


# ---- reading


def _trace(file: Path, keys: list[str], direction: Any, since: str, until: str, limit: int, every: bool) -> None:
    data = _bytes(file)
    edges = _edges(data)
    if not keys and not every:
        _fail("请给出要查的批次或节点，或用 --all。Name what to trace, or use --all.")
    first, last = _time(since), _time(until)
    if edges is not None:
        number = {name: place for place, name in enumerate(edges.names)}
        unknown = [key for key in keys if key not in number]
        if unknown:
            _fail(f"没有节点：{'、'.join(unknown)}。No such node.")

        def reach(seeds: list[int]) -> list[dict[str, Any]]:
            found = (
                edges.index.forward(seeds, first, until=last, limit=limit)
                if direction == "forward"
                else edges.index.back(seeds, last, since=first, limit=limit)
            )
            names = [edges.names[node] for node in found.nodes.tolist()]
            rows = zip(names, found.times.tolist(), found.origin.tolist(), strict=True)
            return [{"key": name, "time": time, "previous": names[at]} for name, time, at in rows if at >= 0]

        if every:
            for name, place in number.items():
                line = {"key": name, direction: [row["key"] for row in reach([place])]}
                sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        else:
            _print({"direction": direction, "asked": keys, "found": reach([number[key] for key in keys])})
        return
    from hengjian.methods.trace_graph.answers import trace_answer
    from hengjian.methods.trace_graph.happenings import Level, key_of

    network, _known = _events(data)
    if every:
        for name, level in zip(list(network.names), network.levels.tolist(), strict=True):
            if level < Level.CLASS:
                answer = trace_answer(network, network.trace([name], direction, since=first, until=last), direction)
                line = {"key": name, direction: [row["key"] for row in answer["found"]]}
                sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        return
    wanted = [key_of(key)[0] for key in keys]
    found = network.trace(wanted, direction, since=first, until=last, limit=limit)
    _print(trace_answer(network, found, direction))


def _edges(data: bytes) -> Edges | None:
    """The graph of a file that is no EPCIS document; None: it may be one."""
    from hengjian.methods.trace_graph.deliveries import read_deliveries, read_edges

    start = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    try:
        if start == b"{" and b'"deliveries"' in data:
            return read_deliveries(json.loads(data)).edges()
        if start not in (b"{", b"<", b"[", b"\xff", b"\xfe", b""):
            return read_edges(io.StringIO(data.decode("utf-8-sig"), newline=""))
    except ValueError as error:
        _fail(f"文件无法读取。The file cannot be read: {error}")
    return None


def _network(file: Path) -> tuple[Network, dict[str, Known]]:
    data = _bytes(file)
    if _edges(data) is not None:
        _fail("这项计算需要 EPCIS 事件，边表没有数量。This needs EPCIS events; edges carry no amounts.")
    return _events(data)


def _events(data: bytes) -> tuple[Network, dict[str, Known]]:
    from hengjian.methods.epcis import ReadError, open_stream
    from hengjian.methods.trace_graph.happenings import digest
    from hengjian.methods.trace_graph.masters import read_masters, vocabulary_items
    from hengjian.methods.trace_graph.network import Network

    try:
        stream = open_stream(io.BytesIO(data))
        happenings = []
        for number, event in enumerate(stream):
            try:
                happenings.append(digest(event, number, stream.document.context))
            except (ValueError, TypeError, AttributeError) as error:
                _fail(f"第 {number + 1} 个事件不能使用，请先用 hengjian epcis validate 检查。Event {number}: {error}")
    except ReadError as error:
        _fail(f"{error.message_zh}。{error.message_en}", reason=error.reason)
    return Network.of(happenings), read_masters(vocabulary_items(stream.document.vocabularies))


def _bytes(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        _fail(f"无法读取 {file}：{error.strerror}。Cannot be read.")


def _time(text: str) -> int | None:
    if not text:
        return None
    from hengjian.methods.trace_graph.answers import number_of

    try:
        return int(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _fail(f"不是 ISO 8601 时间：{text}。Not a time of ISO 8601.")
    return number_of(moment.astimezone() if moment.tzinfo is None else moment)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        _fail(f"不是数：{text}。Not a number.")


def _fail(message: str, **more: str) -> NoReturn:
    sys.stderr.write(json.dumps({"error": message, **more}, ensure_ascii=False) + "\n")
    raise typer.Exit(2)


def _print(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
