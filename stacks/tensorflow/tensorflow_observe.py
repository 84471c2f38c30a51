"""The observed form of the TensorFlow adapter: its own step as a tf.function that gives out all that it computes."""

import numpy as np
import tensorflow as tf
from plumbline_worker import Observation, Observer
from plumbline_worker.slots import KERAS, TENSORFLOW_V1, canonical_slot, described_slots
from tensorflow_adapter import make_step

METHOD = "further outputs of the tf.function; the operations' outputs as further sources of its tape"


class SeenStep:
    """Stands in for the network, the loss, the optimizer and the tape of one traced step, and keeps what passes."""

    def __init__(self, adapter):
        self.adapter = adapter
        self.trainable = adapter.network.trainable
        self.values, self.by_node, self.given, self.of_loss = {}, {}, [], []
        self.loss, self.tape = None, None

    def __call__(self, images, training, masks=None):
        self.tape.watch(images)  # or what comes before the first weight would have no gradient
        self.values = self.adapter.network.outputs(images, training, masks)
        return list(self.values.values())[-1]

    def loss_of(self, outputs, labels):
        self.loss = self.adapter.loss_of(outputs, labels)
        return self.loss

    def make_tape(self):
        self.tape = SeenTape(self)
        return self.tape

    def apply_gradients(self, pairs):
        pairs = list(pairs)
        self.given = [gradient for gradient, _ in pairs]
        self.adapter.optimizer.apply_gradients(pairs)


class SeenTape(tf.GradientTape):
    """Finds, beside the gradients that it is asked for, those for all outputs of the network."""

    def __init__(self, step):
        super().__init__(persistent=True)
        self.step = step

    def gradient(self, objective, sources):
        nodes = {name: value for name, value in self.step.values.items() if name != "input"}
        gradients, by_node = super().gradient(objective, [sources, list(nodes.values())])
        self.step.by_node = {
            name: tf.zeros_like(nodes[name]) if gradient is None else gradient for name, gradient in zip(nodes, by_node)
        }
        self.step.of_loss = gradients if objective is self.step.loss else super().gradient(self.step.loss, sources)
        return gradients


class TensorFlowObserver(Observer):
    def __init__(self, adapter):
        self.adapter = adapter
        optimizer = adapter.optimizer
        self.is_keras = isinstance(optimizer, tf.keras.optimizers.Optimizer)
        self.slots = (KERAS if self.is_keras else TENSORFLOW_V1).get(type(optimizer).__name__, [])
        self.observed_step = tf.function(self.traced_step)
        self.observed_outputs = tf.function(lambda images: adapter.network.outputs(images, training=False))

    def traced_step(self, images, labels, masks):
        seen = SeenStep(self.adapter)
        step = make_step(seen, seen.loss_of, seen, self.adapter.weight_decay, seen.make_tape)
        loss = step(images, labels, masks)
        kinds = {"out": seen.values, "grad_out": seen.by_node, "grad": self.by_parameter(seen.of_loss)}
        if self.adapter.weight_decay:
            kinds["grad_decayed"] = self.by_parameter(seen.given)
        return loss, kinds

    def step(self, indices, masks):
        adapter = self.adapter
        observation = Observation(METHOD, slots=described_slots(self.slots))
        observation.add("slot_before", self.slot_values())
        self.add_powers(observation)
        masks = {name: mask.astype(np.float32) for name, mask in masks.items()}
        images = tf.convert_to_tensor(adapter.train_images[indices])
        loss, kinds = self.observed_step(images, adapter.train_labels[indices], masks)
        for kind, tensors in kinds.items():
            observation.add(kind, {name: tensor.numpy() for name, tensor in tensors.items()})
        observation.add("slot", self.slot_values())
        observation.add_number("loss", loss.numpy(), np.float32)
        if self.is_keras:
            observation.add_number("step", adapter.optimizer.iterations.numpy(), np.int64)
        return observation

    def predict(self, images):
        values = self.observed_outputs(tf.convert_to_tensor(self.adapter.test_images[:images]))
        observation = Observation(METHOD)
        observation.add("out", {name: value.numpy() for name, value in values.items()})
        return observation

    def by_parameter(self, gradients):
        return {
            variable.name.split(":")[0]: gradient
            for variable, gradient in zip(self.adapter.network.trainable, gradients)
        }

    def slot_values(self):
        values = {}
        for name, variable in self.adapter.network.variables.items():
            for slot in self.slots if variable.trainable else []:
                own = self.own_slot(variable, slot.own)
                if own is not None:
                    values[f"{name}/{slot.word}"] = canonical_slot(slot, own.numpy(), self.learning_rate())
        return values

    def own_slot(self, variable, own):
        optimizer = self.adapter.optimizer
        if not self.is_keras:
            return optimizer.get_slot(variable, own)
        return getattr(optimizer, own)[optimizer._get_variable_index(variable)] if optimizer.built else None

    def learning_rate(self):
        """In float32, as the kernels of the updates get it."""
        optimizer = self.adapter.optimizer
        names = ("learning_rate", "_learning_rate", "_lr")
        return np.float32(next(getattr(optimizer, name) for name in names if hasattr(optimizer, name)))

    def add_powers(self, observation):
        """Adam of tf.compat.v1.train keeps the powers of its betas, multiplied up in float32."""
        powers = getattr(self.adapter.optimizer, "_get_beta_accumulators", lambda: ())()
        for word, power in zip(("beta_1_power", "beta_2_power"), powers):
            if power is not None:
                observation.add_number(f"optimizer/{word}", power.numpy(), np.float32)
