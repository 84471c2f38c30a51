"""A training step with all that it computes, in Keras's JAX backend."""

import jax
import jax.numpy as jnp
import keras

from plumbline_recorder.keras_model.seen import seen_model

METHOD = "a model with all outputs; their gradients by zeros added to each"


def make_step(trained, nodes, last, variables, losses_of):
    optimizer, tapped, one_loss = trained.optimizer, {}, []
    model = seen_model(trained, nodes, tapped)
    shapes = {name: value.shape[1:] for name, value in model.output.items()}
    # The optimizer keeps its slots in the order of the model that it trains.
    trainable, others = trained.trainable_variables, model.non_trainable_variables
    names = {id(variable): name for name, variable in variables.items()}

    def objective_of(weights, taps, rest, inputs, targets):
        tapped.update(taps)
        with keras.StatelessScope(state_mapping=[*zip(trainable, weights), *zip(others, rest)]) as scope:
            values = model(inputs, training=True)
            loss, objective = losses_of(targets, values[last])
        tapped.clear()
        one_loss.append(objective is loss)
        rest = [
            value if scope.get_current_value(v) is None else scope.get_current_value(v)
            for v, value in zip(others, rest)
        ]
        return objective, (loss, values, rest)

    def loss_of(*arguments):
        return objective_of(*arguments)[1][0]

    @jax.jit
    def step(weights, rest, optimizer_variables, inputs, targets):
        batch = len(keras.tree.flatten(inputs)[0])
        taps = {name: jnp.zeros((batch, *shape)) for name, shape in shapes.items()}
        given = (weights, taps, rest, inputs, targets)
        (_, (loss, values, rest)), (gradients, by_node) = jax.value_and_grad(
            objective_of, argnums=(0, 1), has_aux=True
        )(*given)
        of_loss = gradients if one_loss[-1] else jax.grad(loss_of)(*given)
        after, optimizer_variables = optimizer.stateless_apply(optimizer_variables, gradients, weights)
        return loss, values, by_node, of_loss, gradients, after, rest, optimizer_variables

    def observed(inputs, targets):
        states = [trainable, others, optimizer.variables]
        values = [[variable.value for variable in state] for state in states]
        loss, values, by_node, of_loss, gradients, *after = step(*values, inputs, targets)
        for state, new in zip(states, after):
            for variable, value in zip(state, new):
                variable.assign(value)
        wire_names = [names[id(variable)] for variable in trainable]
        return loss, {
            "out": values,
            "grad_out": by_node,
            "grad": dict(zip(wire_names, of_loss)),
            "grad_decayed": dict(zip(wire_names, gradients)),
        }

    return observed
