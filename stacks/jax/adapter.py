import os

from plumbline_worker import serve

os.environ["NPROC"] = os.environ["PLUMBLINE_THREADS"]  # from it XLA takes the size of its pool for the CPU


def make_adapter():
    from jax_adapter import JaxAdapter

    return JaxAdapter()


serve(make_adapter)
