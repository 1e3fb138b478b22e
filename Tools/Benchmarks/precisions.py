#!/usr/bin/env python3
"""Times Pinpoint and its peers at each precision, in turns, in one run: float32, bfloat16, int8.

    Tools/Benchmarks/precisions.py .build/release/pinpoint infer 512 [ROUNDS]     # a forward pass of resnet18, one image
    Tools/Benchmarks/precisions.py .build/release/pinpoint train 256 [ROUNDS]     # a training step of resnet18, 8 images
    Tools/Benchmarks/precisions.py .build/release/pinpoint resnet50 224 [ROUNDS]  # torchvision's classifier, from ONNX

Needs torch, torchvision, onnx, onnxruntime, openvino and nncf; all sides use two threads, or PINPOINT_THREADS. The peers:
PyTorch in channels last, under autocast below float32, in training also compiled; ONNX Runtime in float32 and int8 (static, one scale
per channel); OpenVINO in float32, in bfloat16 (its own default where the processor supports it) and in int8 by NNCF. In int8, OpenVINO and
Pinpoint run the same network, quantized once by NNCF. Each side runs in a new process in every round. Prints the
medians of the rounds' medians in milliseconds, and for each precision the fastest peer's time as a multiple of ours.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

THREADS = int(os.environ.get("PINPOINT_THREADS", "2"))
PASSES = 9


def network(classes):
    """The network of Tools/Benchmarks/README.md."""
    import torch
    import torch.nn as nn
    import torchvision

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            up, channels = [], 512
            for width in (256, 128, 64):
                up += [nn.ConvTranspose2d(channels, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
                channels = width
            self.body = nn.Sequential(*list(torchvision.models.resnet18().children())[:-2], *up)
            self.heads = nn.ModuleList(
                nn.Sequential(nn.Conv2d(64, 64, 3, 1, 1), nn.ReLU(), nn.Conv2d(64, n, 1)) for n in (classes, 2, 2))

        def forward(self, image):
            features = self.body(image)
            return [head(features) for head in self.heads]

    torch.set_num_threads(THREADS)
    return Net()


def model(kind):
    if kind != "resnet50":
        return network(20)
    import torch
    import torchvision

    torch.set_num_threads(THREADS)
    return torchvision.models.resnet50(weights=None)


def median(step):
    step()
    step()
    times = []
    for _ in range(PASSES):
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


# The peers: each is a name, a precision, and a function of (kind, side, folder) that returns seconds.


def pytorch(low):
    def run(kind, side, folder):
        import torch

        net = model(kind).eval().to(memory_format=torch.channels_last)
        image = torch.randn(1, 3, side, side).to(memory_format=torch.channels_last)

        def step():
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
                net(image)

        return median(step)

    return run


def pytorch_training(low, compiled):
    def run(kind, side, folder):
        import torch

        net = model(kind).to(memory_format=torch.channels_last)
        called = torch.compile(net) if compiled else net
        optimizer = torch.optim.Adam(net.parameters(), 1e-4, fused=True)
        image = torch.randn(8, 3, side, side).to(memory_format=torch.channels_last)
        cells = side // 4
        ground_truth = torch.rand(8, 20, cells, cells) ** 8
        places = torch.randint(0, cells * cells, (8, 10))
        for index in range(8):
            ground_truth[index].view(20, -1)[0, places[index]] = 1
        wanted = torch.rand(8, 2, 10)
        positive = ground_truth.eq(1).float()

        def step():
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
                heatmap, size, offset = called(image)
            heat = heatmap.float().sigmoid().clamp(1e-4, 1 - 1e-4)
            focal = -(heat.log() * (1 - heat) ** 2 * positive
                      + (1 - heat).log() * heat**2 * (1 - ground_truth) ** 4 * (1 - positive)).sum() / 80

            def distance(maps):
                found = maps.float().flatten(2).gather(2, places[:, None].expand(-1, 2, -1))
                return (found - wanted).abs().sum() / 80

            (focal + 0.1 * distance(size) + distance(offset)).backward()
            optimizer.step()

        return median(step)

    return run


def openvino(precision):
    def run(kind, side, folder):
        import numpy
        import openvino

        settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": THREADS}
        if precision != "int8":
            settings["INFERENCE_PRECISION_HINT"] = "f32" if precision == "float32" else "bf16"
        compiled = openvino.Core().compile_model(str(folder / file(precision)), "CPU", settings)
        image = numpy.random.default_rng(1).standard_normal((1, 3, side, side)).astype(numpy.float32)
        return median(lambda: compiled(image))

    return run


def onnxruntime(name):
    def run(kind, side, folder):
        import numpy
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
        image = numpy.random.default_rng(1).standard_normal((1, 3, side, side)).astype(numpy.float32)
        return median(lambda: session.run(None, {"image": image}))

    return run


INFERENCE = {
    "PyTorch": ("float32", pytorch(False)),
    "ONNX Runtime": ("float32", onnxruntime("net.onnx")),
    "OpenVINO": ("float32", openvino("float32")),
    "PyTorch bf16": ("bfloat16", pytorch(True)),
    "OpenVINO bf16": ("bfloat16", openvino("bfloat16")),
    "ONNX Runtime int8": ("int8", onnxruntime("static.onnx")),
    "OpenVINO int8": ("int8", openvino("int8")),
}
TRAINING = {
    "PyTorch": ("float32", pytorch_training(False, False)),
    "PyTorch compiled": ("float32", pytorch_training(False, True)),
    "PyTorch bf16": ("bfloat16", pytorch_training(True, False)),
    "PyTorch bf16 compiled": ("bfloat16", pytorch_training(True, True)),
}


def file(precision):
    return "nncf.onnx" if precision == "int8" else "net.onnx"


def export(kind, side, folder):
    """Writes net.onnx, and the networks that NNCF and ONNX Runtime quantize from it."""
    import numpy
    import onnx
    import torch

    torch.onnx.export(
        model(kind).eval(), torch.randn(1, 3, side, side), str(folder / "net.onnx"), input_names=["image"],
        dynamo=False, opset_version=17)
    random = numpy.random.default_rng(2)
    images = [random.standard_normal((1, 3, side, side)).astype(numpy.float32) for _ in range(8)]
    import nncf

    onnx.save(
        nncf.quantize(onnx.load(folder / "net.onnx"), nncf.Dataset([{"image": image} for image in images]), subset_size=8),
        folder / "nncf.onnx")
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = iter(images)

        def get_next(self):
            image = next(self.left, None)
            return None if image is None else {"image": image}

    quantize_static(
        folder / "net.onnx", folder / "static.onnx", Reader(), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8)


def ours(program, kind, side, precision, folder):
    command = [program, "bench", "--runs", str(PASSES), "--precision", precision, "--threads", str(THREADS), "--json"]
    if kind == "train":
        command += ["--mode", "train", "--network", "resnet18", "--size", str(side), "--batch", "8"]
    else:
        command += ["--mode", "infer", "--onnx", str(folder / file(precision)), "--batch", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return None
    return json.loads(done.stdout)["seconds"]


def child(arguments):
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True)
    if done.returncode:
        print(done.stderr[-600:], file=sys.stderr)
        return None
    return float(done.stdout.strip().splitlines()[-1])


def main():
    warnings.filterwarnings("ignore")
    if sys.argv[1] == "--peer":
        _, _, kind, side, folder, name = sys.argv
        peers = TRAINING if kind == "train" else INFERENCE
        print(peers[name][1](kind, int(side), pathlib.Path(folder)))
        return
    if sys.argv[1] == "--export":
        export(sys.argv[2], int(sys.argv[3]), pathlib.Path(sys.argv[4]))
        print(0)
        return
    program, kind, side = sys.argv[1], sys.argv[2], int(sys.argv[3])
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    peers = TRAINING if kind == "train" else INFERENCE
    precisions = ["float32", "bfloat16"] + ([] if kind == "train" else ["int8"])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if kind != "train" and child(["--export", kind, str(side), name]) is None:
            sys.exit("the network could not be exported")
        times = {}
        for _ in range(rounds):
            for precision in precisions:
                found = ours(program, kind, side, precision, folder)
                times.setdefault(("Pinpoint", precision), []).append(found)
                # On processors without bfloat16 the peers take seconds, and there is nothing to compare them with.
                if found is None:
                    continue
                for peer, (low, _) in peers.items():
                    if low == precision:
                        times.setdefault((peer, precision), []).append(child(["--peer", kind, str(side), name, peer]))
    for precision in precisions:
        medians = {
            peer: statistics.median(found)
            for (peer, low), found in times.items() if low == precision and None not in found
        }
        own = medians.pop("Pinpoint", None)
        parts = [f"{peer} {seconds * 1000:.1f}" for peer, seconds in medians.items()]
        if own is None:
            print(f"{precision}: Pinpoint does not run here")
        else:
            print(f"{precision}: Pinpoint {own * 1000:.1f} ms, " + ", ".join(parts) + f": {min(medians.values()) / own:.2f}x")


if __name__ == "__main__":
    main()
