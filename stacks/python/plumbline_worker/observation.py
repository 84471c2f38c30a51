"""What an observed step or prediction saw, under the names of docs/protocol.md."""

import numpy as np


class Observation:
    """`tensors` by name, in the canonical layouts.

    `method` says in a clause how the values were come by. `fused` has for each region that was seen at its ends only
    the names of its nodes, from the first to the last. `slots` says for the canonical word of each slot what the
    framework holds, and what was made of it where that is not the same.
    """

    def __init__(self, method, fused=(), slots=None):
        self.tensors = {}
        self.method = method
        self.fused = [list(region) for region in fused]
        self.slots = slots or {}

    def add(self, kind, tensors):
        """Adds tensors by their name within the kind: "out", "grad", "slot_before", ..."""
        self.tensors.update({f"{kind}/{name}": np.asarray(tensor) for name, tensor in tensors.items()})

    def add_number(self, name, value, dtype):
        self.tensors[name] = np.asarray(value, dtype)

    def told(self):
        """What the answer says of it."""
        return {"method": self.method, "fused": self.fused, "slots": self.slots}


class Observer:
    """The observed form of what an adapter has built; made by `Adapter.observer`. Arrays are NumPy and never reused."""

    def step(self, indices, masks):
        """One controlled step. Gives an Observation.

        The worker adds to it `before`, `after`, `labels` and `mask`, and as `step`, if it has none, its own count.
        """
        raise NotImplementedError

    def predict(self, images):
        """The first `images` test images in inference mode. Gives an Observation; the worker adds `before`."""
        raise NotImplementedError


def nodes_of(layer):
    """The names of a layer's operations, first to last: with a fused activation "<layer>/linear" and "<layer>"."""
    has_fused = "activation" in layer and layer["operation"] != "activation"
    return [layer["name"] + "/linear", layer["name"]] if has_fused else [layer["name"]]
