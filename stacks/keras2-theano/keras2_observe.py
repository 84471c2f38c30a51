"""The observed form of Keras 2 on Theano: the adapter's model, connected once more, and a function like the one that
`train_on_batch` makes of it, with further outputs."""

import numpy as np
import theano.tensor as T
from keras import backend as K
from keras2_network import connect, to_canonical
from keras2_recipe import make_loss
from plumbline_worker import Observation, Observer
from plumbline_worker.slots import KERAS_2, canonical_slot, described_slots

METHOD = "further outputs of Theano's function, with T.grad for the operations' outputs"


class Keras2Observer(Observer):
    def __init__(self, adapter):
        self.adapter = adapter
        self.optimizer = adapter.trained_model.optimizer
        self.values, self.inferred = {}, {}
        self.model = self.connected(with_masks=True, values=self.values)
        inference = self.connected(with_masks=False, values=self.inferred)
        loss, data_loss, _ = make_loss(adapter.recipe["loss"])
        self.model.compile(self.optimizer, loss, metrics=[data_loss])
        self.parameters = {variable: name for name, variable in adapter.variables().items()}
        self.names = [self.parameters[variable] for variable in self.model._collected_trainable_weights]
        self.train_function = self.make_train_function()
        self.predict_function = K.function([*inference.inputs, K.learning_phase()], list(self.inferred.values()))
        adapter.trained_model = self.model  # plain steps take the same updates, on the same slots

    def connected(self, with_masks, values):
        def see(name, value):
            values[name] = value
            return value

        return connect(self.adapter.network, self.adapter.layers, with_masks, see)

    def make_train_function(self):
        model = self.model
        weights = model._collected_trainable_weights
        sources = [*weights, *self.values.values()]
        gradients = T.grad(model.total_loss, sources, disconnected_inputs="ignore")
        by_weight, by_node = gradients[: len(weights)], gradients[len(weights) :]
        loss = self.adapter.loss(model.targets[0], model.outputs[0], sample_weight=model.sample_weights[0])
        of_loss = T.grad(loss, weights) if self.adapter.weight_decay else by_weight
        self.optimizer.get_gradients = lambda loss, params: by_weight
        updates = self.optimizer.get_updates(loss=model.total_loss, params=weights)
        self.optimizer.get_updates = lambda **_: updates  # made anew they would bring slots of their own
        inputs = model._feed_inputs + model._feed_targets + model._feed_sample_weights + [K.learning_phase()]
        outputs = [loss, *self.values.values(), *by_node, *of_loss, *by_weight]
        return K.function(inputs, outputs, updates=model.updates + updates)

    def step(self, indices, masks):
        inputs, targets = self.adapter.batch(indices, masks)
        x, y, sample_weights = self.model._standardize_user_data(inputs, targets)
        observation = Observation(METHOD, slots=described_slots(self.slots()))
        observation.add("slot_before", self.slot_values())
        loss, *outputs = self.train_function([*x, *y, *sample_weights, 1])
        nodes, count = len(self.values), len(self.names)
        observation.add("out", {"input": inputs["input"], **dict(zip(self.values, outputs))})
        observation.add("grad_out", dict(zip(self.values, outputs[nodes:])))
        observation.add("grad", self.by_parameter(outputs[2 * nodes :]))
        if self.adapter.weight_decay:
            observation.add("grad_decayed", self.by_parameter(outputs[2 * nodes + count :]))
        observation.add("slot", self.slot_values())
        observation.add_number("loss", loss, np.float32)
        observation.add_number("step", K.get_value(self.optimizer.iterations), np.int64)
        return observation

    def predict(self, images):
        inputs = self.adapter.test_images[:images]
        observation = Observation(METHOD)
        observation.add("out", {"input": inputs, **dict(zip(self.inferred, self.predict_function([inputs, 0])))})
        return observation

    def by_parameter(self, arrays):
        return {name: to_canonical(array) for name, array in zip(self.names, arrays)}

    def slots(self):
        optimizer = self.optimizer
        unused = hasattr(optimizer, "momentum") and float(K.get_value(optimizer.momentum)) == 0
        return [] if unused else KERAS_2[type(optimizer).__name__]

    def slot_values(self):
        values, count = {}, len(self.names)
        learning_rate = float(K.get_value(self.optimizer.learning_rate))
        for place, slot in enumerate(self.slots()):
            own = K.batch_get_value(self.optimizer.weights[1 + place * count : 1 + (place + 1) * count])
            for name, array in self.by_parameter(own).items():
                values[f"{name}/{slot.word}"] = canonical_slot(slot, array, learning_rate)
        return values
