"""Writes Tests/Goldens/decoders.json: detections decoded from raw network outputs, computed with torchvision and NumPy.

    python3 decoders.py OUTPUT.json        (torch and torchvision must be installed)

The raw outputs are not stored: element i of an output is made from a whole number by `numbers` below, which the tests repeat.
Each case lists the first detections: box (edges, in input pixels), score, class.
"""

import json
import sys

import numpy as np
import torch
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import batched_nms

KEPT = 20


def numbers(seed, shape, scale, shift=0.0):
    count = int(np.prod(shape))
    u = (np.arange(count, dtype=np.uint64) * 2654435761 + seed * 40503) & 0xFFFFFFFF
    u = ((u ^ (u >> 15)) * 2246822519) & 0xFFFFFFFF
    u ^= u >> 13
    return ((u.astype(np.float64) / 2**32 * 2 - 1) * scale + shift).astype(np.float32).reshape(shape)


def finish(boxes, scores, classes, overlap, indices):
    boxes, scores, classes = torch.tensor(boxes), torch.tensor(scores), torch.tensor(classes)
    chosen = scores >= 0.01
    boxes, scores, classes, indices = boxes[chosen], scores[chosen], classes[chosen], torch.tensor(indices)[chosen]
    keep = batched_nms(boxes.double(), scores.double(), classes, overlap)[:KEPT]
    return [
        dict(box=[round(float(v), 4) for v in boxes[k]], score=round(float(scores[k]), 6), cls=int(classes[k]),
             candidate=int(indices[k]))
        for k in keep
    ]


