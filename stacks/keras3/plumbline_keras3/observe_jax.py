"""A training step with all that it computes, in Keras's JAX backend."""

import jax
import jax.numpy as jnp
import keras

from plumbline_keras3.observe import seen_model

METHOD = "a model with all outputs; their gradients by zeros added to each"


def make_step(adapter):
    """step(inputs, targets) that gives the loss and {kind: {name: array}}."""
    trained, optimizer = adapter.trained_model, adapter.trained_model.optimizer
    last = adapter.network["layers"][-1]["name"]
    tapped = {}
    model = seen_model(trained, adapter.network, tapped)
    names = {id(variable): name for name, variable in adapter.trainable().items()}
    shapes = {name: value.shape[1:] for name, value in model.output.items()}
    # The optimizer keeps its slots in the order of the model that it trains.
    order = [[id(v) for v in model.trainable_variables].index(id(v)) for v in trained.trainable_variables]

    def objective(trainable, taps, non_trainable, inputs, targets):
        tapped.update(taps)
        values, non_trainable, penalties = model.stateless_call(
            trainable, non_trainable, inputs, return_losses=True, training=True
        )
        tapped.clear()
        loss = adapter.loss(targets, values[last])
        return loss + sum(penalties), (loss, values, non_trainable)

    def loss_only(*arguments):
        return objective(*arguments)[1][0]

    @jax.jit
    def step(trainable, non_trainable, optimizer_variables, inputs, targets):
        taps = {name: jnp.zeros((len(targets), *shape)) for name, shape in shapes.items()}
        given = (trainable, taps, non_trainable, inputs, targets)
        (_, (loss, values, non_trainable)), (gradients, by_tap) = jax.value_and_grad(
            objective, argnums=(0, 1), has_aux=True
        )(*given)
        of_loss = jax.grad(loss_only)(*given) if adapter.weight_decay else gradients
        after, optimizer_variables = optimizer.stateless_apply(
            optimizer_variables, [gradients[i] for i in order], [trainable[i] for i in order]
        )
        return loss, values, by_tap, of_loss, gradients, after, non_trainable, optimizer_variables

    def observed(inputs, targets):
        state = [model.trainable_variables, model.non_trainable_variables, optimizer.variables]
        state = [[variable.value for variable in variables] for variables in state]
        loss, values, by_tap, of_loss, gradients, *after = step(*state, inputs, targets)
        for variables, new in zip(
            (trained.trainable_variables, model.non_trainable_variables, optimizer.variables), after
        ):
            for variable, value in zip(variables, new):
                variable.assign(value)
        wire_names = [names[id(variable)] for variable in model.trainable_variables]
        return loss, {
            "out": {"input": keras.ops.convert_to_tensor(inputs["input"]), **values},
            "grad_out": by_tap,
            "grad": dict(zip(wire_names, of_loss)),
            "grad_decayed": dict(zip(wire_names, gradients)),
        }

    return observed
