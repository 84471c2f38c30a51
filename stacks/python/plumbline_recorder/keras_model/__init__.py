"""Keras 3, looked at from within, on each of its backends: what the recorder and the keras-* stacks share."""
