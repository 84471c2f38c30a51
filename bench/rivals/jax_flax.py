"""The paper's CNN in JAX with Flax NNX and Optax."""

import os

from turns import answer, batches_of, load, parse

options = parse()
settings = options.settings
os.environ["NPROC"] = str(options.threads)  # from it XLA takes the size of its pool for the CPU

import jax  # noqa: E402 - it reads NPROC
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from flax import nnx  # noqa: E402

images, labels = map(jnp.asarray, load(options.data))


class Cnn(nnx.Module):
    def __init__(self, rngs):
        self.conv_1 = nnx.Conv(1, 32, (5, 5), rngs=rngs)
        self.conv_2 = nnx.Conv(32, 64, (5, 5), rngs=rngs)
        self.dense_1 = nnx.Linear(7 * 7 * 64, 1024, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.dense_2 = nnx.Linear(1024, 10, rngs=rngs)

    def __call__(self, x):
        x = nnx.max_pool(nnx.relu(self.conv_1(x)), (2, 2), (2, 2))
        x = nnx.max_pool(nnx.relu(self.conv_2(x)), (2, 2), (2, 2))
        x = nnx.relu(self.dense_1(x.reshape(x.shape[0], -1)))
        return self.dense_2(self.dropout(x))


def loss_of(model, images, labels):
    return optax.softmax_cross_entropy_with_integer_labels(model(images), labels).mean()


def train_step(model, optimizer, images, labels, indices):
    loss, gradients = nnx.value_and_grad(loss_of)(model, images[indices], labels[indices])
    optimizer.update(model, gradients)
    return loss


rngs = nnx.Rngs(0)
model = Cnn(rngs)
optimizer = nnx.Optimizer(model, optax.adam(1e-4), wrt=nnx.Param)
model.train()
if settings.get("donate"):
    compiled = nnx.jit(train_step, donate_argnums=(0, 1))

    def step(*arguments):
        return compiled(model, optimizer, *arguments)

else:
    step = nnx.cached_partial(nnx.jit(train_step), model, optimizer)
batches = batches_of(lambda: np.asarray(jax.random.permutation(rngs.shuffle(), len(images))), options.batch)


def take_steps(count):
    for _ in range(count):
        loss = step(images, labels, next(batches))
    return loss.item()


answer(take_steps)