def anchored(kind, size, classes, overlap):
    """torchvision's anchors, box coder and scores."""
    width = classes + (0 if kind == "retinanet" else 1)
    if kind == "retinanet":
        grids = [-(-size // 8)]
        while len(grids) < 5:
            grids.append(-(-grids[-1] // 2))
        sizes = tuple((x, int(x * 2 ** (1.0 / 3)), int(x * 2 ** (2.0 / 3))) for x in [32, 64, 128, 256, 512])
        generator, weights = AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * 5), (1.0,) * 4
    elif kind == "ssdlite":
        grids = [-(-size // 16)]
        while len(grids) < 6:
            grids.append(-(-grids[-1] // 2))
        generator, weights = DefaultBoxGenerator([[2, 3]] * 6, min_ratio=0.2, max_ratio=0.95), (10.0, 10.0, 5.0, 5.0)
    else:
        grids = [38, 19, 10, 5, 3, 1]
        generator = DefaultBoxGenerator(
            [[2], [2, 3], [2, 3], [2, 3], [2], [2]], scales=[0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
            steps=[8, 16, 32, 64, 100, 300])
        weights = (10.0, 10.0, 5.0, 5.0)
    maps = [torch.zeros(1, 1, g, g) for g in grids]
    anchors = generator(ImageList(torch.zeros(1, 3, size, size), [(size, size)]), maps)[0]
    count = len(anchors)
    logits = numbers(1, (1, count, width), 3.0, -3.0)
    corrections = numbers(2, (1, count, 4), 1.0)
    boxes = BoxCoder(weights).decode_single(torch.tensor(corrections[0]), anchors).clamp(0, size).numpy()
    t = torch.tensor(logits[0])
    scores = (torch.sigmoid(t) if kind == "retinanet" else torch.softmax(t, -1)[:, 1:]).numpy()
    rows, columns = np.indices(scores.shape)
    result = finish(boxes[rows.ravel()], scores.ravel(), columns.ravel(), overlap, rows.ravel())
    return dict(decoder=kind, size=size, shapes={"logits": [1, count, width], "boxes": [1, count, 4]},
                parameters={"logits": [1, 3.0, -3.0], "boxes": [2, 1.0, 0.0]}, overlap=overlap, detections=result,
                anchors=[[round(float(v), 3) for v in anchors[k]] for k in range(0, count, max(1, count // 7))])


def sigmoid(x):
    return 1 / (1 + np.exp(-x.astype(np.float64)))


ANCHORS = {
    "yolov3": [[10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119], [116, 90, 156, 198, 373, 326]],
    "yolov7": [[12, 16, 19, 36, 40, 28], [36, 75, 76, 55, 72, 146], [142, 110, 192, 243, 459, 401]],
}


def yolo_grids(version, size, classes, last):
    anchors = ANCHORS["yolov3" if version in ("yolov3", "yolov5") else "yolov7"]
    boxes, scores, labels, indices, shapes, parameters = [], [], [], [], {}, {}
    first = 0
    for level, stride in enumerate([8, 16, 32]):
        g = size // stride
        shape = (1, 3, g, g, 5 + classes) if last else (1, 3 * (5 + classes), g, g)
        name = f"grid{level}"
        raw = numbers(10 + level, shape, 3.0, -1.0)
        shapes[name], parameters[name] = list(shape), [10 + level, 3.0, -1.0]
        x = raw[0] if last else raw[0].reshape(3, 5 + classes, g, g).transpose(0, 2, 3, 1)
        for a in range(3):
            w, h = anchors[level][2 * a], anchors[level][2 * a + 1]
            for row in range(g):
                for column in range(g):
                    v = x[a, row, column].astype(np.float64)
                    s = 1 / (1 + np.exp(-v))
                    if version in ("yolov3", "yolov4"):
                        k = 1.0 if version == "yolov3" else {8: 1.2, 16: 1.1, 32: 1.05}[stride]
                        cx, cy = (s[0] * k - (k - 1) / 2 + column) * stride, (s[1] * k - (k - 1) / 2 + row) * stride
                        bw, bh = w * np.exp(v[2]), h * np.exp(v[3])
                    else:
                        cx, cy = (2 * s[0] - 0.5 + column) * stride, (2 * s[1] - 0.5 + row) * stride
                        bw, bh = (2 * s[2]) ** 2 * w, (2 * s[3]) ** 2 * h
                    c = int(np.argmax(v[5:]))
                    boxes.append([cx - bw / 2, cy - bh / 2, cx + bw / 2, cy + bh / 2])
                    scores.append(s[4] * s[5 + c])
                    labels.append(c)
                    indices.append(first + (a * g + row) * g + column)
        first += 3 * g * g
    return dict(decoder=version, size=size, shapes=shapes, parameters=parameters, overlap=0.45,
                detections=finish(np.array(boxes), np.array(scores), labels, 0.45, indices))


def yolo_boxes(version, size, classes):
    count = (3 if version != "yolov8" else 1) * sum((size // s) ** 2 for s in (8, 16, 32))
    width = classes + (4 if version == "yolov8" else 5)
    shape = (1, width, count) if version == "yolov8" else (1, count, width)
    raw = numbers(20, shape, 0.5, 0.5)
    table = raw[0].T if version == "yolov8" else raw[0]
    middle, extents = table[:, :2].astype(np.float64), table[:, 2:4].astype(np.float64)
    boxes = np.concatenate([middle - extents / 2, middle + extents / 2], 1)
    first = 4 if version == "yolov8" else 5
    labels = table[:, first:].argmax(1)
    scores = table[np.arange(count), first + labels] * (1 if version == "yolov8" else table[:, 4])
    return dict(decoder=version, size=size, shapes={"boxes": list(shape)}, parameters={"boxes": [20, 0.5, 0.5]},
                overlap=0.45, detections=finish(boxes, scores, labels, 0.45, np.arange(count)))


def yolo_distributions(size, classes):
    boxes, scores, labels, indices, shapes, parameters = [], [], [], [], {}, {}
    first = 0
    for level, stride in enumerate([8, 16, 32]):
        g = size // stride
        name, shape = f"level{level}", (1, 64 + classes, g, g)
        raw = numbers(30 + level, shape, 3.0, -1.0)[0].astype(np.float64)
        shapes[name], parameters[name] = list(shape), [30 + level, 3.0, -1.0]
        weights = np.exp(raw[:64].reshape(4, 16, g, g))
        distance = (weights * np.arange(16).reshape(1, 16, 1, 1)).sum(1) / weights.sum(1) * stride
        for row in range(g):
            for column in range(g):
                x, y = (column + 0.5) * stride, (row + 0.5) * stride
                l, t, r, b = distance[:, row, column]
                c = int(raw[64:, row, column].argmax())
                boxes.append([x - l, y - t, x + r, y + b])
                scores.append(1 / (1 + np.exp(-raw[64 + c, row, column])))
                labels.append(c)
                indices.append(first + row * g + column)
        first += g * g
    return dict(decoder="yolov8", size=size, shapes=shapes, parameters=parameters, overlap=0.45,
                detections=finish(np.array(boxes), np.array(scores), labels, 0.45, indices))


def centerface(size):
    g = size // 4
    heat = numbers(40, (1, 1, g, g), 0.5, 0.5)[0, 0].astype(np.float64)
    scale = numbers(41, (1, 2, g, g), 1.0, 1.0)[0].astype(np.float64)
    offset = numbers(42, (1, 2, g, g), 0.5)[0].astype(np.float64)
    rows, columns = np.indices((g, g))
    h, w = np.exp(scale[0]) * 4, np.exp(scale[1]) * 4
    x, y = (columns + offset[1] + 0.5) * 4, (rows + offset[0] + 0.5) * 4
    boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], -1).clip(0, size).reshape(-1, 4)
    points = numbers(43, (1, 10, g, g), 1.0)[0].astype(np.float64)
    keypoints = np.stack([boxes[:, [0]] + (points[1::2] * w).reshape(5, -1).T, boxes[:, [1]] + (points[::2] * h).reshape(5, -1).T], -1)
    detections = finish(boxes, heat.ravel(), np.zeros(g * g, int), 0.3, np.arange(g * g))
    for detection in detections:
        detection["keypoints"] = [round(float(v), 4) for v in keypoints[detection["candidate"]].ravel()]
    return dict(decoder="centerface", size=size,
                shapes={"heat": [1, 1, g, g], "scale": [1, 2, g, g], "offset": [1, 2, g, g], "points": [1, 10, g, g]},
                parameters={"heat": [40, 0.5, 0.5], "scale": [41, 1.0, 1.0], "offset": [42, 0.5, 0.0], "points": [43, 1, 0]},
                overlap=0.3, detections=detections)


cases = [
    anchored("ssdlite", 320, 5, 0.55), anchored("ssdlite", 256, 2, 0.55), anchored("ssd", 300, 3, 0.45),
    anchored("retinanet", 256, 4, 0.5), anchored("retinanet", 200, 1, 0.5),
    yolo_grids("yolov3", 128, 3, False), yolo_grids("yolov3", 96, 2, True), yolo_grids("yolov4", 96, 2, False),
    yolo_grids("yolov5", 128, 3, True), yolo_grids("yolov7", 96, 4, False),
    yolo_boxes("yolov5", 96, 3), yolo_boxes("yolov8", 96, 3), yolo_distributions(96, 3), centerface(64),
]
json.dump(dict(note="see Tools/Goldens/decoders.py", cases=cases), open(sys.argv[1], "w"), separators=(",", ":"))
