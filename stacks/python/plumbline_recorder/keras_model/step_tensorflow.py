"""A training step with all that it computes, in Keras's TensorFlow backend."""

import keras
import tensorflow as tf

from plumbline_recorder.keras_model.seen import seen_model

METHOD = "a model with all outputs, which are further sources of the tape"


def make_step(trained, nodes, last, variables, losses_of):
    model = seen_model(trained, nodes)

    def step(inputs, targets):
        with tf.GradientTape(persistent=True) as tape:
            # Or what comes before the first weight would have no gradient.
            tape.watch([x for x in keras.tree.flatten(inputs) if x.dtype.is_floating])
            values = model(inputs, training=True)
            loss, objective = losses_of(targets, values[last])
        weights = [variable.value for variable in variables.values()]
        gradients, by_node = tape.gradient(objective, [weights, values])
        of_loss = gradients if objective is loss else tape.gradient(loss, weights)
        trained.optimizer.apply_gradients(zip(gradients, variables.values()))
        unread = {name: tf.zeros_like(values[name]) for name, gradient in by_node.items() if gradient is None}
        return loss, {
            "out": values,
            "grad_out": {**by_node, **unread},
            "grad": dict(zip(variables, of_loss)),
            "grad_decayed": dict(zip(variables, gradients)),
        }

    compiled = tf.function(step, jit_compile=trained.jit_compile)
    return lambda inputs, targets: compiled(
        keras.tree.map_structure(tf.convert_to_tensor, inputs), keras.tree.map_structure(tf.convert_to_tensor, targets)
    )
