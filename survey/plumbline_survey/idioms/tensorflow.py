"""TensorFlow without Keras: variables, a tf.function; nothing is converted."""

import numpy as np
import tensorflow as tf


class Idiom:
    conversions = {
        "tf.convert_to_tensor": tf.convert_to_tensor,
        "tf.constant": tf.constant,
        "tf.data.Dataset": lambda array: tf.data.Dataset.from_tensors(array).get_single_element(),
    }
    back = {"Tensor.numpy()": lambda tensor: tensor.numpy(), "numpy.asarray": np.asarray}
    from_dlpack = staticmethod(lambda array: tf.experimental.dlpack.from_dlpack(array.__dlpack__()))

    def __init__(self):
        tf.random.set_seed(0)
        self.kernel = tf.Variable(tf.random.normal([4, 3]))
        self.bias = tf.Variable(tf.zeros([3]))
        self.optimizer = tf.compat.v1.train.GradientDescentOptimizer(0.01)
        self.predict = tf.function(self.outputs)
        self.evaluate = tf.function(self.loss)
        self.train = tf.function(self.step)

    def outputs(self, x):
        return tf.nn.bias_add(tf.matmul(x, self.kernel), self.bias)

    def loss(self, x, y):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=self.outputs(x))
        return tf.reduce_mean(losses)

    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = self.loss(x, y)
        variables = [self.kernel, self.bias]
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
