#!/usr/bin/env python3
"""Compares every operator's cases, and decoded heatmaps, with ONNX Runtime.

    PINPOINT_ONNX_CASES=/tmp/cases swift test -c release --filter CatalogueFilesTests
    Tools/Checks/onnx_operators.py /tmp/cases

Needs numpy, onnx and onnxruntime. Each case is checked by onnx.checker, run, and compared with the reference backend's numbers; the
last line gives the greatest difference. Exits with 1 when one exceeds 1e-4.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime

TOLERANCE = 1e-4

# Valid ONNX that ONNX Runtime does not run: it requires an odd number of channels.
REFUSED = ["LRN even size"]


def difference(actual, expected):
    """Returns the greatest difference, relative to the largest expected magnitude if that is above one."""
    if actual.shape != expected.shape:
        raise ValueError(f"the shape is {actual.shape}, not {expected.shape}")
    if actual.size == 0 or numpy.array_equal(actual, expected, equal_nan=True):
        return 0.0
    return float(numpy.max(numpy.abs(actual - expected)) / max(1.0, numpy.max(numpy.abs(expected))))


def compare(folder):
    file = folder / "model.onnx"
    onnx.checker.check_model(onnx.load(file), full_check=True)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    inputs = {value.name: numpy.load(folder / f"{value.name}.npy") for value in session.get_inputs()}
    names = [value.name for value in session.get_outputs()]
    results = dict(zip(names, session.run(None, inputs)))
    expected = {name: numpy.load(folder / f"{name}.npy") for name in names}
    if "scores" in names:
        # If there are fewer peaks than detections, boxes and classes of the rest have no meaning.
        rest = expected["scores"] == 0
        for name in ["boxes", "classes"]:
            results[name] = results[name].astype(numpy.float32)
            results[name][rest] = 0
    return max(difference(results[name], expected[name]) for name in names)


def main():
    folders = sorted(f for f in pathlib.Path(sys.argv[1]).iterdir() if f.is_dir())
    failures, worst = [], (0.0, "")
    for folder in folders:
        try:
            found = compare(folder)
        except Exception as error:
            if any(folder.name.endswith(name) for name in REFUSED):
                continue
            failures.append(f"{folder.name}: {str(error).splitlines()[0]}")
            continue
        worst = max(worst, (found, folder.name))
        if not found <= TOLERANCE:
            failures.append(f"{folder.name}: {found:.2g}")
    print("\n".join(failures))
    print(f"{len(folders)} cases, {len(failures)} failures, greatest difference {worst[0]:.2g} ({worst[1]})")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
