#!/usr/bin/env python3
"""Writes Tests/Goldens/operators-movement.json: ONNX Runtime's results for operators with intricate definitions.

    python3 Tools/Goldens/operators_movement.py Tests/Goldens/operators-movement.json

Needs numpy, onnx, onnxruntime, and, for average pooling with a last window that reaches beyond the padding, torch, since versions of
ONNX Runtime differ from each other there.
"""
import json
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

generator = np.random.default_rng(5)
cases = []
values = {}


def random(*shape):
    return generator.uniform(-1, 1, shape).round(3).astype(np.float32)


def named(name, value):
    """Stores a value that several cases read."""
    values[name] = value
    return value


def run(kind, inputs, constants=(), opset=20, **attributes):
    """Runs one node; `inputs` are given at run time, `constants` (None: left out) are stored in the file."""
    names = [f"input{index}" for index in range(len(inputs))]
    stored = []
    for index, constant in enumerate(constants):
        names.append("" if constant is None else f"constant{index}")
        if constant is not None:
            stored.append(numpy_helper.from_array(constant, names[-1]))
    graph = helper.make_graph(
        [helper.make_node(kind, names, ["output"], **attributes)], "one node",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in zip(names, inputs)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {name: value for name, value in zip(names, inputs)})[0]


def tensor(value):
    return {"shape": list(value.shape), "data": [float(f"{number:.5g}") for number in value.ravel()]}


def add(kind, inputs, output, **settings):
    names = [next(name for name, value in values.items() if value is read) for read in inputs]
    cases.append({"kind": kind, "settings": settings, "inputs": names, "output": tensor(output)})


def add_resizings():
    image = named("small map", random(1, 1, 5, 4))
    modes = [("nearest", rounding) for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")]
    modes += [("linear", "round_prefer_floor"), ("cubic", "round_prefer_floor")]
    # With a scale of 2.5 the size is not whole, so that half_pixel_symmetric differs from half_pixel.
    targets = [((8, 7), None), ((3, 9), None), ((1, 2), None), (None, (1.7, 2.0)), (None, (2.5, 0.6))]
    for mode, rounding in modes:
        for places in ("half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners", "half_pixel_symmetric"):
            # These coordinates fall on whole cells, so that the last bit of a float would decide.
            if places == "half_pixel_symmetric" and rounding in ("floor", "ceil"):
                continue
            for sizes, scales in targets:
                constants = [None] + (
                    [None, np.array([1, 1, *sizes], np.int64)] if sizes else [np.array([1, 1, *scales], np.float32)])
                output = run(
                    "Resize", [image], constants, mode=mode, coordinate_transformation_mode=places,
                    nearest_mode=rounding, cubic_coeff_a=-0.75)
                settings = {"sizes": list(sizes)} if sizes else {"scales": list(scales)}
                add("Resize", [image], output, mode=mode, places=places, rounding=rounding, **settings)


def add_poolings():
    image = named("map", random(1, 2, 7, 8))
    for kernel, stride, before, after, dilation, ceil in [
        ((3, 3), (2, 2), (1, 1), (1, 1), (1, 1), True), ((2, 3), (3, 2), (0, 1), (1, 0), (1, 1), True),
        ((2, 2), (3, 3), (1, 1), (1, 1), (1, 1), True), ((3, 2), (1, 2), (1, 1), (0, 0), (2, 3), False),
        ((3, 3), (3, 2), (0, 0), (0, 0), (1, 2), True), ((2, 2), (2, 2), (0, 0), (1, 1), (1, 1), False),
    ]:
        shared = {
            "kernel_shape": kernel, "strides": stride, "pads": [*before, *after], "dilations": dilation,
            "ceil_mode": int(ceil)}
        settings = {
            "kernel": kernel, "stride": stride, "before": before, "after": after, "dilation": dilation, "ceil": ceil}
        add("MaxPool", [image], run("MaxPool", [image], **shared), **settings)
        for counts in (True, False):
            output = run("AveragePool", [image], count_include_pad=int(counts), **shared)
            if before == after and dilation == (1, 1):
                output = torch.nn.functional.avg_pool2d(
                    torch.from_numpy(image), kernel, stride, before, ceil, counts).numpy()
            elif ceil and counts:
                continue
            add("AveragePool", [image], output, counts=counts, **settings)


def add_samplings():
    image, grid = named("maps", random(2, 2, 4, 5)), named("grids", (1.6 * random(2, 3, 4, 2)).round(3))
    # Points equally near to two cells, on the map's edge, far outside.
    grid[0, 0, :, 0] = [-1, 1, 0, 7.5]
    for mode in ("linear", "nearest"):
        for padding in ("zeros", "border", "reflection"):
            for aligned in (True, False):
                output = run(
                    "GridSample", [image, grid], mode=mode, padding_mode=padding, align_corners=int(aligned))
                add("GridSample", [image, grid], output, mode=mode, padding=padding, aligned=aligned)


def add_choices():
    value = named("table", random(2, 5, 4))
    for ranges in [
        [(1, -1, -100, -2)], [(0, 1, 0, -1), (2, 3, -5, -1)], [(1, -3, 2**31 - 1, 1)], [(1, 4, 0, -3), (2, 1, 3, 1)],
        [(1, 3, 3, 1)], [(2, -100, 100, 3)], [(1, 0, -(2**31), -1)], [(1, 7, -2, -1)],
    ]:
        axes, starts, ends, steps = (np.array(part, np.int64) for part in zip(*ranges))
        add("Slice", [value], run("Slice", [value], [starts, ends, axes, steps]), ranges=ranges)
    for mode, pads in [
        ("reflect", [0, 2, 1, 0, 4, 3]), ("edge", [1, 2, 0, 3, 0, 1]), ("wrap", [1, 2, 4, 0, 5, 3]),
        ("constant", [0, -1, 2, 1, -2, 0]), ("edge", [0, -2, 1, 0, 3, -1]),
    ]:
        output = run("Pad", [value], [np.array(pads, np.int64), np.array(0.25, np.float32)], mode=mode)
        add("Pad", [value], output, mode=mode, pads=pads)
    indices = np.array([[1, -1, 0], [3, 3, -5]], np.int64)
    add("Gather", [value], run("Gather", [value], [indices], axis=1), axis=1, indices=indices.ravel().tolist(),
        shape=list(indices.shape))
    deep = named("deep", random(1, 12, 2, 3))
    for mode in ("DCR", "CRD"):
        add("DepthToSpace", [deep], run("DepthToSpace", [deep], blocksize=2, mode=mode), block=2, mode=mode)
    wide = named("wide", random(2, 2, 2, 4))
    add("SpaceToDepth", [wide], run("SpaceToDepth", [wide], blocksize=2), block=2)
    small = named("column", random(3, 1))
    add("Expand", [small], run("Expand", [small], [np.array([2, 1, 4], np.int64)]), shape=[2, 1, 4])
    add("Tile", [small], run("Tile", [small], [np.array([2, 3], np.int64)]), repeats=[2, 3])


add_resizings()
add_samplings()
add_poolings()
add_choices()
content = {
    "note": f"{len(cases)} operators by ONNX Runtime {onnxruntime.__version__} and PyTorch {torch.__version__}; "
    "generator: Tools/Goldens/operators_movement.py",
    "values": {name: tensor(value) for name, value in values.items()}, "cases": cases}
with open(sys.argv[1], "w") as file:
    json.dump(content, file, separators=(",", ":"))
    file.write("\n")
