"""The observed form that the keras-* stacks share."""

import keras
import numpy as np
from plumbline_recorder.keras_model.seen import make_observed_step, seen_model
from plumbline_worker import Observation, Observer, nodes_of
from plumbline_worker.slots import KERAS, canonical_slot, described_slots


class KerasObserver(Observer):
    def __init__(self, adapter):
        self.adapter = adapter
        self.trained = trained = adapter.trained_model
        self.optimizer = trained.optimizer
        self.optimizer.build(trained.trainable_variables)
        self.slots = KERAS[type(self.optimizer).__name__]
        nodes = {layer["name"]: nodes_of(layer) for layer in adapter.network["layers"]}
        last = adapter.network["layers"][-1]["name"]
        self.method, self.trained_step = make_observed_step(trained, nodes, last, adapter.trainable(), self.losses_of)
        self.inference = seen_model(adapter.model, nodes)

    def losses_of(self, targets, outputs):
        loss = self.adapter.loss(targets, outputs)
        return loss, loss + sum(self.trained.losses) if self.trained.losses else loss

    def step(self, indices, masks):
        observation = Observation(self.method, slots=described_slots(self.slots))
        observation.add("slot_before", self.slot_values())
        inputs, targets = self.adapter.batch(indices, masks)
        loss, kinds = self.trained_step(inputs, targets)
        if not self.adapter.weight_decay:
            del kinds["grad_decayed"]
        for kind, tensors in kinds.items():
            observation.add(kind, {name: numbers(tensor) for name, tensor in tensors.items()})
        observation.add("out", {"input": inputs["input"]})
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
        for name, variable in self.adapter.trainable().items():
            for slot in self.slots:
                own = getattr(self.optimizer, slot.own)  # empty where the optimizer does not need it
                if own:
                    value = numbers(own[self.optimizer._get_variable_index(variable)])
                    values[f"{name}/{slot.word}"] = canonical_slot(slot, value, learning_rate)
        return values


def numbers(tensor):
    return np.array(keras.ops.convert_to_numpy(tensor))
