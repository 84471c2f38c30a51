"""TensorFlow with a GradientTape: each Keras layer's output, and what `watch` names, goes through an identity that
hands its value and its gradient to the recorder. They are put in when the recorder is made, and stay in traced
functions; so the recorder has to be made before the first step.
"""

import platform

import keras
import numpy as np
import tensorflow as tf
from plumbline_worker.slots import KERAS, TENSORFLOW_V1, canonical_slot, described_slots

from plumbline_recorder.frameworks import Source
from plumbline_recorder.watch import watching

METHOD = "identities after the layers, whose gradients are identities too"
ENDS = "variables before and after a step, which is seen at its ends only"
WEIGHT_LAYOUTS = {0: "", 1: "C", 2: "IO", 4: "HWIO"}


class TensorFlowSource(Source):
    def __init__(self, model, optimizer, ends_only):
        self.model, self.optimizer, self.ends_only = model, optimizer, ends_only
        self.is_keras = isinstance(optimizer, keras.optimizers.Optimizer)
        self.slots = (KERAS if self.is_keras else TENSORFLOW_V1).get(type(optimizer).__name__, [])
        self.layouts, self.operations, self.step = {}, {}, None
        if not ends_only:
            watching(self.watched).__enter__()
            for layer in layers_of(model):
                self.tap(layer)
        if optimizer is not None:
            self.tap_optimizer()

    def described(self):
        told = {
            "framework": "TensorFlow",
            "versions": {"tensorflow": tf.__version__, "keras": keras.__version__, "python": platform.python_version()},
            "observation": {
                "method": ENDS if self.ends_only else METHOD,
                "fused": [["(input)", "(output)"]] if self.ends_only else [],
                "slots": described_slots(self.slots),
            },
            "operations": list(self.operations.values()),
        }
        if self.optimizer is not None:
            kind = type(self.optimizer)
            config = self.optimizer.get_config() if self.is_keras else {"learning_rate": self.learning_rate()}
            told["optimizer"] = {"class": f"{kind.__module__}.{kind.__qualname__}", **config}
        return told

    def begin(self, step):
        self.step = step
        self.put_state("before")
        self.put_slots("slot_before")

    def end(self, step, failed):
        self.step = None
        if not failed:
            self.step = step
            self.put_state("after")
            self.put_slots("slot")
            self.step = None

    def numbers(self, tensor):
        array = np.array(tensor.numpy() if hasattr(tensor, "numpy") else tensor)
        return array.astype(np.float32) if array.dtype.kind == "V" or array.dtype.name == "bfloat16" else array

    def activation_layout(self, rank):
        return {0: "", 1: "N", 2: "NC", 4: "NHWC"}.get(rank)

    def watched(self, name, tensor):
        return self.identity(name, tensor, self.activation_layout(len(tensor.shape)))

    def tap(self, layer):
        """A Keras layer calls its own attribute `call`, so one of the instance's stands in."""
        call, name, channels_first = layer.call, layer.name, getattr(layer, "data_format", None) == "channels_first"

        def tapped(*arguments, **options):
            output = call(*arguments, **options)
            if not isinstance(output, tf.Tensor):
                return output
            rank = len(output.shape)
            layout = "NCHW" if channels_first and rank == 4 else self.activation_layout(rank)
            return self.identity(name, output, layout)

        layer.call = tapped
        own = [variable_name(variable) for variable in getattr(layer, "_trainable_variables", [])]
        kind = f"{type(layer).__module__}.{type(layer).__qualname__}"
        self.operations[name] = {"name": name, "class": kind, "parameters": own}

    def identity(self, name, tensor, layout):
        self.layouts[name] = layout

        @tf.custom_gradient
        def identity(x):
            def gradient(dy):
                self.hand_over("grad_out/" + name, dy)
                return dy

            self.hand_over("out/" + name, x)
            return tf.identity(x), gradient

        return identity(tensor)

    def hand_over(self, name, tensor):
        """To the recorder, when the operation runs; in a traced function by an operation of its own."""
        if tf.executing_eagerly():
            self.keep(name, tensor)
        elif isinstance(tensor, tf.Tensor) and not isinstance(tensor, keras.KerasTensor):
            tf.py_function(lambda value: self.keep(name, value), [tensor], [])

    def keep(self, name, tensor):
        if self.step is not None:
            _, _, of = name.partition("/")
            self.step.put(name, self.numbers(tensor), self.layouts.get(of))

    def tap_optimizer(self):
        """`apply` of a Keras optimizer, which its `apply_gradients` calls, or `apply_gradients` of an older one."""
        word = "apply" if hasattr(self.optimizer, "apply") else "apply_gradients"
        plain = getattr(self.optimizer, word)

        def tapped(given, *arguments, **options):
            given = list(given)
            if word == "apply":
                variables = arguments[0] if arguments else options.get("trainable_variables") or self.trainable()
                pairs = list(zip(given, variables))
            else:
                pairs = given
            for gradient, variable in pairs:
                name = variable_name(variable)
                self.layouts[name] = WEIGHT_LAYOUTS.get(len(variable.shape))
                if isinstance(gradient, tf.Tensor) and not self.ends_only:
                    self.hand_over("grad/" + name, gradient)
            return plain(given, *arguments, **options)

        setattr(self.optimizer, word, tapped)

    def trainable(self):
        return [variable for variable in variables_of(self.model) if getattr(variable, "trainable", True)]

    def put_state(self, kind):
        for variable in variables_of(self.model):
            layout = WEIGHT_LAYOUTS.get(len(variable.shape))
            self.step.put(f"{kind}/{variable_name(variable)}", self.numbers(variable), layout)

    def put_slots(self, kind):
        if self.optimizer is None:
            return
        for variable in self.trainable():
            for slot in self.slots:
                own = self.own_slot(variable, slot.own)
                if own is not None:
                    value = canonical_slot(slot, self.numbers(own), self.learning_rate())
                    layout = WEIGHT_LAYOUTS.get(value.ndim)
                    self.step.put(f"{kind}/{variable_name(variable)}/{slot.word}", value, layout)
        if self.is_keras and kind == "slot":
            self.step.tensors["step"] = np.array(int(self.optimizer.iterations), np.int64)

    def own_slot(self, variable, own):
        if not self.is_keras:
            return self.optimizer.get_slot(variable, own)
        kept = getattr(self.optimizer, own, None)
        return kept[self.optimizer._get_variable_index(variable)] if kept else None

    def learning_rate(self):
        names = ("learning_rate", "_learning_rate", "_lr")
        return np.float32(next(getattr(self.optimizer, name) for name in names if hasattr(self.optimizer, name)))


def layers_of(model):
    """Every Keras layer that has none within, and calls."""
    if not isinstance(model, keras.layers.Layer):
        return []
    layers = [layer for layer in model._flatten_layers(include_self=False) if not layer._layers]
    return [layer for layer in layers if not isinstance(layer, keras.layers.InputLayer)]


def variables_of(model):
    """Of a model, a tf.Module, or a dictionary or a list of variables."""
    if isinstance(model, dict):
        return list(model.values())
    return list(model.variables if hasattr(model, "variables") else model or [])


def variable_name(variable):
    return getattr(variable, "path", None) or variable.name.split(":")[0]
