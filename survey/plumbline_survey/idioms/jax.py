"""JAX with Flax NNX and Optax: jitted functions; nothing is converted."""

import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx


def loss_of(model, x, y):
    return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()


@nnx.jit
def step(model, optimizer, x, y):
    optimizer.update(model, nnx.grad(loss_of)(model, x, y))


class Idiom:
    conversions = {"jnp.asarray": jnp.asarray, "jnp.array": jnp.array, "jnp.from_dlpack": jnp.from_dlpack}
    back = {"numpy.asarray": np.asarray, "numpy.array": np.array}
    from_dlpack = staticmethod(jnp.from_dlpack)

    def __init__(self):
        self.model = nnx.Linear(4, 3, rngs=nnx.Rngs(0))
        self.optimizer = nnx.Optimizer(self.model, optax.sgd(0.01), wrt=nnx.Param)
        self.forward = nnx.jit(lambda model, x: model(x))
        self.loss = nnx.jit(loss_of)

    def train(self, x, y):
        step(self.model, self.optimizer, x, y)

    def predict(self, x):
        return self.forward(self.model, x)

    def evaluate(self, x, y):
        return self.loss(self.model, x, y)
