"""Puts back what Python 3.10 took out of `collections` and Keras 2.3.1 and Theano 1.0.5 still look for there."""

import collections
import collections.abc

for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence"):
    setattr(collections, name, getattr(collections.abc, name))
