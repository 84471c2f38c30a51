"""Wire networks and recipes (docs/protocol.md) to test adapters with, and what must be known of them."""

import math


class NetworkBuilder:
    """Appends layers and works out their output shapes; a layer takes the one before unless told otherwise."""

    def __init__(self, *shape):
        self.network = {"input": list(shape), "layers": []}
        self._shapes = {"input": list(shape)}
        self._last = "input"

    def add(self, name, operation, inputs=None, **members):
        inputs = inputs or [self._last]
        shape = output_shape(operation, [self._shapes[source] for source in inputs], members)
        layer = {"name": name, "operation": operation, "inputs": inputs, "output_shape": shape, **members}
        self.network["layers"].append(layer)
        self._shapes[name] = shape
        self._last = name
        return self

    def conv(self, name, filters, kernel=(3, 3), stride=(1, 1), padding="same", inputs=None, **members):
        members = {"bias": True, **members, "kernel": list(kernel), "stride": list(stride), "padding": padding}
        return self.add(name, "conv2d", inputs, filters=filters, **members)

    def pool(self, name, operation, size=(2, 2), stride=(2, 2), padding="valid"):
        return self.add(name, operation, size=list(size), stride=list(stride), padding=padding)

    def dense(self, name, units, inputs=None, **members):
        return self.add(name, "dense", inputs, **{"units": units, "bias": True, **members})


