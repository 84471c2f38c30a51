"""The adapter that the keras-* stacks share; KERAS_BACKEND says which of them it is."""

import importlib
import os

import keras
import numpy as np
from plumbline_worker import Adapter, scaled_images

from plumbline_keras3.network import connect, make_layers, settings_of
from plumbline_keras3.recipe import make_loss, make_optimizer
from plumbline_keras3.training import fit

PREDICT_BATCH = 1000
PARAMETERS = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")


class KerasAdapter(Adapter):
    def describe(self):
        self.backend = importlib.import_module("plumbline_keras3.backend_" + keras.backend.backend())
        return {
            "framework": "Keras",
            "versions": {"keras": keras.__version__, "numpy": np.__version__, **self.backend.VERSIONS},
            "threads": self.backend.use_threads(int(os.environ["PLUMBLINE_THREADS"])),
        }

    def load_data(self, train, test, classes, input_scaling):
        self.classes = classes
        self.train_images = scaled_images(train["images"], input_scaling)
        self.test_images = scaled_images(test["images"], input_scaling)
        self.train_labels = train["labels"].astype(np.int32)

    def build(self, network, recipe, seed, device, mode):
        device_name = self.backend.use_device(device)
        self.backend.use_seed(seed)
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
            "device.name": device_name,
            "keras.backend": keras.backend.backend(),
            "keras.image_data_format": keras.config.image_data_format(),
            "keras.jit_compile": self.trained_model.jit_compile,
        }

    def variables(self):
        """{canonical name: Keras variable}; Keras's layouts are the protocol's."""
        return {
            f"{name}/{parameter}": getattr(layer, parameter)
            for name, layer in self.layers.items()
            for parameter in PARAMETERS
            if getattr(layer, parameter, None) is not None
        }

    def get_state(self):
        return {name: keras.ops.convert_to_numpy(variable) for name, variable in self.variables().items()}

    def set_state(self, state):
        for name, variable in self.variables().items():
            variable.assign(state[name])

    def train(self, report):
        fit(self.trained_model, self.train_images, self.targets, self.recipe, report)

    def trainable(self):
        return {name: variable for name, variable in self.variables().items() if variable.trainable}

    def batch(self, indices, masks):
        """The inputs of a controlled step, by name, and its targets."""
        inputs = {f"mask_{name}": mask.astype(np.float32) for name, mask in masks.items()}
        inputs["input"] = self.train_images[indices]
        return inputs, self.targets[indices]

    def step(self, indices, masks):
        inputs, targets = self.batch(indices, masks)
        return self.trained_model.train_on_batch(inputs, targets, return_dict=True)["data_loss"]

    def observer(self):
        from plumbline_keras3.observe import KerasObserver

        return KerasObserver(self)

    def predict(self):
        return self.model.predict(self.test_images, batch_size=PREDICT_BATCH, verbose=0)
