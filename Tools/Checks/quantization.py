#!/usr/bin/env python3
"""Compares quantized networks with ONNX Runtime: Pinpoint's files as ONNX Runtime runs them, and other programs' files as Pinpoint does.

    python Tools/Checks/quantization.py .build/release/pinpoint WORK --model RUN --images FOLDER [--quantized Q]

RUN is a trained run, Q is made of it by `pinpoint quantize`. Needs numpy, onnx, onnxruntime and pillow; if nncf is installed, its
files are compared, too. All results go into the folder WORK.

Ours: Q is exported, checked by onnx.checker, and run by ONNX Runtime without optimizations (which computes as the operators are
defined) and with them (which multiplies integers; only if weights have 7 bits, since without VNNI it saturates). Theirs: RUN is
exported, and quantized by quantize_static in the QDQ form, per tensor and per channel, with unsigned and signed, symmetric and asymmetric
activations, and by nncf.quantize; Pinpoint runs each on both backends.

Both programs round, so a sum midway between two integers may be rounded either way, and results may differ by one step: the table has the
root mean square of the differences, relative to that of the output, and the greatest difference. Exits with 1 when the first of these
exceeds 1 %.
"""

import argparse
import json
import logging
import pathlib
import subprocess
import sys

import numpy
import onnx
import onnxruntime
from onnxruntime import quantization
from PIL import Image

LIMIT = 0.01
logging.disable(logging.WARNING)


def run(*arguments):
    result = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.strip())
    return result.stdout


def images(folder, side, metadata, limit):
    """Yields images as the network's input, squeezed into its square: their content does not matter here."""
    mean, deviation = (numpy.array(json.loads(metadata[key]), numpy.float32) for key in ["mean", "standardDeviation"])
    for file in sorted(pathlib.Path(folder).iterdir())[:limit]:
        pixels = numpy.asarray(Image.open(file).convert("RGB").resize((side, side)), numpy.float32) / 255
        yield ((pixels - mean) / deviation).transpose(2, 0, 1)[None].astype(numpy.float32)


class Reader(quantization.CalibrationDataReader):
    def __init__(self, inputs):
        self.inputs = iter(inputs)

    def get_next(self):
        value = next(self.inputs, None)
        return None if value is None else {"image": value}


def by_onnxruntime(file, x, optimized):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return {out.name: value for out, value in zip(session.get_outputs(), session.run(None, {"image": x}))}


def by_pinpoint(program, file, x, backend):
    folder = file.parent / f"{file.stem}-{backend}"
    array = file.parent / "x.npy"
    numpy.save(array, x)
    run(program, "layers", "--onnx", file, "--input", array, "--outputs", folder, "--backend", backend)
    return {path.stem: numpy.load(path) for path in folder.glob("*.npy")}


class Table:
    def __init__(self):
        self.worst = 0

    def row(self, name, found, wanted):
        for output, value in sorted(wanted.items()):
            difference = found[output] - value
            relative = float(numpy.sqrt((difference**2).mean() / (value**2).mean()))
            self.worst = max(self.worst, relative)
            print(f"{name:58} {output:8} {100 * relative:8.4f} %  {numpy.abs(difference).max():10.5f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--model", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--quantized")
    arguments = parser.parse_args()
    arguments.program = arguments.program.resolve()
    arguments.work.mkdir(parents=True, exist_ok=True)
    table = Table()

    floats = arguments.work / "floats.onnx"
    run(arguments.program, "export", "--model", arguments.model, "--onnx", floats, "--fold")
    metadata = {entry.key: entry.value for entry in onnx.load(floats).metadata_props}
    side = int(metadata["inputSize"])
    calibration = list(images(arguments.images, side, metadata, 12))
    x = calibration.pop()

    if arguments.quantized:
        ours = arguments.work / "ours.onnx"
        run(arguments.program, "export", "--model", arguments.quantized, "--onnx", ours)
        onnx.checker.check_model(str(ours), full_check=True)
        plain = by_onnxruntime(ours, x, optimized=False)
        for backend in ["reference", "onednn"]:
            table.row(f"ours, {backend}", by_pinpoint(arguments.program, ours, x, backend), plain)
        bits = {entry.key: entry.value for entry in onnx.load(ours).metadata_props}["quantization"]
        if '"weightBits":7' in bits.replace(" ", ""):
            table.row("ours, by ONNX Runtime's integer kernels", by_onnxruntime(ours, x, optimized=True), plain)

    ways = {
        f"quantize_static, {'per channel' if channels else 'per tensor'}, {kind.name}{', symmetric' if symmetric else ''}": (channels, kind, symmetric)
        for channels in [False, True]
        for kind in [quantization.QuantType.QUInt8, quantization.QuantType.QInt8]
        for symmetric in ([False, True] if kind == quantization.QuantType.QInt8 else [False])
    }
    for number, (name, (channels, kind, symmetric)) in enumerate(ways.items()):
        file = arguments.work / f"static{number}.onnx"
        quantization.quantize_static(
            str(floats), str(file), Reader(calibration), quant_format=quantization.QuantFormat.QDQ, per_channel=channels,
            activation_type=kind, weight_type=quantization.QuantType.QInt8, reduce_range=True,
            extra_options={"ActivationSymmetric": symmetric},
        )
        plain = by_onnxruntime(file, x, optimized=False)
        for backend in ["reference", "onednn"]:
            table.row(f"{name}, {backend}", by_pinpoint(arguments.program, file, x, backend), plain)

    try:
        import nncf
    except ImportError:
        print("nncf is not installed; its files were skipped")
    else:
        dataset = nncf.Dataset(calibration, lambda value: {"image": value})
        file = arguments.work / "nncf.onnx"
        onnx.save(nncf.quantize(onnx.load(floats), dataset, subset_size=len(calibration)), file)
        plain = by_onnxruntime(file, x, optimized=False)
        for backend in ["reference", "onednn"]:
            table.row(f"nncf.quantize, {backend}", by_pinpoint(arguments.program, file, x, backend), plain)

    print(f"greatest difference (root mean square): {100 * table.worst:.4f} %")
    sys.exit(0 if table.worst <= LIMIT else 1)


if __name__ == "__main__":
    main()
