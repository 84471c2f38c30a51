"""A wire network (docs/protocol.md) as torch.nn modules: NCHW, nn.Sequential for a chain."""

import torch
import torch.nn.functional as F
from torch import nn


class MaskedDropout(nn.Module):
    """Dropout by a given mask (batch, ...) of 0 and 1, set before each training step."""

    def __init__(self, rate):
        super().__init__()
        self.scale = 1 / (1 - rate)
        self.mask = None

    def forward(self, x):
        return x * self.mask * self.scale if self.training else x


class ChannelLayerNorm(nn.LayerNorm):
    """Over the channels of (batch, channels, height, width)."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ChannelsLastFlatten(nn.Module):
    """(batch, channels, height, width) to a vector in the order (height, width, channels)."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class PaddedAveragePool(nn.Module):
    """Average pooling with more padding at the end than at the start, which does not count."""

    def __init__(self, size, stride, padding, image):
        super().__init__()
        self.size, self.stride, self.padding = size, stride, padding
        self.register_buffer("share", self.pool(torch.ones(1, 1, *image)), persistent=False)

    def pool(self, x):
        return F.avg_pool2d(F.pad(x, self.padding), self.size, self.stride)

    def forward(self, x):
        return self.pool(x) / self.share


class Add(nn.Module):
    def forward(self, *inputs):
        return sum(inputs[1:], start=inputs[0])


class Concatenate(nn.Module):
    def forward(self, *inputs):
        return torch.cat(inputs, dim=1)


class Graph(nn.Module):
    """Layers that are not a chain. `inputs` has for each the numbers of those it takes; 0 is the network's input."""

    def __init__(self, layers, inputs):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.inputs = inputs

    def forward(self, x):
        values = [x]
        for layer, inputs in zip(self.layers, self.inputs):
            values.append(layer(*[values[i] for i in inputs]))
        return values[-1]


def build_model(network, controlled):
    """The model, and by layer name the modules of each layer."""
    shapes = {"input": network["input"]}
    order = torch_order(network)
    modules = {}
    for layer in network["layers"]:
        modules[layer["name"]] = make_layer(layer, shapes[layer["inputs"][0]], controlled, layer["name"] in order)
        shapes[layer["name"]] = layer["output_shape"]
    numbers = {name: number for number, name in enumerate(shapes)}
    inputs = [[numbers[name] for name in layer["inputs"]] for layer in network["layers"]]
    if inputs == [[number] for number in range(len(inputs))]:
        return nn.Sequential(*[module for layer in modules.values() for module in layer]), modules
    return Graph(
        [layer[0] if len(layer) == 1 else nn.Sequential(*layer) for layer in modules.values()], inputs
    ), modules


def torch_order(network):
    """Vectors that nn.Flatten may leave in the order (channels, height, width): name -> (height, width, channels).

    That is so if they reach dense layers only, perhaps by way of dropout and activations: the wire form then reorders
    the rows of those kernels. Other flattened images are put into the protocol's order.
    """
    consumers, shapes, order = {}, {"input": network["input"]}, {}
    for layer in network["layers"]:
        shapes[layer["name"]] = layer["output_shape"]
        for name in layer["inputs"]:
            consumers.setdefault(name, []).append(layer)

    def reaches_dense_only(name):
        return name in consumers and all(
            layer["operation"] == "dense"
            or (layer["operation"] in ("dropout", "activation") and reaches_dense_only(layer["name"]))
            for layer in consumers[name]
        )

    for layer in network["layers"]:
        source = layer["inputs"][0]
        if layer["operation"] == "flatten" and len(shapes[source]) == 3 and reaches_dense_only(layer["name"]):
            order[layer["name"]] = shapes[source]
        elif layer["operation"] in ("dropout", "activation") and source in order:
            order[layer["name"]] = order[source]
    return order


def make_layer(layer, shape, controlled, in_torch_order):
    """The modules of one layer. `shape` is that of its (first) input: (height, width, channels) or (features)."""
    operation = layer["operation"]
    if operation == "conv2d":
        modules = conv2d(layer, shape)
    elif operation == "dense":
        modules = [nn.Linear(shape[0], layer["units"], bias=layer["bias"])]
    elif operation in ("max_pool", "average_pool"):
        modules = pool(layer, shape)
    elif operation == "dropout":
        modules = [(MaskedDropout if controlled else nn.Dropout)(layer["rate"])]
    elif operation == "flatten":
        modules = [nn.Flatten() if in_torch_order or len(shape) == 1 else ChannelsLastFlatten()]
    elif operation == "global_average_pool":
        modules = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    elif operation in ("batch_norm", "layer_norm"):
        modules = [norm(layer, shape)]
    else:
        modules = {"add": [Add()], "concatenate": [Concatenate()], "activation": []}[operation]
    return modules + ([activation(layer["activation"])] if "activation" in layer else [])


def activation(wanted):
    name = wanted["name"]
    if name == "leaky_relu":
        return nn.LeakyReLU(**({"negative_slope": wanted["slope"]} if "slope" in wanted else {}))
    if name == "gelu":
        forms = {True: "tanh", False: "none"}
        return nn.GELU(**({"approximate": forms[wanted["approximate"]]} if "approximate" in wanted else {}))
    return {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}[name]()


def norm(layer, shape):
    options = {"eps": layer["epsilon"]} if "epsilon" in layer else {}
    if layer["operation"] == "layer_norm":
        return (ChannelLayerNorm if len(shape) == 3 else nn.LayerNorm)(shape[-1], **options)
    if "momentum" in layer:
        options["momentum"] = 1 - layer["momentum"]  # torch's is the new value's share
    return (nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[-1], **options)


def paddings(padding, shape, window, stride):
    """The (before, after) padding of height and width; "same" is TensorFlow's."""
    if padding == "valid":
        return [(0, 0), (0, 0)]
    totals = [max((-(-size // s) - 1) * s + w - size, 0) for size, w, s in zip(shape, window, stride)]
    return [(total // 2, total - total // 2) for total in totals]


def conv2d(layer, shape):
    (top, bottom), (left, right) = paddings(layer["padding"], shape, layer["kernel"], layer["stride"])
    even = top == bottom and left == right
    conv = nn.Conv2d(
        shape[2],
        layer["filters"],
        tuple(layer["kernel"]),
        stride=tuple(layer["stride"]),
        padding=(top, left) if even else 0,
        bias=layer["bias"],
    )
    return [conv] if even else [nn.ZeroPad2d((left, right, top, bottom)), conv]


def pool(layer, shape):
    size, stride = tuple(layer["size"]), tuple(layer["stride"])
    (top, bottom), (left, right) = paddings(layer["padding"], shape, size, stride)
    if top == bottom and left == right:
        if layer["operation"] == "max_pool":
            return [nn.MaxPool2d(size, stride, padding=(top, left))]
        return [nn.AvgPool2d(size, stride, padding=(top, left), count_include_pad=False)]
    if layer["operation"] == "max_pool":
        return [nn.ConstantPad2d((left, right, top, bottom), float("-inf")), nn.MaxPool2d(size, stride)]
    return [PaddedAveragePool(size, stride, (left, right, top, bottom), shape[:2])]
