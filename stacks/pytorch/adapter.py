from plumbline_worker import serve


def make_adapter():
    from torch_adapter import TorchAdapter

    return TorchAdapter()


serve(make_adapter)
