"""The observed form that the keras-* stacks share: the adapter's model with all outputs, and a training step of our own
in each backend, as Keras's own `train_step` takes it there."""

import importlib

import keras
import numpy as np
from plumbline_worker import Observation, Observer, nodes_of
from plumbline_worker.slots import KERAS, canonical_slot, described_slots


class KerasObserver(Observer):
    def __init__(self, adapter):
        self.adapter = adapter
        self.optimizer = adapter.trained_model.optimizer
        self.optimizer.build(adapter.trained_model.trainable_variables)
        self.slots = KERAS[type(self.optimizer).__name__]
        module = importlib.import_module("plumbline_keras3.observe_" + keras.backend.backend())
        self.method = module.METHOD
        self.trained_step = module.make_step(adapter)
        self.inference = seen_model(adapter.model, adapter.network)

    def step(self, indices, masks):
        observation = Observation(self.method, slots=described_slots(self.slots))
        observation.add("slot_before", self.slot_values())
        loss, kinds = self.trained_step(*self.adapter.batch(indices, masks))
        if not self.adapter.weight_decay:
            del kinds["grad_decayed"]
        for kind, tensors in kinds.items():
            observation.add(kind, {name: numbers(tensor) for name, tensor in tensors.items()})
        observation.add("slot", self.slot_values())
        observation.add_number("loss", numbers(loss), np.float32)
        observation.add_number("step", int(self.optimizer.iterations), np.int64)
        return observation

    def predict(self, images):
        inputs = self.adapter.test_images[:images]
        observation = Observation(self.method)
        outputs = self.inference.predict(inputs, batch_size=images, verbose=0)
        observation.add("out", {"input": inputs, **outputs})
        return observation

    def slot_values(self):
        values = {}
        learning_rate = float(self.optimizer.learning_rate)
        for name, variable in self.adapter.variables().items():
            for slot in self.slots if variable.trainable else []:
                own = getattr(self.optimizer, slot.own)  # empty where the optimizer does not need it
                if own:
                    value = numbers(own[self.optimizer._get_variable_index(variable)])
                    values[f"{name}/{slot.word}"] = canonical_slot(slot, value, learning_rate)
        return values


def numbers(tensor):
    return np.array(keras.ops.convert_to_numpy(tensor))


def seen_model(model, network, taps=None):
    """The model over the same layers, with the outputs of all operations by name.

    `taps`, by operation, are added to the outputs: their gradients are those of the outputs. They are read when the
    model is called.
    """
    nodes = {layer["name"]: nodes_of(layer) for layer in network["layers"]}
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