def output_shape(operation, inputs, members):
    shape = list(inputs[0])
    if operation in ("conv2d", "max_pool", "average_pool"):
        window = members.get("kernel", members.get("size"))
        same = members["padding"] == "same"
        for axis, stride in enumerate(members["stride"]):
            shape[axis] = -(-shape[axis] // stride) if same else (shape[axis] - window[axis]) // stride + 1
        return [*shape[:2], members.get("filters", shape[2])]
    if operation == "dense":
        return [members["units"]]
    if operation == "flatten":
        return [math.prod(shape)]
    if operation == "global_average_pool":
        return shape[2:]
    if operation == "concatenate":
        return [*shape[:-1], sum(other[-1] for other in inputs)]
    return shape


RELU = {"name": "relu"}


def paper_network(image=(28, 28, 1), width=32, units=1024):
    """The paper's CNN; narrower and smaller where a test asks for the structure only."""
    network = NetworkBuilder(*image)
    network.conv("conv2d_1", width, (5, 5), activation=RELU).pool("max_pool_1", "max_pool")
    network.conv("conv2d_2", 2 * width, (5, 5), activation=RELU).pool("max_pool_2", "max_pool")
    network.add("flatten_1", "flatten").dense("dense_1", units, activation=RELU)
    return network.add("dropout_1", "dropout", rate=0.5).dense("dense_2", 10).network


def residual_network():
    """What every stack must be able to do: convolutions, batch normalisation, a shortcut."""
    network = NetworkBuilder(12, 12, 2)
    network.conv("stem", 8, bias=False).add("stem_norm", "batch_norm").add("stem_relu", "activation", activation=RELU)
    network.conv("first", 8, bias=False).add("first_norm", "batch_norm").add("relu", "activation", activation=RELU)
    network.conv("second", 8, bias=False).add("second_norm", "batch_norm")
    network.add("sum", "add", ["second_norm", "stem_relu"]).add("sum_relu", "activation", activation=RELU)
    return network.add("global", "global_average_pool").dense("output", 10).network


def every_layer_network():
    """A small net with every operation, every activation, and the paddings that need care."""
    network = NetworkBuilder(13, 11, 3)
    network.conv("stem", 8, bias=False).add("stem_norm", "batch_norm", momentum=0.8, epsilon=1e-3)
    network.add("stem_relu", "activation", activation=RELU)
    network.conv("down", 8, (3, 3), stride=(2, 2)).add("down_norm", "batch_norm")
    network.add("tanh", "activation", activation={"name": "tanh"})
    network.conv("even", 8, (2, 4), activation={"name": "leaky_relu", "slope": 0.2})
    network.add("sum", "add", ["even", "tanh"])
    network.add("norm", "layer_norm").add("gelu", "activation", activation={"name": "gelu"})
    network.pool("average", "average_pool", (2, 2), (2, 2), "same")
    network.conv("side", 4, (1, 1), stride=(2, 2), padding="same", inputs=["sum"], activation={"name": "leaky_relu"})
    network.add("join", "concatenate", ["average", "side"])
    network.pool("wide", "max_pool", (3, 3), (2, 2), "same").pool("centred", "average_pool", (3, 3), (1, 1), "same")
    network.add("global", "global_average_pool").add("drop", "dropout", rate=0.25)
    network.dense("hidden", 12, activation={"name": "sigmoid"}).add("hidden_norm", "batch_norm")
    network.add("exact", "activation", activation={"name": "gelu", "approximate": False})
    network.dense("side_hidden", 6, ["global"], bias=False).add("side_norm", "layer_norm", epsilon=1e-4)
    return network.add("both", "concatenate", ["exact", "side_norm"]).dense("output", 10).network


def flattening_network():
    """Flattened images that reach more than dense layers: their order of values shows."""
    network = NetworkBuilder(4, 6, 3)
    network.conv("conv", 5, stride=(3, 2)).pool("pool", "max_pool", (2, 2), (1, 1), "same")
    network.add("flat", "flatten").add("norm", "batch_norm").dense("first", 10)
    network.add("image", "flatten", ["conv"]).add("drop", "dropout", rate=0.5)
    network.add("relu", "activation", activation=RELU).dense("second", 10)
    return network.add("sum", "add", ["first", "second"]).network


def recipe(batch=20, optimizer=None, **members):
    return {
        "loss": "softmax_cross_entropy",
        "batch": batch,
        "steps": 1,
        "shuffle": True,
        "drop_last_batch": False,
        "optimizer": optimizer or {"name": "adam", "learning_rate": 0.001},
        "input_scaling": SCALING,
        **members,
    }


SCALING = {"factor": 1 / 255, "mean": 0.0, "stddev": 1.0}

OPTIMIZER_NUMBERS = {
    "sgd": ["learning_rate", "momentum", "nesterov", "weight_decay"],
    "adam": ["learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay"],
    "adamw": ["learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay"],
    "rmsprop": ["learning_rate", "momentum", "rho", "epsilon", "weight_decay"],
    "adagrad": ["learning_rate", "epsilon", "initial_accumulator", "weight_decay"],
    "adadelta": ["learning_rate", "rho", "epsilon", "weight_decay"],
}


def parameter_shapes(network):
    """{"<layer>/<parameter>": shape} in the wire's layouts."""
    shapes, parameters = {"input": network["input"]}, {}
    for layer in network["layers"]:
        name, operation = layer["name"], layer["operation"]
        shapes[name], source = layer["output_shape"], shapes[layer["inputs"][0]]
        if operation == "conv2d":
            parameters[f"{name}/kernel"] = [*layer["kernel"], source[2], layer["filters"]]
        if operation == "dense":
            parameters[f"{name}/kernel"] = [source[0], layer["units"]]
        if layer.get("bias"):
            parameters[f"{name}/bias"] = layer["output_shape"][-1:]
        norm = {"layer_norm": ["gamma", "beta"], "batch_norm": ["gamma", "beta", "moving_mean", "moving_variance"]}
        for parameter in norm.get(operation, []):
            parameters[f"{name}/{parameter}"] = source[-1:]
    return parameters


def settings_left_out(network, wanted):
    """The settings that `build` must report, because the study did not say them."""
    optimizer = wanted["optimizer"]
    names = {f"optimizer.{number}" for number in OPTIMIZER_NUMBERS[optimizer["name"]] if number not in optimizer}
    for layer in network["layers"]:
        name, operation = layer["name"], layer["operation"]
        numbers = {"batch_norm": ["momentum", "epsilon"], "layer_norm": ["epsilon"]}.get(operation, [])
        names |= {f"{name}.{number}" for number in numbers if number not in layer}
        form = {"leaky_relu": "slope", "gelu": "approximate"}.get(layer.get("activation", {}).get("name"))
        if form and form not in layer["activation"]:
            names.add(f"{name}.{form}")
        if operation in ("conv2d", "dense") and "weights" not in wanted:
            names.add(f"{name}.kernel.initialiser")
        if layer.get("bias") and "biases" not in wanted:
            names.add(f"{name}.bias.initialiser")
    return names


def node_shapes(network):
    """{node: shape without the batch} of every operation; a fused activation makes two of a layer."""
    shapes = {}
    for layer in network["layers"]:
        if "activation" in layer and layer["operation"] != "activation":
            shapes[layer["name"] + "/linear"] = layer["output_shape"]
        shapes[layer["name"]] = layer["output_shape"]
    return shapes


def trainable_shapes(network):
    return {name: shape for name, shape in parameter_shapes(network).items() if "/moving_" not in name}
