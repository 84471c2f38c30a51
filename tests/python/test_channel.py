import json
import math
import os
import struct

import numpy as np
import pytest
from plumbline_worker.channel import MAX_MESSAGE_BYTES, Channel, finite


def framed(body):
    return struct.pack("<I", len(body)) + body


@pytest.fixture
def channel():
    """A channel whose other ends are in `write_request(bytes)`, `end()` and `read_response()`."""
    request_read, request_write = os.pipe()
    response_read, response_write = os.pipe()
    channel = Channel(request_read, response_write)
    channel.write_request = lambda data: os.write(request_write, data)
    channel.end = lambda: os.close(request_write)
    channel.read_response = lambda: os.read(response_read, 65536)
    return channel


def test_reads_messages_one_after_the_other(channel):
    channel.write_request(framed(b'{"id": 1}') + framed('{"id": 2, "text": "\u00e9"}'.encode("utf-8")))
    assert channel.receive() == {"id": 1}
    assert channel.receive() == {"id": 2, "text": "\u00e9"}


@pytest.mark.parametrize("rest", [b"", b"\x05\x00", framed(b'{"id": 1}')[:-1]])
def test_an_end_within_a_message_is_the_end(channel, rest):
    channel.write_request(rest)
    channel.end()
    assert channel.receive() is None


@pytest.mark.parametrize(
    "data", [struct.pack("<I", MAX_MESSAGE_BYTES + 1), framed(b"[1]"), framed(b"\xff{}"), framed(b'{"id": ')]
)
def test_refuses_what_is_no_message(channel, data):
    channel.write_request(data)
    channel.end()
    with pytest.raises(ValueError):
        channel.receive()


def test_sends_a_length_and_strict_json(channel):
    channel.send({"loss": float("nan"), "steps": np.int64(3)})
    response = channel.read_response()
    assert struct.unpack("<I", response[:4])[0] == len(response) - 4
    assert json.loads(response[4:].decode("utf-8")) == {"loss": "nan", "steps": 3}


def test_sends_nothing_over_the_limit(channel):
    with pytest.raises(ValueError):
        channel.send({"text": "x" * MAX_MESSAGE_BYTES})


@pytest.mark.parametrize(
    "value, expected",
    [
        (math.nan, "nan"),
        (math.inf, "inf"),
        (np.float32("-inf"), "-inf"),
        (np.float64(0.5), 0.5),
        (np.float32(0.1), 0.10000000149011612),  # the nearest float32, exactly
        (np.bool_(True), True),
        (np.array([1.0, math.inf]), [1.0, "inf"]),
        ((1, [None, {2: True}]), [1, [None, {"2": True}]]),
        ("bytes \udcff of a file name", "bytes ? of a file name"),
        (b"bytes", "b'bytes'"),
    ],
)
def test_finite_makes_plain_values(value, expected):
    plain = finite(value)
    assert plain == expected
    assert type(plain) is type(expected)
    json.dumps(plain, allow_nan=False).encode("utf-8")
