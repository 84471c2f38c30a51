"""TensorFlow without Keras: variables, tf.nn, a tape in one tf.function a step, tf.data."""

import os

import numpy as np
import tensorflow as tf
from plumbline_worker import Adapter, Unsupported, scaled_images
from tensorflow_network import Network
from tensorflow_recipe import make_loss, make_optimizer

PREDICT_BATCH = 1000


class TensorFlowAdapter(Adapter):
    def describe(self):
        threads = int(os.environ["PLUMBLINE_THREADS"])
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        return {
            "framework": "TensorFlow",
            "versions": {"tensorflow": tf.__version__, "numpy": np.__version__},
            "threads": tf.config.threading.get_intra_op_parallelism_threads(),
        }

    def load_data(self, train, test, classes, input_scaling):
        self.classes = classes
        self.train_images = scaled_images(train["images"], input_scaling)
        self.test_images = scaled_images(test["images"], input_scaling)
        self.train_labels = train["labels"].astype(np.int32)

    def build(self, network, recipe, seed, device, mode):
        device_name = use_device(device)
        tf.random.set_seed(seed)
        self.recipe = recipe
        self.network = Network(network, recipe)
        self.optimizer, self.weight_decay, optimizer_settings = make_optimizer(recipe["optimizer"])
        self.loss_of = make_loss(recipe["loss"], self.classes)
        self.define_steps()
        return {
            **self.network.settings,
            **optimizer_settings,
            "loop": "tf.data, one tf.function a step",
            "predict.batch": PREDICT_BATCH,
            "device.name": device_name,
        }

    def define_steps(self):
        images = tf.TensorSpec([None, *self.train_images.shape[1:]], tf.float32)
        labels = tf.TensorSpec([None], tf.int32)
        network = self.network
        step = make_step(network, self.loss_of, self.optimizer, self.weight_decay)
        self.train_step = tf.function(step, input_signature=[images, labels])
        self.controlled_step = tf.function(step)
        self.forward = tf.function(lambda images: network(images, training=False), input_signature=[images])

    def get_state(self):
        return {name: variable.numpy() for name, variable in self.network.variables.items()}

    def set_state(self, state):
        for name, variable in self.network.variables.items():
            variable.assign(state[name])

    def train(self, report):
        batches = tf.data.Dataset.from_tensor_slices((self.train_images, self.train_labels))
        if self.recipe["shuffle"]:
            batches = batches.shuffle(len(self.train_labels))
        batches = batches.batch(self.recipe["batch"], drop_remainder=self.recipe["drop_last_batch"])
        batches = batches.repeat().take(report.steps).prefetch(tf.data.AUTOTUNE)
        for step, (images, labels) in enumerate(batches, start=1):
            loss = self.train_step(images, labels)
            report.step_done(step, loss.numpy)

    def step(self, indices, masks):
        masks = {name: mask.astype(np.float32) for name, mask in masks.items()}
        return self.controlled_step(self.train_images[indices], self.train_labels[indices], masks).numpy()

    def observer(self):
        from tensorflow_observe import TensorFlowObserver

        return TensorFlowObserver(self)

    def predict(self):
        starts = range(0, len(self.test_images), PREDICT_BATCH)
        return np.concatenate([self.forward(self.test_images[i : i + PREDICT_BATCH]).numpy() for i in starts])


def make_step(network, loss_of, optimizer, weight_decay, make_tape=tf.GradientTape):
    """step(images, labels, masks) that gives the loss."""

    def step(images, labels, masks=None):
        with make_tape() as tape:
            loss = loss_of(network(images, training=True, masks=masks), labels)
            objective = loss
            if weight_decay:
                penalties = [tf.nn.l2_loss(variable) for variable in network.trainable]
                objective = loss + weight_decay * tf.add_n(penalties)
        gradients = tape.gradient(objective, network.trainable)
        optimizer.apply_gradients(zip(gradients, network.trainable))
        return loss

    return step


def use_device(device):
    """Must come before TensorFlow's first operation. Returns the device's name."""
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
        return "cpu"
    if not gpus:
        raise Unsupported(
            f"TensorFlow {tf.__version__} finds no GPU; it was built without CUDA, or no driver is there."
        )
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", gpus[0].name)
