"""A training step with all that it computes, in Keras's TensorFlow backend."""

import tensorflow as tf

from plumbline_keras3.observe import seen_model

METHOD = "a model with all outputs, which are further sources of the tape"


def make_step(adapter):
    """step(inputs, targets) that gives the loss and {kind: {name: tensor}}."""
    trained, variables, last = adapter.trained_model, adapter.trainable(), adapter.network["layers"][-1]["name"]
    model = seen_model(trained, adapter.network)

    def step(inputs, targets):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(inputs["input"])  # or what comes before the first weight would have no gradient
            values = model(inputs, training=True)
            loss = adapter.loss(targets, values[last])
            objective = tf.add_n([loss, *trained.losses]) if trained.losses else loss
        weights = [variable.value for variable in variables.values()]
        gradients, by_node = tape.gradient(objective, [weights, values])
        of_loss = tape.gradient(loss, weights) if trained.losses else gradients
        trained.optimizer.apply_gradients(zip(gradients, variables.values()))
        unread = {name: tf.zeros_like(values[name]) for name, gradient in by_node.items() if gradient is None}
        return loss, {
            "out": {"input": inputs["input"], **values},
            "grad_out": {**by_node, **unread},
            "grad": dict(zip(variables, of_loss)),
            "grad_decayed": dict(zip(variables, gradients)),
        }

    compiled = tf.function(step, jit_compile=trained.jit_compile)
    return lambda inputs, targets: compiled(
        {name: tf.convert_to_tensor(value) for name, value in inputs.items()}, tf.convert_to_tensor(targets)
    )
