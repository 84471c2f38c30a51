"""A model with the outputs of all its operations."""

import importlib

import keras


def make_observed_step(trained, nodes, last, variables, losses_of):
    """(method, step) in the backend that runs.

    step(inputs, targets) trains as Keras's own `train_step` does, on the model's own variables and optimizer, and gives
    the loss and {kind: {name: tensor}}. `nodes` is as in seen_model; `last` names the model's output there; `variables`
    are the trainable ones by name. losses_of(targets, outputs) gives the loss, and what is differentiated, which may be
    the same thing.
    """
    module = importlib.import_module("plumbline_recorder.keras_model.step_" + keras.backend.backend())
    return module.METHOD, module.make_step(trained, nodes, last, variables, losses_of)


def seen_model(model, nodes, taps=None):
    """The model over the same layers, with the outputs of its operations by name.

    `nodes` has by layer the names of its operations: one, or two where it has an activation. `taps`, by operation, are
    added to the outputs: their gradients are those of the outputs. They are read when the model is called.
    """
    seen = {}

    def see(node, value):
        seen[node] = value if taps is None else Tap(taps, node)(value)
        return seen[node]

    def call(layer, *arguments, **options):
        names = nodes.get(layer.name, [])
        if len(names) == 2:
            linear = see(names[0], LinearPart(layer)(*arguments, **options))
            return see(names[1], keras.layers.Activation(layer.activation)(linear))
        value = layer(*arguments, **options)
        return see(names[0], value) if names else value

    if isinstance(model, keras.Sequential):
        inputs = value = keras.Input(batch_shape=model.input_shape, dtype=model.inputs[0].dtype)
        for layer in model.layers:
            value = call(layer, value)
        return keras.Model(inputs, seen)
    clone = keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=call)
    return keras.Model(clone.input, seen)


class Tap(keras.layers.Layer):
    """Adds taps[node], if it is there."""

    def __init__(self, taps, node):
        super().__init__()
        self.tap_of = lambda: taps.get(node)  # Keras would make a dictionary of its own of the taps

    def call(self, x):
        tap = self.tap_of()
        return x if tap is None else x + tap


class LinearPart(keras.layers.Layer):
    """A layer without its activation, on the layer's own weights."""

    def __init__(self, layer):
        super().__init__(name=layer.name + "_linear")
        self.layer = layer

    def call(self, x):
        activation, self.layer.activation = self.layer.activation, None
        try:
            return self.layer(x)
        finally:
            self.layer.activation = activation

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)
