"""As much of safetensors and of the network's shapes as a worker without any framework needs."""

import array
import json
import struct


def size(shape):
    count = 1
    for extent in shape:
        count *= extent
    return count


def shape_in(path, name):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(file.read(length).decode("utf-8"))[name]["shape"]


def write(path, state):
    """`state` has a shape and a list of numbers for each name; all are written as F32."""
    header = {}
    body = b""
    for name, (shape, values) in sorted(state.items()):
        data = array.array("f", values).tobytes()
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def parameter_shapes(network):
    """Of every parameter, in the canonical layouts of docs/protocol.md."""
    outputs = {"input": network["input"]}
    shapes = {}
    for layer in network["layers"]:
        name = layer["name"]
        outputs[name] = layer["output_shape"]
        inputs = outputs[layer["inputs"][0]][-1]
        if layer["operation"] == "conv2d":
            shapes[name + "/kernel"] = layer["kernel"] + [inputs, layer["filters"]]
        if layer["operation"] == "dense":
            shapes[name + "/kernel"] = [inputs, layer["units"]]
        if layer["operation"] in ("conv2d", "dense") and layer["bias"]:
            shapes[name + "/bias"] = [layer["output_shape"][-1]]
        if layer["operation"] in ("batch_norm", "layer_norm"):
            for part in ("gamma", "beta"):
                shapes[name + "/" + part] = [inputs]
        if layer["operation"] == "batch_norm":
            for part in ("moving_mean", "moving_variance"):
                shapes[name + "/" + part] = [inputs]
    return shapes
