#!/usr/bin/env python3
"""Times forward passes of an ONNX file in ONNX Runtime and in Pinpoint, in turns, in one run.

    Tools/Benchmarks/onnx_pairs.py .build/release/pinpoint resnet50.onnx [ROUNDS]

Needs numpy and onnxruntime; both use two threads, or as many as PINPOINT_THREADS says. Each round is 20 passes of either side in a
process of its own, Pinpoint's first; prints the median of each round, the medians of all rounds, and their ratio. A file that is not
there is torchvision's classifier of that name, exported for pictures of 224x224 (needs torch and torchvision, too).
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

PASSES = 20
THREADS = int(os.environ.get("PINPOINT_THREADS", "2"))


def export(file):
    import torch
    import torchvision

    model = getattr(torchvision.models, file.stem)(weights=None).eval()
    torch.onnx.export(model, torch.randn(1, 3, 224, 224), str(file), dynamo=False, opset_version=17)


def theirs(file):
    """Run in a process of its own, so that no thread of it is left when the other side is timed."""
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    random = numpy.random.default_rng(1)
    feed = {
        port.name: random.uniform(-2, 2, [n if isinstance(n, int) else 1 for n in port.shape]).astype(numpy.float32)
        for port in session.get_inputs()
    }
    session.run(None, feed)
    times = []
    for _ in range(PASSES):
        began = time.perf_counter()
        session.run(None, feed)
        times.append(time.perf_counter() - began)
    print(statistics.median(times))


def main():
    program, file = sys.argv[1], pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    if not file.exists():
        export(file)
    ours_all, theirs_all = [], []
    for _ in range(rounds):
        report = subprocess.run(
            [program, "bench", "--mode", "infer", "--onnx", str(file), "--batch", "1", "--runs", str(PASSES), "--threads",
             str(THREADS), "--json"], capture_output=True, text=True, check=True).stdout
        ours_all.append(json.loads(report)["seconds"])
        answer = subprocess.run([sys.executable, __file__, "--theirs", str(file)], capture_output=True, text=True, check=True)
        theirs_all.append(float(answer.stdout))
        print(f"{ours_all[-1] * 1e3:7.1f} ms  {theirs_all[-1] * 1e3:7.1f} ms", flush=True)
    ours_median, theirs_median = statistics.median(ours_all), statistics.median(theirs_all)
    print(f"Pinpoint {ours_median * 1e3:.1f} ms, ONNX Runtime {theirs_median * 1e3:.1f} ms, ratio {ours_median / theirs_median:.2f}")


if __name__ == "__main__":
    if sys.argv[1] == "--theirs":
        theirs(sys.argv[2])
    else:
        main()
