"""Keras 2 on Theano."""

import os

import keras
import numpy as np
import theano
from keras2_network import connect, make_layers, settings_of, to_canonical
from keras2_recipe import make_loss, make_optimizer
from keras2_training import fit
from plumbline_worker import Adapter, Unsupported, scaled_images

PREDICT_BATCH = 1000
PARAMETERS = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")


class Keras2Adapter(Adapter):
    def describe(self):
        return {
            "framework": "Keras 2 (Theano)",
            "versions": {"keras": keras.__version__, "theano": theano.__version__, "numpy": np.__version__},
            "threads": int(os.environ["OMP_NUM_THREADS"]) if theano.config.openmp else 1,
        }

    def load_data(self, train, test, classes, input_scaling):
        self.classes = classes
        self.train_images = scaled_images(train["images"], input_scaling)
        self.test_images = scaled_images(test["images"], input_scaling)
        self.train_labels = train["labels"].astype(np.int32)

    def build(self, network, recipe, seed, device, mode):
        if device != "cpu":
            raise Unsupported("Theano 1.0.5 reaches a GPU only through libgpuarray, which this stack does not install.")
        np.random.seed(seed)  # Keras on Theano draws the seeds of all its generators from here
        self.network, self.recipe = network, recipe
        optimizer, self.weight_decay, optimizer_settings = make_optimizer(recipe["optimizer"])
        self.loss, data_loss, loss_settings = make_loss(recipe["loss"])
        self.targets = self.train_labels
        if recipe["loss"] == "mean_squared_error":
            self.targets = keras.utils.to_categorical(self.train_labels, self.classes)
        self.layers = make_layers(network, recipe, self.weight_decay)
        self.model = connect(network, self.layers)
        if mode == "as-shipped":
            self.trained_model, metrics = self.model, None
        else:
            self.trained_model, metrics = connect(network, self.layers, with_masks=True), [data_loss]
        self.trained_model.compile(optimizer, self.loss, metrics=metrics)
        return {
            **optimizer_settings,
            **settings_of(network, self.layers),
            **loss_settings,
            "loop": "fit",
            "predict.batch": PREDICT_BATCH,
            "device.name": device,
            "keras.backend": keras.backend.backend(),
            "keras.image_data_format": keras.backend.image_data_format(),
        }

    def variables(self):
        """{canonical name: Theano's shared variable}"""
        return {
            f"{name}/{parameter}": getattr(layer, parameter)
            for name, layer in self.layers.items()
            for parameter in PARAMETERS
            if getattr(layer, parameter, None) is not None
        }

    def get_state(self):
        return {name: to_canonical(variable.get_value()) for name, variable in self.variables().items()}

    def set_state(self, state):
        for name, variable in self.variables().items():
            variable.set_value(to_canonical(state[name]))

    def train(self, report):
        fit(self.trained_model, self.train_images, self.targets, self.recipe, report)

    def batch(self, indices, masks):
        """The inputs of a controlled step, by name, and its targets."""
        inputs = {f"mask_{name}": mask.astype(np.float32) for name, mask in masks.items()}
        inputs["input"] = self.train_images[indices]
        return inputs, self.targets[indices]

    def step(self, indices, masks):
        _, data_loss = self.trained_model.train_on_batch(*self.batch(indices, masks))
        return data_loss

    def observer(self):
        from keras2_observe import Keras2Observer

        return Keras2Observer(self)

    def predict(self):
        return self.model.predict(self.test_images, batch_size=PREDICT_BATCH)
