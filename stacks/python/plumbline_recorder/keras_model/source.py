"""Keras 3 by its own training: `train_on_batch`, or `fit`.

Neither shows what happens within. So a step on a given batch is first taken by a function of the recorder's own, on the
model's variables, random seeds included; then the variables are put back to the bit, and the program takes its step.
How far the two ended apart is in the index.
"""

import contextlib
import platform

import keras
import numpy as np
from plumbline_worker.slots import KERAS, canonical_slot, described_slots

from plumbline_recorder.frameworks import Source
from plumbline_recorder.keras_model.seen import make_observed_step

ENDS = "variables before and after a step, which is seen at its ends only"
REHEARSED = "a step of the recorder's own on the same variables, which it then puts back: "
WEIGHT_LAYOUTS = {0: "", 1: "C", 2: "IO", 4: "HWIO"}


class KerasSource(Source):
    def __init__(self, model, optimizer, ends_only):
        if not isinstance(model, keras.Model) or not model.compiled:
            raise TypeError(
                "The recorder needs a compiled Keras model. For a loop with a tape give it the optimizer too."
            )
        self.model, self.optimizer = model, model.optimizer
        self.ends_only = ends_only or not is_of_layers(model)
        self.slots = KERAS.get(type(self.optimizer).__name__, [])
        self.method, self.observed_step, self.operations = ENDS, None, []
        self.rehearsed = {}

    def described(self):
        kind = type(self.optimizer)
        seen_within = self.observed_step is not None
        return {
            "framework": "Keras",
            "versions": {
                "keras": keras.__version__,
                "python": platform.python_version(),
                "backend": keras.backend.backend(),
            },
            "observation": {
                "method": REHEARSED + self.method if seen_within else ENDS,
                "fused": [] if seen_within else [["(input)", "(output)"]],
                "slots": described_slots(self.slots),
            },
            "operations": self.operations,
            "optimizer": {"class": f"{kind.__module__}.{kind.__qualname__}", **self.optimizer.get_config()},
        }

    def begin(self, step):
        self.rehearsed = {}
        if not self.model.built:
            if not step.batch:
                raise ValueError("The model has no shapes yet; build it, or give the step its batch.")
            self.model.build(np.shape(step.batch[0]))
        self.optimizer.build(self.model.trainable_variables)
        self.put_state(step, "before")
        self.put_slots(step, "slot_before")
        if len(step.batch) == 2 and not self.ends_only:
            self.rehearse(step)

    def end(self, step, failed):
        if failed:
            return
        self.put_state(step, "after")
        self.put_slots(step, "slot")
        step.tensors["step"] = np.array(int(self.optimizer.iterations), np.int64)
        if self.rehearsed:
            step.notes["apart"] = self.apart(step)

    def apart(self, step):
        """How far the rehearsed weights are from the program's, over how far the step moved them; Euclidean."""
        before, after, rehearsed = (
            np.concatenate([state[prefix + name].ravel().astype(np.float64) for name in self.rehearsed])
            for state, prefix in ((step.tensors, "before/"), (step.tensors, "after/"), (self.rehearsed, ""))
        )
        return float(np.linalg.norm(rehearsed - after) / np.linalg.norm(after - before))

    def rehearse(self, step):
        x, y = step.batch
        if self.observed_step is None:
            self.make_observed_step()
        kept = [(variable, self.numbers(variable)) for variable in self.all_variables()]
        try:
            with random_state_kept():
                loss, kinds = self.observed_step(x, y)
            self.rehearsed = {name: self.numbers(variable) for name, variable in self.trainable().items()}
        finally:
            for variable, value in kept:
                variable.assign(value)
        step.loss_value = self.numbers(loss)
        for kind, name_of in (("out", "operation"), ("grad_out", "operation"), ("grad", "parameter")):
            for name, tensor in kinds[kind].items():
                array = self.numbers(tensor)
                layouts = self.activation_layout if name_of == "operation" else WEIGHT_LAYOUTS.get
                step.put(f"{kind}/{name}", array, layouts(array.ndim))

    def make_observed_step(self):
        layers = [layer for layer in self.model.layers if not isinstance(layer, keras.layers.InputLayer)]
        nodes = {layer.name: nodes_of(layer) for layer in layers}
        for layer in layers:
            own = [variable.path for variable in layer.variables if "seed_generator" not in variable.path]
            kind = f"{type(layer).__module__}.{type(layer).__qualname__}"
            self.operations.append({"name": layer.name, "class": kind, "parameters": own})
        last = self.model.layers[-1].name if isinstance(self.model, keras.Sequential) else self.output_layer()
        self.method, self.observed_step = make_observed_step(self.model, nodes, last, self.trainable(), self.losses_of)

    def output_layer(self):
        return self.model._operations_by_depth[0][0].name

    def losses_of(self, targets, outputs):
        loss = self.model.compute_loss(y=targets, y_pred=outputs, training=True)
        return loss, loss

    def trainable(self):
        return {variable.path: variable for variable in self.model.trainable_variables}

    def all_variables(self):
        """Each one once: weights, moving statistics, seeds, metrics, the optimizer's."""
        everything = [*self.model.variables, *self.model.metrics_variables, *self.optimizer.variables]
        return list({id(variable): variable for variable in everything}.values())

    def numbers(self, tensor):
        while isinstance(tensor, (list, tuple)):  # train_on_batch gives the loss first, then metrics
            tensor = tensor[0]
        if isinstance(tensor, dict):
            tensor = tensor["loss"]
        if keras.ops.is_tensor(tensor) or isinstance(tensor, keras.Variable):
            tensor = keras.ops.convert_to_numpy(tensor)
        return np.array(tensor)

    def activation_layout(self, rank):
        first = keras.config.image_data_format() == "channels_first"
        return {0: "", 1: "N", 2: "NC", 4: "NCHW" if first else "NHWC"}.get(rank)

    def put_state(self, step, kind):
        for variable in self.model.variables:
            array = self.numbers(variable)
            step.put(f"{kind}/{variable.path}", array, WEIGHT_LAYOUTS.get(array.ndim))

    def put_slots(self, step, kind):
        learning_rate = float(self.optimizer.learning_rate)
        for name, variable in self.trainable().items():
            for slot in self.slots:
                own = getattr(self.optimizer, slot.own)
                if own:
                    array = self.numbers(own[self.optimizer._get_variable_index(variable)])
                    array = canonical_slot(slot, array, learning_rate)
                    step.put(f"{kind}/{name}/{slot.word}", array, WEIGHT_LAYOUTS.get(array.ndim))


def random_state_kept():
    """Keras's seeds are variables, but on PyTorch dropout draws from torch's own generator."""
    if keras.backend.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.random.fork_rng()


def is_of_layers(model):
    """Sequential or functional; the class of the latter is not public."""
    return isinstance(model, keras.Sequential) or "Functional" in [kind.__name__ for kind in type(model).__mro__]


def nodes_of(layer):
    """A convolution's or a dense layer's activation is an operation of its own."""
    activation = getattr(layer, "activation", None)
    has_fused = hasattr(layer, "kernel") and activation not in (None, keras.activations.linear)
    return [layer.name + "/linear", layer.name] if has_fused else [layer.name]
