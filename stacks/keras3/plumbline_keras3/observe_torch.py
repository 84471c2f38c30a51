"""A training step with all that it computes, in Keras's PyTorch backend."""

import keras
import torch

from plumbline_keras3.observe import seen_model

METHOD = "a model with all outputs; their gradients by retain_grad"


def make_step(adapter):
    """step(inputs, targets) that gives the loss and {kind: {name: tensor}}."""
    trained, variables, last = adapter.trained_model, adapter.trainable(), adapter.network["layers"][-1]["name"]
    model = seen_model(trained, adapter.network)

    def step(inputs, targets):
        inputs = {name: keras.ops.convert_to_tensor(value) for name, value in inputs.items()}
        inputs["input"].requires_grad_()  # or what comes before the first weight would have no gradient
        values = model(inputs, training=True)
        for value in values.values():
            value.retain_grad()
        trained.zero_grad()
        loss = adapter.loss(keras.ops.convert_to_tensor(targets), values[last])
        loss.backward()
        weights = [variable.value for variable in variables.values()]
        of_loss = [weight.grad.clone() for weight in weights]
        if trained.losses:
            sum(trained.losses).backward()
        gradients = [weight.grad for weight in weights]
        with torch.no_grad():
            trained.optimizer.apply(gradients, list(variables.values()))
        return loss, {
            "out": {"input": inputs["input"], **values},
            "grad_out": {
                name: torch.zeros_like(value) if value.grad is None else value.grad for name, value in values.items()
            },
            "grad": dict(zip(variables, of_loss)),
            "grad_decayed": dict(zip(variables, gradients)),
        }

    return step
