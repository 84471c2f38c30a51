"""The folder of a recording: an index and one file a step (docs/recordings.md)."""

import json
import os

import numpy as np
from plumbline_worker.channel import finite
from plumbline_worker.tensors import write_tensors

INDEX = "recording.json"
FORMAT = 1
_WRITABLE = {np.dtype(kind) for kind in ("bool", "uint8", "int32", "int64", "float32", "float64")}


class Recording:
    """Writes steps one by one; after each the folder is whole."""

    def __init__(self, folder, written_by, overwrite=False):
        self.folder = str(folder)
        os.makedirs(self.folder, exist_ok=True)
        self._clear(overwrite)
        self.index = {
            "recording": FORMAT,
            "written_by": written_by,
            "steps": [],
            "tensors": {},
            "operations": [],
            "problems": [],
        }

    def add_step(self, number, tensors, layouts, loss=None, notes=None):
        """`tensors` by name; `layouts` has for some of them a word, as "NCHW" (docs/recordings.md); `notes` are further
        members of the step in the index."""
        file = f"step_{number:06d}.safetensors"
        write_tensors(os.path.join(self.folder, file), {name: writable(array) for name, array in tensors.items()})
        for name, array in tensors.items():
            told = self.index["tensors"].setdefault(name, {"layout": layouts.get(name)})
            if np.asarray(array).dtype not in _WRITABLE:
                told["dtype"] = str(np.asarray(array).dtype)
        self.index["steps"].append({"step": number, "file": file, "loss": loss, **(notes or {})})
        self.write_index()

    def write_index(self):
        path = os.path.join(self.folder, INDEX)
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(finite(self.index), file, indent=1)
        os.replace(path + ".part", path)

    def _clear(self, overwrite):
        if os.path.exists(os.path.join(self.folder, INDEX)) and not overwrite:
            raise FileExistsError(
                f"{self.folder} holds a recording already. Name another folder, or say overwrite=True to lose that one."
            )
        for name in os.listdir(self.folder):
            if name == INDEX or (name.startswith("step_") and name.endswith(".safetensors")):
                os.remove(os.path.join(self.folder, name))


def writable(array):
    """The array in a dtype that the format has: what float32 and int64 can hold."""
    array = np.asarray(array)
    if array.dtype in _WRITABLE:
        return array
    return array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)
