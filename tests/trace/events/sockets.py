"""A WebSocket client over a real connection, no more than the test of the server needs (RFC 6455)."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
from typing import Any


class Refused(Exception):
    """The server answered the handshake with another status, or closed at once. `code`: that status or code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class WebSocket:
    """One connection; `small`: the receiving buffer holds a few kilobytes only."""

    def __init__(self, port: int, path: str, token: str, *, small: bool = False) -> None:
        self.socket = socket.socket()
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
        ]  # fmt: skip
        if token:
            lines.append(f"Authorization: Bearer {token}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.file = self.socket.makefile("rb")
        status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass
        if status != 101:
            raise Refused(status)

    def read(self) -> Any:
        """The next message as JSON; `Refused` with the code when the server closes, EOFError when it is gone."""
        first, second = self._exactly(2)
        length = second & 127
        if length > 125:
            length = struct.unpack(">H" if length == 126 else ">Q", self._exactly(2 if length == 126 else 8))[0]
        data = self._exactly(length)
        if first & 15 == 8:
            raise Refused(struct.unpack(">H", data[:2])[0] if data else 1005)
        if first & 15 != 1:
            return self.read()
        return json.loads(data)

    def numbers(self) -> list[int]:
        """The serials of the events in the next message."""
        events = self.read()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        return [int(item["epcList"][0].rpartition("/")[2]) for item in events]

    def _exactly(self, size: int) -> bytes:
        data = self.file.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def close(self) -> None:
        self.socket.close()
