#!/usr/bin/env python3
"""Exports every network and compares ONNX Runtime's results for the files with Pinpoint's.

    Tools/Checks/onnx_export.py .build/release/pinpoint /tmp/onnx-export [RUN …]

Needs numpy, onnx, onnxruntime and safetensors. Each network gets random weights and statistics with which every part affects the outputs,
and is exported with fixed and with free shapes, unchanged and with folded normalizations; each file is checked by onnx.checker, run by ONNX
Runtime on noise, and by `pinpoint layers --onnx` on both backends. (The project's tests check that an imported file gives the same bits as
the network it came from.) For each trained run, the detections of a file with --decode are compared with those of `pinpoint demo` on an
image. Prints a table of the greatest differences, relative to an output's largest magnitude, and exits with 1 when one exceeds 1e-4.
"""

import json
import math
import pathlib
import re
import struct
import subprocess
import sys
import zlib

import numpy
import onnx
import onnxruntime
import safetensors.numpy

TOLERANCE = 1e-4
SIZE = 128
# The numbers that the input's sides must be multiples of, where 32 is not enough.
MULTIPLES = {"hourglass104": 128, "hourglass-small": 64}
VARIANTS = {"fixed": [], "free": ["--dynamic"], "folded": ["--fold"], "free and folded": ["--dynamic", "--fold"]}


def run(*arguments):
    result = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.strip().splitlines()[-1] if result.stderr.strip() else f"ended with {result.returncode}")
    return result.stdout


def networks(program):
    """Returns the names of all networks, as the help of `pinpoint export` lists them."""
    text = " ".join(run(program, "export", "--help").split())
    return re.search(r"architecture with random weights: ([^.]*)\.", text).group(1).split(", ")


def filling(random, name, shape):
    """Returns weights that keep the magnitude of activations, offsets of about a pixel, statistics other than 0 and 1."""
    last = name.rsplit(".", 1)[1]
    if last == "running_var":
        low, high = 0.5, 1.5
    elif len(shape) == 4:
        fan_in = shape[0] * 4 if shape[2] % 2 == 0 else shape[1] * shape[2] * shape[3]
        high = math.sqrt((0.3 if "offset_mask" in name else 3) / fan_in)
        low = -high
    elif last == "weight":
        low, high = 0.75, 1.25
    else:
        low, high = -0.25, 0.25
    return random.uniform(low, high, shape).astype(numpy.float32)


def filled_model(program, folder, network):
    """Makes a model with such weights; their names and shapes are taken from an exported file."""
    untrained, weights, model = (folder / name for name in ["untrained.onnx", "weights.safetensors", "model.safetensors"])
    run(program, "export", "--network", network, "--classes", 3, "--size", side(network), "--onnx", untrained)
    random = numpy.random.default_rng(11)
    tensors = {
        value.name: filling(random, value.name, list(value.dims)) for value in onnx.load(untrained).graph.initializer
        if re.search(r"\.(weight|bias|running_mean|running_var)$", value.name)
    }
    safetensors.numpy.save_file(tensors, weights)
    run(program, "convert", weights, "--network", network, "--classes", "a,b,c", "--size", side(network), "--output", model)
    return model


def side(network):
    return max(SIZE, MULTIPLES.get(network, 32))


def difference(actual, expected):
    if actual.shape != expected.shape:
        raise ValueError(f"the shape is {actual.shape}, not {expected.shape}")
    return float(numpy.max(numpy.abs(actual - expected)) / numpy.max(numpy.abs(expected)))


def session(file):
    onnx.checker.check_model(onnx.load(file), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def compare_maps(program, folder, network, model, flags):
    """Returns the greatest difference from each backend."""
    file = folder / "network.onnx"
    run(program, "export", "--model", model, "--onnx", file, *flags)
    runtime = session(file)
    multiple = MULTIPLES.get(network, 32)
    sides = [side(network) + multiple, max(multiple, side(network) - multiple)]
    shape = [2, 3, *sides] if "--dynamic" in flags else [1, 3, side(network), side(network)]
    noise = numpy.random.default_rng(7).standard_normal(shape, dtype=numpy.float32)
    numpy.save(folder / "input.npy", noise)
    names = [value.name for value in runtime.get_outputs()]
    expected = dict(zip(names, runtime.run(None, {"image": noise})))
    found = []
    for backend in ["reference", "onednn"]:
        outputs = folder / backend
        run(program, "layers", "--onnx", file, "--input", folder / "input.npy", "--outputs", outputs, "--backend", backend)
        found.append(max(difference(numpy.load(outputs / f"{name}.npy"), expected[name]) for name in names))
    return found


def write_png(pixels, file):
    """Writes red, green and blue unchanged, so that the program reads the same numbers."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""),
    ]
    with open(file, "wb") as output:
        output.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in chunks:
            output.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))


def compare_detections(program, folder, model, flags):
    """Returns the number of compared detections and the greatest difference between the file's and the program's; the image has the
    input's size, so it is not resampled."""
    file = folder / "decoding.onnx"
    run(program, "export", "--model", model, "--onnx", file, "--decode", *flags)
    runtime = session(file)
    properties = runtime.get_modelmeta().custom_metadata_map
    side = int(properties["inputSize"])
    coarse = numpy.random.default_rng(3).integers(0, 256, (side // 8, side // 8, 3))
    pixels = numpy.kron(coarse, numpy.ones((8, 8, 1))).astype(numpy.uint8)
    write_png(pixels, folder / "image.png")
    mean, deviation = (
        numpy.array(json.loads(properties[key]), numpy.float32) for key in ["mean", "standardDeviation"]
    )
    image = ((pixels.astype(numpy.float32) / 255 - mean) / deviation).transpose(2, 0, 1)[None]
    boxes, scores, classes = (result[0] for result in runtime.run(None, {"image": image}))
    text = run(
        program, "demo", folder / "image.png", "--model", model, "--threshold", 0, "--output", folder / "demo", "--json")
    detections = json.loads(text)
    count = min(int((scores > 0).sum()), len(detections))
    if count == 0:
        raise ValueError("the image has no peaks")
    worst = 0.0
    for place in range(count):
        left, top, width, height = detections[place]["bbox"]
        box = numpy.array([left, top, left + width, top + height])
        worst = max(worst, float(numpy.max(numpy.abs(box - boxes[place]))) / side)
        worst = max(worst, abs(detections[place]["score"] - float(scores[place])))
    return count, worst


def main():
    program, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    failed = False
    print(f"{'network':24}{'file':20}{'reference':>12}{'onednn':>12}")
    for network in networks(program):
        model = filled_model(program, folder, network)
        for variant, flags in VARIANTS.items():
            try:
                found = compare_maps(program, folder, network, model, flags)
                failed = failed or not max(found) <= TOLERANCE
                print(f"{network:24}{variant:20}" + "".join(f"{value:12.1e}" for value in found), flush=True)
            except Exception as error:
                failed = True
                print(f"{network:24}{variant:20}  {str(error).splitlines()[0]}", flush=True)
    for model in sys.argv[3:]:
        for variant, flags in VARIANTS.items():
            try:
                count, worst = compare_detections(program, folder, model, flags)
                failed = failed or not worst <= TOLERANCE
                print(f"{model} {variant}: {count} detections, {worst:.1e}", flush=True)
            except Exception as error:
                failed = True
                print(f"{model} {variant}: {str(error).splitlines()[0]}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
