"""Reader and writer of safetensors files, the part of the format that the protocol uses."""

import json
import os
import struct

import numpy as np

_DTYPES = {"BOOL": np.bool_, "U8": np.uint8, "I32": np.int32, "I64": np.int64, "F32": np.float32, "F64": np.float64}
_NAMES = {np.dtype(dtype): name for name, dtype in _DTYPES.items()}
_MAX_HEADER_BYTES = 100 * 1000 * 1000  # the format's own limit


def read_tensors(path):
    """All tensors of a file, by name, as arrays of their own. Raises ValueError for a file that is not sound."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        prefix = file.read(8)
        if len(prefix) < 8:
            raise ValueError(f"{path} is too short to be a safetensors file.")
        (header_bytes,) = struct.unpack("<Q", prefix)
        if header_bytes > min(size - 8, _MAX_HEADER_BYTES):
            raise ValueError(f"{path}: the header's length {header_bytes} is beyond the file.")
        header = _parse_header(path, file.read(header_bytes))
        start = 8 + header_bytes
        tensors = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            try:
                tensors[name] = _read_tensor(file, entry, start, size - start)
            except (ValueError, KeyError, TypeError, OverflowError) as error:
                raise ValueError(f"{path}: tensor {name} is not sound: {error}") from error
        return tensors


def _parse_header(path, text):
    try:
        header = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: the header is not JSON: {error}") from error
    if type(header) is not dict:
        raise ValueError(f"{path}: the header is not a JSON object.")
    return header


def _read_tensor(file, entry, start, available):
    dtype = np.dtype(_DTYPES[entry["dtype"]])
    shape = entry["shape"]
    begin, end = entry["data_offsets"]
    for number in shape + [begin, end]:
        if type(number) is not int or number < 0:  # JSON's true is an int as well
            raise ValueError(f"{number!r} is not an extent or an offset.")
    count = 1
    for extent in shape:
        count *= extent
    if not begin <= end <= available or end - begin != count * dtype.itemsize:
        raise ValueError(f"shape {shape} and offsets {begin} to {end} do not fit.")
    file.seek(start + begin)
    tensor = np.empty(count, dtype)
    if count and file.readinto(memoryview(tensor).cast("B")) != end - begin:
        raise ValueError("the file ends inside it.")
    return tensor.reshape(shape)


def write_tensors(path, tensors):
    """Writes arrays of the protocol's dtypes, in the order of their names."""
    header = {}
    arrays = []
    offset = 0
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        if array.dtype not in _NAMES:
            raise ValueError(f"Tensor {name} is of dtype {array.dtype}, which the protocol has not.")
        shape = list(np.shape(tensors[name]))  # ascontiguousarray makes (1) of a scalar's ()
        header[name] = {"dtype": _NAMES[array.dtype], "shape": shape, "data_offsets": [offset, offset + array.nbytes]}
        arrays.append(array)
        offset += array.nbytes
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for array in arrays:
            file.write(memoryview(array.reshape(-1)).cast("B") if array.size else b"")
