#!/usr/bin/env python3
"""Prints random scenes with keypoints and the results of pycocotools' keypoint evaluation.

    keypoint_average_precision.py > Tests/Goldens/keypoints-average-precision.json

Needs numpy and pycocotools. The scenes have crowds, objects without an annotated keypoint, missing keypoints, equal scores,
more than 20 detections per image, images without objects, and objects of all sizes; one has two classes and keypoints of its own.
"""

import contextlib
import io
import json

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ["AP", "AP50", "AP75", "APmedium", "APlarge", "AR", "AR50", "AR75", "ARmedium", "ARlarge"]
PEOPLE = [0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089]


def rounded(value):
    return round(float(value), 2)


def scene(seed, images, objects, extra, classes=1, sigmas=PEOPLE, spread=1.0, with_boxes=True):
    random = np.random.default_rng(seed)
    keypoints = len(sigmas)
    ground_truths, detections = [], []
    for image in range(images):
        for _ in range(int(random.integers(0, objects + 1))):
            side = float(random.choice([20, 50, 80, 150, 250]))
            width, height = side * random.uniform(0.5, 1), side * random.uniform(0.8, 1.3)
            x, y = random.uniform(0, 300), random.uniform(0, 300)
            places = np.stack([x + random.random(keypoints) * width, y + random.random(keypoints) * height], axis=1)
            visibility = random.choice([0, 1, 2], size=keypoints, p=[0.25, 0.25, 0.5])
            crowd = int(random.random() < 0.08)
            if crowd or random.random() < 0.1:
                visibility[:] = 0
            category = int(random.integers(0, classes))
            ground_truth = {
                "image": image, "category": category, "crowd": crowd, "area": rounded(width * height * random.uniform(0.3, 0.8)),
                "box": [rounded(v) for v in (x, y, width, height)],
                "keypoints": [
                    n for place, v in zip(places, visibility)
                    for n in ((rounded(place[0]), rounded(place[1]), int(v)) if v else (0.0, 0.0, 0))
                ],
            }
            ground_truths.append(ground_truth)
            for _ in range(int(random.integers(0, 3))):
                noise = random.normal(size=(keypoints, 2)) * side * 0.06 * spread * random.uniform(0.2, 3)
                detections.append(
                    detection(random, image, category if random.random() < 0.9 else int(random.integers(0, classes)), places + noise))
        for _ in range(int(random.integers(0, extra + 1))):
            places = random.uniform(0, 400, size=2) + random.random((keypoints, 2)) * random.uniform(20, 200)
            detections.append(detection(random, image, int(random.integers(0, classes)), places))
    random.shuffle(detections)
    if not with_boxes:
        for entry in detections:
            del entry["box"]
    return {"imageCount": images, "classCount": classes, "sigmas": sigmas, "groundTruths": ground_truths, "detections": detections}


def detection(random, image, category, places):
    low, high = places.min(axis=0), places.max(axis=0)
    # Two digits make many scores equal.
    return {
        "image": image, "category": category, "score": rounded(random.random()),
        "box": [rounded(v) for v in (low[0] - 3, low[1] - 3, high[0] - low[0] + 6, high[1] - low[1] + 6)],
        "keypoints": [n for place in places for n in (rounded(place[0]), rounded(place[1]), 1.0)],
    }


def evaluate(scene):
    annotations = []
    for index, ground_truth in enumerate(scene["groundTruths"]):
        annotations.append({
            "id": index + 1, "image_id": ground_truth["image"] + 1, "category_id": ground_truth["category"] + 1, "iscrowd": ground_truth["crowd"],
            "area": ground_truth["area"], "bbox": ground_truth["box"], "keypoints": ground_truth["keypoints"],
            "num_keypoints": sum(v > 0 for v in ground_truth["keypoints"][2::3]),
        })
    results = []
    for found in scene["detections"]:
        result = {
            "image_id": found["image"] + 1, "category_id": found["category"] + 1, "score": found["score"],
            "keypoints": found["keypoints"],
        }
        if "box" in found:
            result["bbox"] = found["box"]
        results.append(result)
    with contextlib.redirect_stdout(io.StringIO()):
        ground_truth = COCO()
        ground_truth.dataset = {
            "images": [{"id": image + 1} for image in range(scene["imageCount"])],
            "categories": [{"id": category + 1, "name": str(category)} for category in range(scene["classCount"])],
            "annotations": annotations, "info": {},
        }
        ground_truth.createIndex()
        evaluation = COCOeval(ground_truth, ground_truth.loadRes(results), "keypoints")
        evaluation.params.kpt_oks_sigmas = np.array(scene["sigmas"])
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return {name: float(value) for name, value in zip(NAMES, evaluation.stats)}


scenes = [
    scene(1, images=6, objects=4, extra=2),
    scene(2, images=10, objects=3, extra=4, spread=0.4),
    scene(3, images=4, objects=6, extra=40, spread=0.6),
    scene(4, images=8, objects=4, extra=2, classes=2, sigmas=[1 / 5] * 5, spread=2.5),
    scene(5, images=6, objects=4, extra=3, with_boxes=False, spread=0.5),
]
for entry in scenes:
    entry["expected"] = evaluate(entry)
note = "Scenes of objects with keypoints, and the ten numbers of pycocotools' keypoint evaluation; places in pixels, boxes [x, y, width, height]."
print(json.dumps({"note": note, "scenes": scenes}, separators=(",", ":")))
