"""The paper's CNN in JAX with Flax NNX and Optax, as a plain script. Prints one line of JSON."""

import argparse
import json
import os
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", required=True, help="NPZ with train_images, train_labels, test_images, test_labels")
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--batch", type=int, default=50)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
arguments = parser.parse_args()
os.environ["NPROC"] = str(arguments.threads)  # from it XLA takes the size of its pool for the CPU

started = time.monotonic()

import jax  # noqa: E402 - the imports are timed
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from flax import nnx  # noqa: E402

imported = time.monotonic()


def images_of(pixels):
    return jnp.asarray(pixels.reshape(-1, 28, 28, 1).astype(np.float32) / 255)


data = np.load(arguments.data)
train_images, test_images = images_of(data["train_images"]), images_of(data["test_images"])
train_labels, test_labels = jnp.asarray(data["train_labels"]), jnp.asarray(data["test_labels"])
loaded = time.monotonic()


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


@nnx.jit
def train_step(model, optimizer, images, labels, indices):
    loss, gradients = nnx.value_and_grad(loss_of)(model, images[indices], labels[indices])
    optimizer.update(model, gradients)
    return loss


@nnx.jit
def forward(model, images):
    return model(images)


rngs = nnx.Rngs(arguments.seed)
model = Cnn(rngs)
optimizer = nnx.Optimizer(model, optax.adam(1e-3), wrt=nnx.Param)
built = time.monotonic()

model.train()
cached_step = nnx.cached_partial(train_step, model, optimizer)
images, batch = len(train_images), arguments.batch
step = 0
while step < arguments.steps:
    order = np.asarray(jax.random.permutation(rngs.shuffle(), images))
    for start in range(0, images, batch)[: arguments.steps - step]:
        loss = cached_step(train_images, train_labels, order[start : start + batch])
        step += 1
        if step == 1:
            loss.block_until_ready()
            first_step_done = time.monotonic()
final_loss = loss.item()
trained = time.monotonic()

model.eval()
outputs = [forward(model, test_images[start : start + 1000]) for start in range(0, len(test_images), 1000)]
accuracy = (jnp.concatenate(outputs).argmax(1) == test_labels).mean().item()
predicted = time.monotonic()

print(
    json.dumps(
        {
            "import_seconds": imported - started,
            "load_seconds": loaded - imported,
            "build_seconds": built - loaded,
            "first_step_seconds": first_step_done - built,
            "train_seconds": trained - first_step_done,
            "predict_seconds": predicted - trained,
            "steps": step,
            "loss": final_loss,
            "accuracy": accuracy,
        }
    )
)
