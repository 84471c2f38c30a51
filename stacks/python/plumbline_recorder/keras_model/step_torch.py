"""A training step with all that it computes, in Keras's PyTorch backend."""

import keras
import torch

from plumbline_recorder.keras_model.seen import seen_model

METHOD = "a model with all outputs; their gradients by retain_grad"


def make_step(trained, nodes, last, variables, losses_of):
    model = seen_model(trained, nodes)

    def step(inputs, targets):
        inputs = keras.tree.map_structure(keras.ops.convert_to_tensor, inputs)
        for x in keras.tree.flatten(inputs):
            if x.is_floating_point():
                x.requires_grad_()  # or what comes before the first weight would have no gradient
        values = model(inputs, training=True)
        for value in values.values():
            value.retain_grad()
        trained.zero_grad()
        targets = keras.tree.map_structure(keras.ops.convert_to_tensor, targets)
        loss, objective = losses_of(targets, values[last])
        weights = [variable.value for variable in variables.values()]
        of_loss = None
        if objective is not loss:
            of_loss = torch.autograd.grad(loss, weights, retain_graph=True)
        objective.backward()
        gradients = [weight.grad for weight in weights]
        with torch.no_grad():
            trained.optimizer.apply(gradients, list(variables.values()))
        return loss, {
            "out": values,
            "grad_out": {
                name: torch.zeros_like(value) if value.grad is None else value.grad for name, value in values.items()
            },
            "grad": dict(zip(variables, gradients if of_loss is None else of_loss)),
            "grad_decayed": dict(zip(variables, gradients)),
        }

    return step
