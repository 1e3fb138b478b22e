#!/usr/bin/env python3
"""Exports every network and compares what ONNX Runtime makes of the files with what Pinpoint makes of them.

    Tools/Checks/onnx_export.py .build/release/pinpoint /tmp/onnx-export [RUN …]

Needs numpy, onnx and onnxruntime. Each network is exported with fixed and with free extents, as it is and with folded normalizations;
each file is checked by onnx.checker, run by ONNX Runtime on noise, and by `pinpoint layers --onnx` on both backends. (That an imported file
gives the same bits as the network it came from is a test of the project's own.) For each trained run, the detections of a file with --decode are compared with those of
`pinpoint demo` on a picture. Prints a table of the greatest differences, relative to the largest magnitude where that is above one, and
ends with 1 when one exceeds 1e-4.
"""

import json
import pathlib
import re
import struct
import subprocess
import sys
import zlib

import numpy
import onnx
import onnxruntime

TOLERANCE = 1e-4
SIZE = 128
VARIANTS = {"fixed": [], "free": ["--dynamic"], "folded": ["--fold"], "free and folded": ["--dynamic", "--fold"]}


def run(*arguments):
    result = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.strip().splitlines()[-1] if result.stderr.strip() else f"ended with {result.returncode}")
    return result.stdout


def networks(program):
    """The catalogue, as the help of `pinpoint export` lists it."""
    text = " ".join(run(program, "export", "--help").split())
    return re.search(r"A network with random numbers: ([^.]*)\.", text).group(1).split(", ")


def difference(actual, expected):
    if actual.shape != expected.shape:
        raise ValueError(f"the shape is {actual.shape}, not {expected.shape}")
    return float(numpy.max(numpy.abs(actual - expected)) / max(1.0, numpy.max(numpy.abs(expected))))


def session(file):
    onnx.checker.check_model(onnx.load(file), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def compare_maps(program, folder, network, flags):
    """The greatest difference to each backend."""
    file = folder / f"{network}.onnx"
    run(program, "export", "--network", network, "--classes", 3, "--size", SIZE, "--onnx", file, *flags)
    runtime = session(file)
    shape = [2, 3, SIZE + 64, SIZE - 32] if "--dynamic" in flags else [1, 3, SIZE, SIZE]
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
    """Red, green and blue as they are, so that the program reads the same numbers."""
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
    """The greatest difference between the file's detections and the program's; a picture of the input's size is not resampled."""
    file = folder / "decoding.onnx"
    run(program, "export", "--model", model, "--onnx", file, "--decode", *flags)
    runtime = session(file)
    properties = runtime.get_modelmeta().custom_metadata_map
    side = int(properties["inputSize"])
    coarse = numpy.random.default_rng(3).integers(0, 256, (side // 8, side // 8, 3))
    pixels = numpy.kron(coarse, numpy.ones((8, 8, 1))).astype(numpy.uint8)
    write_png(pixels, folder / "picture.png")
    mean, deviation = (
        numpy.array(json.loads(properties[key]), numpy.float32) for key in ["mean", "standardDeviation"]
    )
    image = ((pixels.astype(numpy.float32) / 255 - mean) / deviation).transpose(2, 0, 1)[None]
    boxes, scores, classes = (result[0] for result in runtime.run(None, {"image": image}))
    text = run(
        program, "demo", folder / "picture.png", "--model", model, "--threshold", 0, "--output", folder / "demo", "--json")
    detections = json.loads(text)
    count = min(int((scores > 0).sum()), len(detections))
    if count == 0:
        raise ValueError("the picture has no peaks")
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
        for variant, flags in VARIANTS.items():
            try:
                found = compare_maps(program, folder, network, flags)
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
