from plumbline_worker import serve


def make_adapter():
    import torch
    from torch_adapter import TorchAdapter

    class CompiledTorchAdapter(TorchAdapter):
        def compiled(self, model):
            return torch.compile(model)

    return CompiledTorchAdapter()


serve(make_adapter)
