"""A study as the writers see it: the wire form of network and recipe (docs/protocol.md) with what follows from it."""

import builtins
import keyword
import math

# Names that the programs use themselves, and those that a framework's modules have already.
WORDS_OF_PROGRAMS = """
x y np torch nn F tf keras layers jax jnp nnx optax random os sys gzip files images labels pixels self read_idx
batch batches criterion epoch forward loss model optimizer order outputs inputs rngs step targets train_step training
name submodules train eval parameters modules children buffers apply cpu cuda half double to call build weights biases variables
"""
TAKEN = set(keyword.kwlist) | set(dir(builtins)) | set(WORDS_OF_PROGRAMS.split())


class Unsupported(Exception):
    """The framework, or its writer, cannot do this. The text is a sentence for the user."""


class Layer(dict):
    """A layer's wire form, with `input_shapes`, one for each input, and `variable`, its name in a program."""

    def __init__(self, wire, shapes):
        super().__init__(wire)
        self.name = wire["name"]
        self.operation = wire["operation"]
        self.input_shapes = [shapes[name] for name in wire["inputs"]]
        self.input_shape = self.input_shapes[0]
        self.output_shape = wire["output_shape"]
        self.variable = self.name + "_layer" if self.name in TAKEN else self.name

    def given(self, *words):
        """What the study says of these words."""
        return {word: self[word] for word in words if word in self}

    def same_padding(self, window):
        """((top, bottom), (left, right)) as TensorFlow pads: of an odd amount the larger half goes to the end."""
        if self["padding"] == "valid":
            return ((0, 0), (0, 0))
        amounts = []
        for size, extent, stride in zip(window, self.input_shape, self["stride"]):
            total = max((math.ceil(extent / stride) - 1) * stride + size - extent, 0)
            amounts.append((total // 2, total - total // 2))
        return tuple(amounts)


class Study:
    """What a program is written from. `request` is the message of src/survey/export.h."""

    def __init__(self, request):
        self.name = request["study"]
        self.question = request["question"]
        self.stack = request["stack"]
        self.device = request["device"]
        self.recipe = request["recipe"]
        self.training_images = request.get("training_images")
        self.input = request["network"]["input"]
        shapes = {"input": self.input}
        self.layers = []
        for wire in request["network"]["layers"]:
            self.layers.append(Layer(wire, shapes))
            shapes[wire["name"]] = wire["output_shape"]
        self.classes = self.layers[-1].output_shape[-1]
        self.optimizer = {word: value for word, value in self.recipe["optimizer"].items() if word != "name"}
        self.optimizer_name = self.recipe["optimizer"]["name"]
        self.weights = self.recipe.get("weights")
        self.biases = self.recipe.get("biases")
        if self.weights and self.weights["name"] == "checkpoint":
            raise Unsupported(
                f"The study '{self.name}' starts from a checkpoint; an exported program draws its weights itself."
            )

    @property
    def is_chain(self):
        """Every layer takes the one before."""
        names = ["input"] + [layer.name for layer in self.layers]
        return all(layer["inputs"] == [name] for layer, name in zip(self.layers, names))

    @property
    def is_regression(self):
        return self.recipe["loss"] == "mean_squared_error"

    def has(self, operation):
        return any(layer.operation == operation for layer in self.layers)

    def variables(self):
        """{value: its name in a program}: `x` where the next layer alone takes it, else the layer's own."""
        sources = ["input"] + [layer.name for layer in self.layers]
        own = {"input": "images", **{layer.name: layer.variable for layer in self.layers}}
        takers = {name: [] for name in sources}
        for position, layer in enumerate(self.layers, start=1):
            for name in layer["inputs"]:
                takers[name].append(position)
        passing = {name for position, name in enumerate(sources) if takers[name] in ([], [position + 1])}
        return {name: "x" if name in passing else own[name] for name in sources}
