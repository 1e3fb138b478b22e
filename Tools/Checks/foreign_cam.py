"""Compares Grad-CAM on imported graphs with pytorch-grad-cam on the PyTorch modules that they were exported from.

    python3 foreign_cam.py PINPOINT WORK_FOLDER

PINPOINT is the built program. Needs torch, torchvision, onnx and grad-cam; weights are random, from a fixed seed.
Prints, for each network and layer, the greatest difference of the raw maps (before they are rectified or scaled), relative to the
map's greatest magnitude, and exits with 1 when one is above 1e-3 (float32 sums are added in a different order).
"""

import copy
import os
import subprocess
import sys

import numpy as np
import torch
import torchvision
from pytorch_grad_cam import GradCAM
from torch import nn

PINPOINT, WORK = sys.argv[1], sys.argv[2]
MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class Answers(nn.Module):
    """One output tensor of a detector, in which pytorch-grad-cam can take a target."""

    def __init__(self, module, answer):
        super().__init__()
        self.module, self.answer = module, answer

    def forward(self, x):
        return self.answer(self.module, x)


class WithLayers(nn.Module):
    """The output tensor, and the layers' activations as additional outputs."""

    def __init__(self, answers, layers):
        super().__init__()
        self.answers, self.layers = answers, layers

    def forward(self, x):
        held = {}
        hooks = [m.register_forward_hook(lambda _, __, out, n=n: held.__setitem__(n, out)) for n, m in self.layers]
        result = self.answers(x)
        for hook in hooks:
            hook.remove()
        return (result, *[held[n] for n, _ in self.layers])


class YOLO(nn.Module):
    """A small network in the style of YOLOv5: SiLU, a bottleneck with concatenation, nearest resizing, a grid of predictions."""

    def __init__(self):
        super().__init__()

        def block(i, o, s=1):
            return nn.Sequential(nn.Conv2d(i, o, 3, s, 1, bias=False), nn.BatchNorm2d(o), nn.SiLU())

        self.stem, self.down1, self.down2, self.down3 = block(3, 16, 2), block(16, 32, 2), block(32, 64, 2), block(64, 64, 2)
        self.lateral, self.join = nn.Conv2d(64, 32, 1), block(96, 32)
        self.head = nn.Conv2d(32, 3 * 7, 1)

    def forward(self, x):
        x = self.down2(self.down1(self.stem(x)))
        y = nn.functional.interpolate(self.lateral(self.down3(x)), scale_factor=2.0, mode="nearest")
        z = self.head(self.join(torch.cat([x, y], 1)))
        b, _, h, w = z.shape
        return z.view(b, 3, 7, h, w).permute(0, 1, 3, 4, 2).sigmoid().reshape(b, -1, 7)


class Siamese(nn.Module):
    """A tracker: one backbone, whose features of the template are a kernel over those of the search image."""

    def __init__(self, template):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(3, 16, 7, 2), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(16, 32, 3), nn.ReLU(),
            nn.Conv2d(32, 32, 3))
        # A copy, so that the explained layers are called only once.
        self.template_trunk = copy.deepcopy(self.trunk)
        self.register_buffer("template", template)

    def forward(self, x):
        return nn.functional.conv2d(self.trunk(x), self.template_trunk(self.template)) * 0.01


def retina():
    model = torchvision.models.detection.retinanet_resnet50_fpn(weights=None, weights_backbone=None, num_classes=7)
    answer = lambda m, x: m.head(list(m.backbone(x).values()))["cls_logits"]
    blocks = model.backbone.fpn
    layers = [(f"P{3 + i}", blocks.layer_blocks[i]) for i in range(3)]
    layers += [("P6", blocks.extra_blocks.p6), ("P7", blocks.extra_blocks.p7)]
    # The last level's predictions are computed from every level of the backbone, but only from P7 of the pyramid.
    cells = [(256 // s) ** 2 * 9 for s in (8, 16, 32, 64, 128)]
    firsts = [sum(cells[:i]) for i in range(5)]
    return model, answer, layers, 256, [(f"P{3 + i}", (firsts[i] + 9 * 2 + 4, 3)) for i in range(5)]


def ssdlite():
    model = torchvision.models.detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=5)
    answer = lambda m, x: m.head(list(m.backbone(x).values()))["cls_logits"]
    layers = [("C4", model.backbone.features[0][-1]), ("C5", model.backbone.features[1][-1])]
    return model, answer, layers, 320, [("C4", (1234, 2)), ("C5", (2500, 3))]


def pyramid():
    model = torchvision.models.detection.fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None).backbone
    answer = lambda m, x: m(x)["1"]
    layers = [("layer4", model.body.layer4), ("layer3", model.body.layer3)]
    return model, answer, layers, 224, [("layer4", (17, 12, 9)), ("layer3", (17, 12, 9))]


