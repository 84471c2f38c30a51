"""Flax NNX and Optax as their users train: arrays in memory, a shuffled index per epoch, one jitted step."""

import inspect
import os

import flax
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax_model import build_model, parameters, set_mask
from jax_recipe import default_initialiser, make_initialisers, make_loss, make_optimizer, make_train_step
from plumbline_worker import Adapter, Unsupported, scaled_images

PREDICT_BATCH = 1000


@nnx.jit
def forward(model, images):
    return model(images)


class JaxAdapter(Adapter):
    def describe(self):
        return {
            "framework": "JAX",
            "versions": {"jax": jax.__version__, "flax": flax.__version__, "optax": optax.__version__},
            "threads": int(os.environ["NPROC"]),  # the size of XLA's pool, which tells it nowhere
        }

    def load_data(self, train, test, classes, input_scaling):
        self.classes = classes
        self.train_images = jnp.asarray(scaled_images(train["images"], input_scaling))
        self.test_images = jnp.asarray(scaled_images(test["images"], input_scaling))
        self.train_labels = jnp.asarray(train["labels"])

    def build(self, network, recipe, seed, device, mode):
        self.network, self.recipe = network, recipe
        self.move_to(device)
        self.rngs = nnx.Rngs(seed)
        self.model, self.layers = build_model(network, make_initialisers(recipe), self.rngs, mode == "controlled")
        transformation, optimizer_settings = make_optimizer(recipe["optimizer"])
        self.optimizer = nnx.Optimizer(self.model, transformation, wrt=nnx.Param)
        self.train_step = make_train_step(make_loss(recipe["loss"], self.classes))
        return {**optimizer_settings, **self.settings()}

    def move_to(self, device):
        try:
            self.device = jax.devices(device)[0]
        except RuntimeError as error:
            raise Unsupported(f"JAX {jax.__version__} finds no {device} device; install its build for it.") from error
        jax.config.update("jax_default_device", self.device)
        moved = jax.device_put((self.train_images, self.train_labels, self.test_images), self.device)
        self.train_images, self.train_labels, self.test_images = moved

    def get_state(self):
        return {name: np.asarray(variable.get_value()) for name, variable in parameters(self.layers).items()}

    def set_state(self, state):
        for name, variable in parameters(self.layers).items():
            variable.set_value(jnp.asarray(state[name]))

    def epoch(self):
        """The indices of one epoch's batches."""
        images, batch = len(self.train_images), self.recipe["batch"]
        order = np.arange(images)
        if self.recipe["shuffle"]:
            order = np.asarray(jax.random.permutation(self.rngs.shuffle(), images))
        last = images - images % batch if self.recipe["drop_last_batch"] else images
        return [order[start : start + batch] for start in range(0, last, batch)]

    def train(self, report):
        self.model.train()
        train_step = nnx.cached_partial(self.train_step, self.model, self.optimizer)
        step = 0
        while step < report.steps:
            for indices in self.epoch()[: report.steps - step]:
                loss = train_step(self.train_images, self.train_labels, indices)
                step += 1
                report.step_done(step, loss.item)  # item() waits for the step

    def step(self, indices, masks):
        for layer, mask in masks.items():
            set_mask(self.layers[layer], mask)
        self.model.train()
        return self.train_step(self.model, self.optimizer, self.train_images, self.train_labels, indices)

    def observer(self):
        from jax_observe import JaxObserver

        return JaxObserver(self)

    def predict(self):
        self.model.eval()
        count = len(self.test_images)
        outputs = [
            forward(self.model, self.test_images[start : start + PREDICT_BATCH])
            for start in range(0, count, PREDICT_BATCH)
        ]
        return np.asarray(jnp.concatenate(outputs))

    def settings(self):
        settings = {"loss.function": f"optax {self.recipe['loss']}", "loop": "for indices in jax.random.permutation"}
        for layer in self.network["layers"]:
            for word, value in self.layer_settings(layer, self.layers[layer["name"]]):
                settings[f"{layer['name']}.{word}"] = value
        settings["layout"] = "channels last"
        settings["predict.batch"] = PREDICT_BATCH
        settings["device.name"] = self.device.device_kind
        settings["device.matmul_precision"] = jax.config.jax_default_matmul_precision or "default"
        return settings

    def layer_settings(self, layer, module):
        """What a layer uses where the study may have left it out."""
        if isinstance(module, nnx.BatchNorm):
            yield "momentum", module.momentum
            yield "running_variance", "biased"
            yield "fast_variance", module.use_fast_variance
        if isinstance(module, (nnx.BatchNorm, nnx.LayerNorm)):
            yield "epsilon", module.epsilon
        if isinstance(module, (nnx.Conv, nnx.Linear)):
            for part, word, argument in (("kernel", "weights", "kernel_init"), ("bias", "biases", "bias_init")):
                if getattr(module, part) is not None:
                    default = default_initialiser(type(module), argument)
                    yield f"{part}.initialiser", self.recipe.get(word, {"name": default})["name"]
        wanted = layer.get("activation", {"name": "none"})
        for name, word, argument in (("leaky_relu", "slope", "negative_slope"), ("gelu", "approximate", "approximate")):
            if wanted["name"] == name:
                default = inspect.signature(getattr(nnx, name)).parameters[argument].default
                yield word, wanted.get(word, default)
