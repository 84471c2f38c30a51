from plumbline_worker import serve


def make_adapter():
    from tensorflow_adapter import TensorFlowAdapter

    return TensorFlowAdapter()


serve(make_adapter)
