import contextlib
import json
import struct

import numpy as np
import pytest
from plumbline_worker.tensors import read_tensors, write_tensors


def write_file(path, header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode("utf-8")
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return str(path)


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int32, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1,), (2, 3, 4)])
def test_what_is_written_is_read(tmp_path, dtype, shape):
    tensor = (np.random.RandomState(0).standard_normal(shape) * 9).astype(dtype)
    path = str(tmp_path / "file")
    write_tensors(path, {"b": tensor, "a/x": np.ones(5, np.uint8)})
    tensors = read_tensors(path)
    assert sorted(tensors) == ["a/x", "b"]
    assert tensors["b"].dtype == dtype and tensors["b"].shape == shape
    assert tensors["b"].tobytes() == tensor.tobytes()
    tensors["b"][...] = 0  # it is an array of its own


def test_bits_of_floats_are_kept(tmp_path):
    bits = np.array([0x7FC00001, 0xFFC00000, 0x7F800000, 0x80000000, 1], np.uint32)  # NaNs, inf, -0, the smallest
    path = str(tmp_path / "file")
    write_tensors(path, {"x": bits.view(np.float32)})
    assert (read_tensors(path)["x"].view(np.uint32) == bits).all()


def test_writes_any_memory_order(tmp_path):
    tensor = np.arange(24, dtype=np.float32).reshape(2, 3, 4).transpose(2, 0, 1)[:, ::-1]
    path = str(tmp_path / "file")
    write_tensors(path, {"x": tensor})
    assert (read_tensors(path)["x"] == tensor).all()


def test_data_begin_at_a_multiple_of_eight(tmp_path):
    path = tmp_path / "file"
    for name in ("x", "xy", "xyz"):
        write_tensors(str(path), {name: np.zeros(1)})
        assert struct.unpack("<Q", path.read_bytes()[:8])[0] % 8 == 0


def test_the_format_is_that_of_the_safetensors_package(tmp_path):
    safetensors = pytest.importorskip("safetensors.numpy")
    tensors = {"x": np.arange(6, dtype=np.float32).reshape(2, 3), "y": np.array([1, 2], np.int64)}
    theirs, ours = str(tmp_path / "theirs"), str(tmp_path / "ours")
    safetensors.save_file(tensors, theirs, metadata={"made": "by them"})
    write_tensors(ours, tensors)
    for read in (read_tensors(theirs), safetensors.load_file(ours)):
        assert {name: tensor.tolist() for name, tensor in read.items()} == {"x": [[0, 1, 2], [3, 4, 5]], "y": [1, 2]}


def test_refuses_a_dtype_that_the_protocol_has_not(tmp_path):
    with pytest.raises(ValueError, match="x is of dtype float16"):
        write_tensors(str(tmp_path / "file"), {"x": np.zeros(1, np.float16)})


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[1]",
        b"[" * 100000,
        {"x": None},
        {"x": {}},
        {"x": entry(dtype="F16")},
        {"x": entry(dtype=["F32"])},
        {"x": entry(offsets=(0, 9))},
        {"x": entry(offsets=(8, 0))},
        {"x": entry(offsets=(-8, 0))},
        {"x": entry(offsets=(8, 16))},
        {"x": entry(offsets=(0,))},
        {"x": entry(offsets=(0.0, 8.0))},
        {"x": entry(shape=(-1, -2))},
        {"x": entry(shape=(True, 2))},
        {"x": entry(shape=("2",))},
        {"x": entry(shape=(float("nan"),))},
        {"x": entry(shape=(2**62, 2**62))},
        {"x": entry(shape=(2**70, 0), offsets=(0, 0))},
        {"x": {"dtype": "F32", "shape": 2, "data_offsets": [0, 8]}},
        {"x": {"dtype": "F32", "shape": [2], "data_offsets": {"0": 8}}},
    ],
)
def test_refuses_a_file_that_is_not_sound(tmp_path, header):
    path = write_file(tmp_path / "file", header, b"\0" * 8)
    with pytest.raises(ValueError, match=str(path)):
        read_tensors(path)


@pytest.mark.parametrize("data", [b"", b"\x01\x02", struct.pack("<Q", 2**63), struct.pack("<Q", 3) + b"{}"])
def test_refuses_a_length_beyond_the_file(tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(ValueError):
        read_tensors(str(tmp_path / "file"))


def test_no_cut_and_no_changed_byte_does_more_than_raise_a_value_error(tmp_path):
    path = tmp_path / "file"
    write_tensors(str(path), {"x": np.arange(3, dtype=np.float32), "y": np.ones((2, 2), np.int64)})
    whole = path.read_bytes()
    random = np.random.RandomState(7)
    for _ in range(2000):
        data = bytearray(whole)
        data[random.randint(len(data))] = random.randint(256)
        path.write_bytes(bytes(data[: random.randint(len(data) + 1)] if random.rand() < 0.5 else data))
        with contextlib.suppress(ValueError):
            read_tensors(str(path))
