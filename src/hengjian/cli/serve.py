"""`hengjian serve`: set up, then serve the site and run the worker."""

from __future__ import annotations

import importlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hengjian.cli._django import setup as start_django

app = typer.Typer(help="Set up and serve the site; run the worker.", no_args_is_help=True)
console = Console()
START_SECONDS = 60
STOP_SECONDS = 15


@dataclass(frozen=True)
class Address:
    """Where and how widely the site listens, from HENGJIAN_HOST, HENGJIAN_PORT and HENGJIAN_WEB_WORKERS."""

    host: str
    port: int
    workers: int

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"


def address() -> Address:
    """Read and check the environment; a mistake ends the command with its message."""
    from django.core.exceptions import ImproperlyConfigured

    from hengjian.site.env import Env

    env = Env()
    result = Address(
        host=env.text("HENGJIAN_HOST") or "127.0.0.1",
        port=env.integer("HENGJIAN_PORT", 8000, 1, 65535),
        workers=env.integer("HENGJIAN_WEB_WORKERS", os.cpu_count() or 1, 1, 256),
    )
    try:
        env.finish()
    except ImproperlyConfigured as error:
        fail(str(error))
    return result


def fail(message: str) -> None:
    """Print what is wrong and end with exit code 2."""
    Console(stderr=True).print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(2)


def require_free_port(at: Address) -> None:
    """End with a clear message when another program already listens there."""
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((at.host, at.port))
        except OSError as error:
            fail(
                f"无法在 {at.host}:{at.port} 提供服务：{error.strerror}。请结束占用该端口的程序，或换一个端口："
                f"HENGJIAN_PORT={at.port + 1} make run\n"
                f"Cannot listen at {at.host}:{at.port}: {error.strerror}. End the program that uses this port, or "
                f"choose another one: HENGJIAN_PORT={at.port + 1} make run"
            )


def prepare() -> None:
    """Translations, static files, database tables: each does nothing when it is up to date."""
    from django.core.management import call_command

    from hengjian.cli._messages import compile_all

    compile_all()  # before Django starts: it reads the catalogues once
    start_django()
    with console.status("准备静态文件 static files"):
        call_command("collectstatic", interactive=False, verbosity=0)
    with console.status("准备数据库 database"):
        call_command("migrate", interactive=False, verbosity=0)


def web_command(at: Address) -> list[str]:
    """Granian with one thread per worker process: more threads only fight over the interpreter lock."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", at.host, "--port", str(at.port)),
        *("--workers", str(at.workers), "--blocking-threads", "1"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning"),
        "hengjian.site.wsgi:application",
    ]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "hengjian", "serve", "worker"]


@app.command()
def setup() -> None:
    """Compile translations, collect static files, create or update the database."""
    prepare()


@app.command()
def web() -> None:
    """Serve the site only (several machines: run the worker on one of them)."""
    at = address()
    require_free_port(at)
    os.execv(sys.executable, web_command(at))


def websocket_command(at: Address) -> list[str]:
    """Granian again, for the one part that is asynchronous."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--ws"),
        *("--host", at.host, "--port", str(at.port), "--workers", "1", "--log-level", "warning"),
        "hengjian.site.websocket:application",
    ]


@app.command()
def websocket() -> None:
    """Serve the WebSockets of traceability queries (HENGJIAN_WEBSOCKET_PORT); a proxy sends upgrades here."""
    from hengjian.site.env import Env

    at = replace(address(), port=Env().integer("HENGJIAN_WEBSOCKET_PORT", 8001, 1, 65535))
    require_free_port(at)
    os.execv(sys.executable, websocket_command(at))


@app.command()
def worker() -> None:
    """Do what is due (reminders, escalations, recomputation), again and again."""
    from hengjian.site.env import Env

    start_django()
    from hengjian.cli._worker import run_forever

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    run_forever(interval=Env().integer("HENGJIAN_WORKER_SECONDS", 5, 1, 3600))


@app.command()
def run(
    demo: Annotated[bool, typer.Option("--demo", help="Build the demonstration region if there is no data.")] = False,
) -> None:
    """Set up, then serve the site and run the worker until Ctrl-C; if one of them dies, both end."""
    at = address()
    require_free_port(at)
    prepare()
    accounts: list[tuple[str, str, str]] = []
    if demo:
        region = importlib.import_module("hengjian.cli.demo")
        region.build_if_empty(console)
        accounts = region.accounts()
    from django.db import connections

    connections.close_all()  # the children open their own
    supervise(at, accounts)


def announce(at: Address, accounts: list[tuple[str, str, str]]) -> None:
    """Print the address and the log-ins of the demonstration."""
    console.print(f"\n[bold]衡鉴 Hengjian[/] → [bold underline]{at.url}[/]   (Ctrl-C 结束 ends it)")
    if accounts:
        table = Table("用户 user", "密码 password", "身份 who")
        for row in accounts:
            table.add_row(*row)
        console.print(table)


def answers(url: str) -> bool:
    """Whether the site answers at all; a redirect to the log-in page counts."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def supervise(at: Address, accounts: list[tuple[str, str, str]]) -> None:
    """Run web server and worker side by side; end both when one ends or when asked to."""
    for kind in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, signal.default_int_handler)
    # In sessions of their own: Ctrl-C reaches only this process, which then ends them in order.
    children = {
        "网站 web server": subprocess.Popen(web_command(at), start_new_session=True),
        "后台进程 worker": subprocess.Popen(worker_command(), start_new_session=True),
    }
    started = time.monotonic()
    ready = False
    try:
        while True:
            for name, child in children.items():
                if child.poll() is not None:
                    fail(f"{name} 意外结束 ended unexpectedly (exit code {child.returncode}); 全部停止 stopping.")
            if not ready and answers(at.url):
                ready = True
                announce(at, accounts)
            if not ready and time.monotonic() - started > START_SECONDS:
                fail(f"{at.url} 在 {START_SECONDS} 秒内无应答 does not answer within {START_SECONDS} s; see above.")
            time.sleep(1 if ready else 0.2)
    except KeyboardInterrupt:
        console.print("\n正在结束 stopping …")
    finally:
        end(list(children.values()))


def end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask the children to finish their work, then make them."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
