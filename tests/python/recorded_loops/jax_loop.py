"""Training loops in JAX, recorded or not: Flax NNX, or by the variants "linen" Flax Linen and "plain" neither."""

import contextlib

import jax
import jax.numpy as jnp
import numpy as np
import optax
from loop import CLASSES, arguments, batches

options = arguments(__doc__)
if options.record:
    from plumbline_recorder import Recorder, watch
else:

    def watch(name, tensor):
        return tensor


def mean_loss(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


def save(leaves):
    np.savez(options.weights, **{str(number): np.asarray(leaf) for number, leaf in enumerate(leaves)})


def train_nnx():
    from flax import nnx

    class Net(nnx.Module):
        def __init__(self, rngs):
            self.conv = nnx.Conv(2, 4, (3, 3), use_bias=False, rngs=rngs)
            self.norm = nnx.BatchNorm(4, rngs=rngs)
            self.hidden = nnx.Linear(64, 16, rngs=rngs)
            self.drop = nnx.Dropout(0.5, rngs=rngs)
            self.out = nnx.Linear(16, CLASSES, rngs=rngs)

        def __call__(self, x):
            x = nnx.max_pool(nnx.relu(self.norm(self.conv(x))), (2, 2), (2, 2))
            x = watch("tanh", nnx.tanh(self.hidden(x.reshape(len(x), -1))))
            return self.out(self.drop(x))

    def loss_of(model, images, labels):
        return mean_loss(model(images), labels)

    @nnx.jit
    def train_step(model, optimizer, images, labels):
        loss, gradients = nnx.value_and_grad(loss_of)(model, images, labels)
        optimizer.update(model, gradients)
        return loss

    model = Net(nnx.Rngs(0))
    optimizer = nnx.Optimizer(model, optax.adam(0.01), wrt=nnx.Param)
    recorder = Recorder(options.record, model, optimizer, steps=3, strict=True) if options.record else None
    for images, labels in batches():
        with recorder.step(images=images, labels=labels) if recorder else contextlib.nullcontext() as step:
            if step:
                step.observe(loss_of, model, images, labels)
            loss = train_step(model, optimizer, images, labels)
            if step:
                step.loss(loss)
    save(jax.tree_util.tree_leaves(nnx.state(model, nnx.Param)))


def train_functional(parameters, apply):
    def loss_of(parameters, images, labels, key):
        return mean_loss(apply(parameters, images, key), labels)

    optimizer = optax.sgd(0.1, momentum=0.9)
    state = optimizer.init(parameters)

    @jax.jit
    def train_step(parameters, state, images, labels, key):
        loss, gradients = jax.value_and_grad(loss_of)(parameters, images, labels, key)
        updates, state = optimizer.update(gradients, state, parameters)
        return optax.apply_updates(parameters, updates), state, loss

    recorder = Recorder(options.record, steps=3, framework="jax", strict=True) if options.record else None
    for number, (images, labels) in enumerate(batches()):
        key = jax.random.key(number)
        with recorder.step(images=images, labels=labels) if recorder else contextlib.nullcontext() as step:
            if step:
                step.before(parameters, state)
                step.observe(loss_of, parameters, images, labels, key)
            parameters, state, loss = train_step(parameters, state, images, labels, key)
            if step:
                step.after(parameters, state, loss=loss)
    save(jax.tree_util.tree_leaves(parameters))


def train_linen():
    from flax import linen as nn

    class Net(nn.Module):
        @nn.compact
        def __call__(self, x):
            x = nn.max_pool(nn.relu(nn.Conv(4, (3, 3), name="conv")(x)), (2, 2), (2, 2))
            x = nn.tanh(nn.Dense(16, name="hidden")(x.reshape(len(x), -1)))
            x = nn.Dropout(0.5, deterministic=False, name="drop")(x)
            return nn.Dense(CLASSES, name="out")(x)

    net = Net()
    keys = {"params": jax.random.key(0), "dropout": jax.random.key(1)}
    parameters = net.init(keys, jnp.zeros((1, 8, 8, 2)))["params"]
    train_functional(parameters, lambda p, images, key: net.apply({"params": p}, images, rngs={"dropout": key}))


def train_plain():
    random = np.random.RandomState(1)
    parameters = {
        "hidden": {"w": jnp.asarray(random.randn(128, 16), jnp.float32) / 11, "b": jnp.zeros(16)},
        "out": {"w": jnp.asarray(random.randn(16, CLASSES), jnp.float32) / 4, "b": jnp.zeros(CLASSES)},
    }

    def apply(parameters, images, key):
        x = images.reshape(len(images), -1)
        x = watch("hidden", x @ parameters["hidden"]["w"] + parameters["hidden"]["b"])
        return watch("out", jnp.tanh(x) @ parameters["out"]["w"] + parameters["out"]["b"])

    train_functional(parameters, apply)


{"": train_nnx, "linen": train_linen, "plain": train_plain}[options.variant]()
