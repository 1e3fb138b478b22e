"""Compares imported networks with ONNX Runtime: every output, relative to its largest magnitude.

    python Tools/Checks/onnx_import.py .build/release/pinpoint WORK [--centerface centerface.onnx] [--only NAME]

Exports torchvision's detectors and a classifier (random weights) into the folder WORK, runs both programs on random inputs, and
prints a table; exits with 1 when a difference is above 1e-4. Then exports a detector with its postprocessing, which must be
refused with the names of the unsupported operators, and run up to its last convolution. Needs torch, torchvision, onnx and onnxruntime.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import warnings

import numpy
import onnx
import onnxruntime
import torch
import torchvision
from torch import nn
from torchvision.models import detection

warnings.filterwarnings("ignore")
LIMIT = 1e-4


class Raw(nn.Module):
    """A detector's backbone and heads, without preprocessing and box decoding: feature maps, then raw outputs."""

    def __init__(self, model):
        super().__init__()
        self.backbone, self.head = model.backbone, model.head

    def forward(self, x):
        features = list(self.backbone(x).values())
        heads = self.head(features)
        return (*features, *heads.values())


class Levels(nn.Module):
    """RetinaNet's backbone and heads, level by level."""

    def __init__(self, model):
        super().__init__()
        self.backbone, self.head = model.backbone, model.head

    def forward(self, x):
        features = list(self.backbone(x).values())
        found = []
        for map in features:
            found += [self.head.classification_head([map]), self.head.regression_head([map])]
        return (*features, *found)


class Trunk(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.backbone = model.backbone

    def forward(self, x):
        return tuple(self.backbone(x).values())


def settle(model):
    """Sets random statistics, so that normalizations have an effect; the same in every run."""
    generator = torch.Generator().manual_seed(5)
    for module in model.modules():
        for name in ("running_mean", "running_var"):
            value = getattr(module, name, None)
            if isinstance(value, torch.Tensor):
                value.copy_(torch.rand(value.shape, generator=generator) * 0.5 + (0.75 if name == "running_var" else -0.25))
    return model.eval()


MODELS = {
    "resnet50": (lambda: torchvision.models.resnet50(weights=None), [(224, 224)]),
    "ssdlite320_mobilenet_v3_large": (
        lambda: Raw(detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None)), [(320, 320)]),
    "retinanet_resnet50_fpn": (
        lambda: Levels(detection.retinanet_resnet50_fpn(weights=None, weights_backbone=None)), [(256, 320)]),
    "fasterrcnn_resnet50_fpn trunk": (
        lambda: Trunk(detection.fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None)), [(256, 224)]),
}


def export(make, size, path, opset=17):
    torch.manual_seed(1)
    model = settle(make())
    torch.onnx.export(model, (torch.rand(1, 3, *size),), path, input_names=["input"], opset_version=opset, dynamo=False)


def run(program, path, feeds, work, *extra):
    outputs = os.path.join(work, "outputs")
    shutil.rmtree(outputs, ignore_errors=True)
    arguments = [program, "layers", "--onnx", path, "--outputs", outputs, *extra]
    for number, (name, value) in enumerate(feeds.items()):
        array = os.path.join(work, f"input{number}.npy")
        numpy.save(array, value)
        arguments += ["--input", f"{name}={array}"]
    began = time.time()
    outcome = subprocess.run(arguments, capture_output=True, text=True)
    return outcome, outputs, time.time() - began


def compare(program, label, path, feeds, work, backend):
    proto = onnx.load(path)
    # Other sizes than a file declares are run, too.
    for value in proto.graph.input:
        if value.name in feeds:
            for extent, size in zip(value.type.tensor_type.shape.dim, feeds[value.name].shape):
                extent.dim_value = size
    for value in proto.graph.output:
        value.type.tensor_type.ClearField("shape")
    del proto.graph.value_info[:]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    expected = session.run(names, feeds)
    outcome, folder, seconds = run(program, path, feeds, work, "--backend", backend)
    if outcome.returncode != 0:
        print(f"{label:34} {backend:9} FAILED: {outcome.stderr.strip()[:600]}")
        return False
    worst, where = 0.0, ""
    for name, value in zip(names, expected):
        found = numpy.load(os.path.join(folder, name.replace("/", "_") + ".npy"))
        if found.shape != value.shape:
            print(f"{label:34} {backend:9} FAILED: {name} has the shape {found.shape}, not {value.shape}")
            return False
        difference = float(numpy.abs(found - value).max() / max(1e-12, numpy.abs(value).max()))
        if difference >= worst:
            worst, where = difference, name
    shape = "x".join(map(str, next(iter(feeds.values())).shape))
    verdict = "" if worst < LIMIT else "  TOO MUCH"
    print(f"{label:34} {backend:9} {shape:14} {len(names):3} outputs  {worst:.1e} at {where}  ({seconds:.1f} s){verdict}")
    return worst < LIMIT


def whole(program, label, make, size, work):
    """Checks the whole detector: it is refused with the unsupported operators' names, then run up to its last convolution."""
    path = os.path.join(work, "whole.onnx")
    torch.manual_seed(1)
    model = settle(make())
    try:
        torch.onnx.export(model, ([torch.rand(3, *size)],), path, input_names=["image"], opset_version=17, dynamo=False)
    except Exception as error:
        print(f"{label:34} PyTorch cannot export it: {str(error).splitlines()[0][:100]}")
        return True
    refused = subprocess.run([program, "layers", "--onnx", path], capture_output=True, text=True)
    print(f"{label}: exit code {refused.returncode}\n  {refused.stderr.strip()}")
    convolutions = [node for node in onnx.load(path).graph.node if node.op_type == "Conv"]
    until = subprocess.run(
        [program, "layers", "--onnx", path, "--until", convolutions[-1].output[0], "--json"], capture_output=True,
        text=True)
    if until.returncode != 0:
        print(f"  up to {convolutions[-1].output[0]}: {until.stderr.strip()[:600]}")
        return False
    print(f"  up to {convolutions[-1].output[0]}: {len(json.loads(until.stdout)['layers'])} layers")
    return refused.returncode == 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("work")
    parser.add_argument("--centerface")
    parser.add_argument("--only")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    onnxruntime.set_default_logger_severity(3)
    random = numpy.random.default_rng(3)
    good = True
    if arguments.centerface and arguments.only in (None, "centerface"):
        (port,) = [
            value.name for value in onnx.load(arguments.centerface).graph.input
            if value.name not in {tensor.name for tensor in onnx.load(arguments.centerface).graph.initializer}]
        for size in [(32, 32), (480, 640), (256, 320)]:
            feeds = {port: random.uniform(0, 255, (1, 3, *size)).astype(numpy.float32)}
            for backend in ("onednn", "reference"):
                good &= compare(arguments.program, "centerface", arguments.centerface, feeds, arguments.work, backend)
    for label, (make, sizes) in MODELS.items():
        if arguments.only not in (None, label):
            continue
        path = os.path.join(arguments.work, label.replace(" ", "_") + ".onnx")
        export(make, sizes[0], path)
        for size in sizes:
            feeds = {"input": random.uniform(0, 1, (1, 3, *size)).astype(numpy.float32)}
            for backend in ("onednn", "reference"):
                good &= compare(arguments.program, label, path, feeds, arguments.work, backend)
    if arguments.only in (None, "whole"):
        good &= whole(
            arguments.program, "ssdlite320_mobilenet_v3_large, whole",
            lambda: detection.ssdlite320_mobilenet_v3_large(weights=None, weights_backbone=None), (320, 320),
            arguments.work)
    sys.exit(0 if good else 1)


main()
