"""A small client of docs/protocol.md: starts a worker and asks it, for tests and measurements."""

import json
import os
import select
import struct
import subprocess
import time

MAX_MESSAGE_BYTES = 16 * 1024 * 1024


class WorkerError(Exception):
    """An answer that is not `ok`, or none. `status` is "unsupported", "error" or "gone"."""

    def __init__(self, status, reason):
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


class Worker:
    """One worker process. A context manager; nothing outlives it."""

    def __init__(self, command, environment, timeout_seconds=300):
        self.progress = []
        self._timeout_seconds = timeout_seconds
        self._id = 0
        request_read, self._request_fd = os.pipe()
        self._response_fd, response_write = os.pipe()
        descriptors = {"PLUMBLINE_REQUEST_FD": str(request_read), "PLUMBLINE_RESPONSE_FD": str(response_write)}
        self.process = subprocess.Popen(
            command,
            env={**environment, **descriptors, "PLUMBLINE_PROTOCOL": "1"},
            pass_fds=(request_read, response_write),
            stdin=subprocess.DEVNULL,
        )
        os.close(request_read)
        os.close(response_write)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._request_fd)
        os.close(self._response_fd)
        self.process.kill()
        self.process.wait()

    def request(self, name, **members):
        """The result of an ok answer; `progress` then has what came before it. Raises WorkerError for all else."""
        self._id += 1
        self.progress = []
        self.send({"id": self._id, "request": name, **members})
        deadline = time.monotonic() + self._timeout_seconds
        while True:
            message = self._receive(deadline)
            assert message["id"] == self._id, message
            if "progress" in message:
                self.progress.append(message["progress"])
            elif message["status"] == "ok":
                return message["result"]
            else:
                print(message.get("detail", ""))  # pytest shows it where a test fails
                raise WorkerError(message["status"], message["reason"])

    def send(self, message):
        body = json.dumps(message).encode("utf-8")
        os.write(self._request_fd, struct.pack("<I", len(body)) + body)

    def close(self):
        """Asks the worker to close and returns its exit status."""
        assert self.request("close") == {}
        return self.process.wait(timeout=self._timeout_seconds)

    def _receive(self, deadline):
        (length,) = struct.unpack("<I", self._read(4, deadline))
        assert length <= MAX_MESSAGE_BYTES, length
        return json.loads(self._read(length, deadline).decode("utf-8"), parse_constant=_refuse)

    def _read(self, count, deadline):
        data = b""
        while len(data) < count:
            ready, _, _ = select.select([self._response_fd], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise WorkerError("gone", f"no answer within {self._timeout_seconds} seconds")
            part = os.read(self._response_fd, count - len(data))
            if not part:
                raise WorkerError("gone", f"the channel closed; exit status {self.process.wait()}")
            data += part
        return data


def _refuse(constant):
    raise ValueError(f"{constant} is not JSON")
