"""The same small matrix as many kinds of array: whole numbers from 0 to 3, so that every type holds them exactly."""

import numpy as np

NUMBERS = np.arange(32).reshape(8, 4) % 5 % 4
LABELS = np.arange(8) % 3


class WithArray:
    """Something that NumPy can make an array of."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return self.array if dtype is None else self.array.astype(dtype)


class WithDlpack:
    """Something that hands its memory on by DLPack, and can do nothing else."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def kinds():
    """{name: array}, and why some are left out."""
    base = NUMBERS.astype(np.float32)
    found = {name: NUMBERS.astype(name) for name in ("float32", "float64", "float16", "int64", "int32", "uint8")}
    found.update(
        {
            "Fortran order": np.asfortranarray(base),
            "strided view": np.repeat(base, 2, axis=1)[:, ::2],
            "negative strides": base[::-1].copy()[::-1],
            "big-endian": base.astype(">f4"),
            "read-only": read_only(base),
            "masked array": np.ma.masked_array(base, mask=base == 3),
            "with __array__": WithArray(base),
            "list of lists": base.tolist(),
        }
    )
    if hasattr(base, "__dlpack__"):
        found["with __dlpack__"] = WithDlpack(base)
    try:
        from scipy import sparse
    except ImportError:
        return found, "SciPy is not installed in this environment"
    found["scipy.sparse CSR"] = sparse.csr_matrix(base)
    return found, ""


def aligned(array, alignment=64):
    """A copy whose memory begins at a multiple of `alignment` bytes, as some frameworks want it to share it."""
    buffer = np.empty(array.nbytes + alignment, np.uint8)
    start = -buffer.ctypes.data % alignment
    copy = buffer[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy
