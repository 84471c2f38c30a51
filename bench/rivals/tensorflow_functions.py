"""The paper's CNN in TensorFlow without Keras: one tf.function a step."""

import tensorflow as tf
from turns import answer, load, parse

options = parse()
settings = options.settings
tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(settings.get("inter_op", options.threads))
tf.random.set_seed(0)


def weights(*shape):
    return tf.Variable(tf.random.truncated_normal(shape, stddev=0.1))


def biases(count):
    return tf.Variable(tf.constant(0.1, shape=[count]))


conv_1, conv_1_bias = weights(5, 5, 1, 32), biases(32)
conv_2, conv_2_bias = weights(5, 5, 32, 64), biases(64)
dense_1, dense_1_bias = weights(7 * 7 * 64, 1024), biases(1024)
dense_2, dense_2_bias = weights(1024, 10), biases(10)
variables = [conv_1, conv_1_bias, conv_2, conv_2_bias, dense_1, dense_1_bias, dense_2, dense_2_bias]
optimizer = tf.compat.v1.train.AdamOptimizer(1e-4)


def network(images):
    x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(images, conv_1, 1, "SAME"), conv_1_bias))
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, conv_2, 1, "SAME"), conv_2_bias))
    x = tf.nn.max_pool2d(x, 2, 2, "VALID")
    x = tf.nn.relu(tf.nn.bias_add(tf.matmul(tf.reshape(x, [-1, 7 * 7 * 64]), dense_1), dense_1_bias))
    return tf.nn.bias_add(tf.matmul(tf.nn.dropout(x, 0.5), dense_2), dense_2_bias)


@tf.function(jit_compile=settings.get("xla", False))
def train_step(images, labels):
    with tf.GradientTape() as tape:
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=network(images))
        loss = tf.reduce_mean(losses)
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


images, labels = load(options.data)
examples = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(labels)).repeat()
batches = iter(examples.batch(options.batch, drop_remainder=True).prefetch(tf.data.AUTOTUNE))


def take_steps(count):
    for _ in range(count):
        loss = train_step(*next(batches))
    return loss.numpy()


answer(take_steps)
