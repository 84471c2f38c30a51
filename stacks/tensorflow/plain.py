"""The paper's CNN in TensorFlow without Keras, as a plain script. Prints one line of JSON."""

import argparse
import json
import time

started = time.monotonic()

import numpy as np  # noqa: E402 - the imports are timed
import tensorflow as tf  # noqa: E402

imported = time.monotonic()

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", required=True, help="NPZ with train_images, train_labels, test_images, test_labels")
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--batch", type=int, default=50)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--threads", type=int, default=0, help="0: as many as there are cores")
arguments = parser.parse_args()

tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
tf.config.threading.set_inter_op_parallelism_threads(arguments.threads)
tf.random.set_seed(arguments.seed)

data = np.load(arguments.data)
train_images = data["train_images"].reshape(-1, 28, 28, 1).astype(np.float32) / 255
test_images = data["test_images"].reshape(-1, 28, 28, 1).astype(np.float32) / 255
train_labels = data["train_labels"].astype(np.int32)
loaded = time.monotonic()


def weights(*shape):
    return tf.Variable(tf.random.truncated_normal(shape, stddev=0.1))


def biases(count):
    return tf.Variable(tf.constant(0.1, shape=[count]))


conv_1, conv_1_bias = weights(5, 5, 1, 32), biases(32)
conv_2, conv_2_bias = weights(5, 5, 32, 64), biases(64)
dense_1, dense_1_bias = weights(7 * 7 * 64, 1024), biases(1024)
dense_2, dense_2_bias = weights(1024, 10), biases(10)
variables = [conv_1, conv_1_bias, conv_2, conv_2_bias, dense_1, dense_1_bias, dense_2, dense_2_bias]
optimizer = tf.compat.v1.train.AdamOptimizer(1e-3)


def network(images, training):
    x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(images, conv_1, 1, "SAME"), conv_1_bias))
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, conv_2, 1, "SAME"), conv_2_bias))
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.reshape(x, [-1, 7 * 7 * 64])
    x = tf.nn.relu(tf.nn.bias_add(tf.matmul(x, dense_1), dense_1_bias))
    if training:
        x = tf.nn.dropout(x, 0.5)
    return tf.nn.bias_add(tf.matmul(x, dense_2), dense_2_bias)


@tf.function(input_signature=[tf.TensorSpec([None, 28, 28, 1]), tf.TensorSpec([None], tf.int32)])
def train_step(images, labels):
    with tf.GradientTape() as tape:
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=network(images, training=True))
        loss = tf.reduce_mean(losses)
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


@tf.function(input_signature=[tf.TensorSpec([None, 28, 28, 1])])
def forward(images):
    return network(images, training=False)


built = time.monotonic()

batches = tf.data.Dataset.from_tensor_slices((train_images, train_labels)).shuffle(len(train_labels))
batches = batches.batch(arguments.batch).repeat().take(arguments.steps).prefetch(tf.data.AUTOTUNE)
for step, (images, labels) in enumerate(batches, start=1):
    loss = train_step(images, labels)
    if step == 1:
        loss.numpy()
        first_step_done = time.monotonic()
final_loss = float(loss)
trained = time.monotonic()

outputs = np.concatenate([forward(test_images[i : i + 1000]).numpy() for i in range(0, len(test_images), 1000)])
accuracy = float(np.mean(outputs.argmax(axis=1) == data["test_labels"]))
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
