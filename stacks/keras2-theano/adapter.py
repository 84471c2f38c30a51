from plumbline_worker import serve


def make_adapter():
    import python310  # noqa: F401 - before Keras
    from keras2_adapter import Keras2Adapter

    return Keras2Adapter()


serve(make_adapter)