def classifier():
    model = torchvision.models.resnet50(weights=None)
    layers = [("layer4", model.layer4), ("layer3", model.layer3), ("layer2", model.layer2)]
    return model, lambda m, x: m(x), layers, 224, [(n, (207,)) for n, _ in layers]


def yolo():
    model = YOLO()
    layers = [("down3", model.down3), ("join", model.join)]
    return model, lambda m, x: m(x), layers, 128, [(n, (100, 5)) for n, _ in layers]


def siamese():
    model = Siamese(torch.randn(1, 3, 63, 63))
    layers = [("trunk", model.trunk[5])]
    return model, lambda m, x: m(x), layers, 127, [("trunk", (0, 4, 6))]


def raw_map(answers, module, place, x):
    """Returns pytorch-grad-cam's weighted sum, before it is rectified and scaled."""
    target = lambda output: output[place]
    with GradCAM(model=answers, target_layers=[module]) as cam:
        cam(input_tensor=x, targets=[target])
        activations = cam.activations_and_grads.activations[0].detach().numpy()
        gradients = cam.activations_and_grads.gradients[0].detach().numpy()
        return cam.get_cam_image(x, module, [target], activations, gradients, False)[0]


def main():
    os.makedirs(WORK, exist_ok=True)
    failed = False
    print(f"{'network':14s} {'target':22s} {'layer':8s} {'map':>10s} difference")
    for make in (classifier, pyramid, retina, ssdlite, yolo, siamese):
        torch.manual_seed(7)
        model, answer, layers, size, targets = make()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.running_mean, -0.2, 0.2)
                nn.init.uniform_(module.running_var, 0.5, 1.5)
        model.eval()
        answers = Answers(model, answer).eval()
        name = make.__name__
        image = torch.randint(0, 256, (3, size, size), dtype=torch.uint8)
        path = f"{WORK}/{name}.png"
        torchvision.io.write_png(image, path)
        x = ((image.float() / 255 - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1))[None]
        file = f"{WORK}/{name}.onnx"
        torch.onnx.export(WithLayers(answers, layers).eval(), (x,), file, dynamo=False, opset_version=17,
                          input_names=["image"], output_names=["answer"] + [n for n, _ in layers])
        for layer, place in targets:
            theirs = raw_map(answers, dict(layers)[layer], place, x.clone())
            folder = f"{WORK}/{name}.{layer}"
            element = "answer," + ",".join(map(str, place))
            command = [PINPOINT, "inspect", path, "--model", file, "--decoder", "none", "--size", f"{size}x{size}",
                       "--mean", ",".join(map(str, MEAN)), "--std", ",".join(map(str, DEVIATION)), "--target", element,
                       "--layer", layer, "--method", "grad-cam", "--output", folder]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode != 0:
                print(f"{name:14s} {element:22s} {layer:8s} failed: {done.stderr.strip()}")
                failed = True
                continue
            found = [f for f in os.listdir(folder) if f.endswith(".npy")]
            ours = np.load(f"{folder}/{found[0]}")
            scale = max(np.abs(theirs).max(), 1e-30)
            difference = np.abs(ours - theirs).max() / scale if ours.shape == theirs.shape else float("inf")
            failed |= not difference < 1e-3
            print(f"{name:14s} {element:22s} {layer:8s} {'x'.join(map(str, ours.shape)):>10s} {difference:.2e}")
    sys.exit(1 if failed else 0)


main()
