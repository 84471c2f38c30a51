"""Length-prefixed JSON over two inherited descriptors."""

import json
import math
import os
import struct

MAX_MESSAGE_BYTES = 16 * 1024 * 1024


class Channel:
    """One request at a time; not thread-safe."""

    def __init__(self, request_fd, response_fd):
        self._requests = os.fdopen(request_fd, "rb")
        self._responses = os.fdopen(response_fd, "wb")

    def receive(self):
        """The next message, or None when Plumbline has closed its end. Raises ValueError for one that is no message."""
        prefix = self._requests.read(4)
        if len(prefix) < 4:
            return None
        (length,) = struct.unpack("<I", prefix)
        if length > MAX_MESSAGE_BYTES:
            raise ValueError(f"A request of {length} bytes is over the protocol's limit of {MAX_MESSAGE_BYTES}.")
        body = self._requests.read(length)
        if len(body) < length:
            return None
        message = json.loads(body.decode("utf-8"))
        if type(message) is not dict:
            raise ValueError(f"A request must be a JSON object, not a {type(message).__name__}.")
        return message

    def send(self, message):
        body = json.dumps(finite(message), allow_nan=False).encode("utf-8")
        if len(body) > MAX_MESSAGE_BYTES:
            raise ValueError(f"An answer of {len(body)} bytes is over the protocol's limit of {MAX_MESSAGE_BYTES}.")
        self._responses.write(struct.pack("<I", len(body)) + body)
        self._responses.flush()


def finite(value):
    """The value as JSON needs it: arrays and their scalars as plain values, numbers that are not finite as strings."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    if isinstance(value, (bool, int)) or value is None:
        return value
    if hasattr(value, "tolist"):  # NumPy scalars are floats too, so this comes before the floats
        return finite(value.tolist())
    if isinstance(value, float):
        if math.isnan(value):
            return "nan"
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return value
    # Half of a surrogate pair, as in a file name that is not UTF-8, cannot travel.
    return str(value).encode("utf-8", "replace").decode("utf-8")
