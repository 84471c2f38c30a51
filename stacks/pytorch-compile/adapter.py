from plumbline_worker import serve


def make_adapter():
    import torch
    from torch_adapter import TorchAdapter

    class CompiledTorchAdapter(TorchAdapter):
        def compiled(self, model):
            # Or the shapes of a network built earlier would make this one's dynamic.
            torch.compiler.reset()
            return torch.compile(model)

        def observer(self):
            from compiled_observe import CompiledTorchObserver

            return CompiledTorchObserver(self)

    return CompiledTorchAdapter()


serve(make_adapter)
