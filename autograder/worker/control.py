"""The socket over which the grader steers a worker, outside all student code."""

from __future__ import annotations

import json
import socket
from typing import Any


class Control:
    """Newline-separated JSON, with a descriptor beside it where one is passed."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def receive(self) -> tuple[dict[str, Any], list[int]]:
        """The next message and the descriptors that came with it; EOFError when the grader is gone."""
        data, descriptors = b"", []
        while not data.endswith(b"\n"):
            chunk, fds, _, _ = socket.recv_fds(self.sock, 65536, 4)
            if not chunk:
                raise EOFError
            data += chunk
            descriptors += fds
        return json.loads(data), descriptors

    def send(self, message: dict[str, Any]) -> None:
        """Send one message."""
        self.sock.sendall(json.dumps(message).encode() + b"\n")
