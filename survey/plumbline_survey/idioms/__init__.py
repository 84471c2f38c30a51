"""A dense layer of four inputs and three outputs as each framework's users train it and ask it, with whatever arrays
they have: one class `Idiom` a framework.

`train(x, y)` is one step, `predict(x)` gives outputs, `evaluate(x, y)` the loss. `conversions` are the framework's ways
to make its own array of another; the first is the usual one. `back` are the ways to make a NumPy array of its own."""
