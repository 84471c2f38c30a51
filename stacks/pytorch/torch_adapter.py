"""PyTorch as its users train: tensors in memory, a shuffled index per epoch, zero_grad - backward - step."""

import os

import torch
from plumbline_worker import Adapter, Unsupported, scaled_images
from torch import nn
from torch_model import build_model, torch_order
from torch_parameters import PARAMETERISED, torch_mask, wire_tensors
from torch_recipe import DEFAULT_BIAS, DEFAULT_KERNEL, initialise, make_loss, make_optimizer, optimizer_settings

PREDICT_BATCH = 1000


class TorchAdapter(Adapter):
    def describe(self):
        torch.set_num_threads(int(os.environ["PLUMBLINE_THREADS"]))
        return {
            "framework": "PyTorch",
            "versions": {"torch": torch.__version__},
            "threads": torch.get_num_threads(),
        }

    def load_data(self, train, test, classes, input_scaling):
        self.classes = classes
        self.train_images = self.tensor_of(scaled_images(train["images"], input_scaling))
        self.test_images = self.tensor_of(scaled_images(test["images"], input_scaling))
        self.train_labels = torch.from_numpy(train["labels"])

    @staticmethod
    def tensor_of(images):
        """(N, height, width, channels) as NCHW, (N, features) as it is."""
        # A copy: of one channel, the transposed view would pass for channels-last.
        return torch.from_numpy(images.transpose(0, 3, 1, 2).copy() if images.ndim == 4 else images)

    def build(self, network, recipe, seed, device, mode):
        if device == "cuda" and not torch.cuda.is_available():
            raise Unsupported(
                f"PyTorch {torch.__version__} finds no CUDA device; install its CUDA build, or use the CPU."
            )
        torch.manual_seed(seed)
        self.network, self.recipe, self.device = network, recipe, device
        self.model, self.modules = build_model(network, controlled=mode == "controlled")
        initialise(self.model.modules(), recipe)
        self.model.to(device)
        self.optimizer = make_optimizer(self.model.parameters(), recipe["optimizer"], device)
        self.loss, targets_of = make_loss(recipe["loss"], self.classes)
        self.train_images, self.test_images = self.train_images.to(device), self.test_images.to(device)
        self.train_targets = targets_of(self.train_labels).to(device)
        self.model = self.compiled(self.model)
        return self.settings()

    def compiled(self, model):
        return model

    def get_state(self):
        return {name: wire.read() for name, wire in wire_tensors(self.network, self.modules).items()}

    def set_state(self, state):
        for name, wire in wire_tensors(self.network, self.modules).items():
            wire.write(state[name])

    def epoch(self):
        """The indices of one epoch's batches."""
        images, batch = len(self.train_images), self.recipe["batch"]
        order = torch.randperm(images) if self.recipe["shuffle"] else torch.arange(images)
        batches = order.to(self.device).split(batch)
        return batches[:-1] if self.recipe["drop_last_batch"] and images % batch else batches

    def train(self, report):
        self.model.train()
        step = 0
        while step < report.steps:
            for indices in self.epoch()[: report.steps - step]:
                loss = self.train_step(self.train_images[indices], self.train_targets[indices])
                step += 1
                report.step_done(step, loss.item)  # on a GPU, item() waits for the step

    def train_step(self, images, targets):
        self.optimizer.zero_grad()
        loss = self.loss(self.model(images), targets)
        loss.backward()
        self.optimizer.step()
        return loss

    def step(self, indices, masks):
        order = torch_order(self.network)
        for layer, mask in masks.items():
            self.modules[layer][0].mask = torch_mask(mask, order.get(layer)).to(self.device)
        self.model.train()
        indices = torch.from_numpy(indices).to(self.device)
        return self.train_step(self.train_images[indices], self.train_targets[indices]).item()

    def predict(self):
        self.model.eval()
        with torch.inference_mode():
            return torch.cat([self.model(images) for images in self.test_images.split(PREDICT_BATCH)]).cpu().numpy()

    def observer(self):
        from torch_observe import TorchObserver

        return TorchObserver(self)

    def settings(self):
        settings = optimizer_settings(self.optimizer)
        for name, modules in self.modules.items():
            for module in modules:
                settings.update({f"{name}.{word}": value for word, value in self.module_settings(module)})
        settings["loss.class"] = f"torch.nn.{type(self.loss).__name__}"
        settings["loss.reduction"] = self.loss.reduction
        settings["loop"] = "for indices in torch.randperm(images).split(batch)"
        settings["layout"] = "channels first"
        settings["predict.batch"] = PREDICT_BATCH
        settings["device.name"] = torch.cuda.get_device_name() if self.device == "cuda" else "cpu"
        if self.device == "cuda":
            settings["device.conv2d_tf32"] = torch.backends.cudnn.allow_tf32
            settings["device.dense_tf32"] = torch.backends.cuda.matmul.allow_tf32
        return settings

    def module_settings(self, module):
        """What a module uses where the study may have left it out."""
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            yield "momentum", 1 - module.momentum
            yield "running_variance", "unbiased"  # torch.nn.BatchNorm2d's documentation; the module does not tell
        if isinstance(module, PARAMETERISED[2:]):
            yield "epsilon", module.eps
        if isinstance(module, nn.LeakyReLU):
            yield "slope", module.negative_slope
        if isinstance(module, nn.GELU):
            yield "approximate", module.approximate == "tanh"
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            yield "kernel.initialiser", self.recipe.get("weights", {"name": DEFAULT_KERNEL})["name"]
            if module.bias is not None:
                yield "bias.initialiser", self.recipe.get("biases", {"name": DEFAULT_BIAS})["name"]
