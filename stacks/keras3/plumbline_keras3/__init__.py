"""Keras 3 for Plumbline, on whatever backend: what the stacks keras-tensorflow, keras-jax and keras-torch share."""


def make_adapter():
    from plumbline_keras3.adapter import KerasAdapter

    return KerasAdapter()
