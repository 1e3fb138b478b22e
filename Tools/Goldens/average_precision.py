"""Writes or checks Tests/Goldens/average-precision.json: average precision as VOC and COCO define it.

    python Tools/Goldens/average_precision.py [--check] Tests/Goldens/average-precision.json

Needs numpy, and pycocotools for COCO's numbers.
"""

import contextlib
import io

import golden_file
import numpy

NAMES = [
    "AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge",
]


def overlap(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / (area - width * height)


def curve(ground_truth, detections):
    """Recall and precision after each detection that counts, by descending score."""
    taken, hits = set(), []
    for found in sorted(detections, key=lambda entry: -entry["score"]):
        of_image = [i for i, entry in enumerate(ground_truth) if entry["image"] == found["image"]]
        best = max(of_image, key=lambda i: overlap(found["box"], ground_truth[i]["box"]), default=None)
        if best is None or overlap(found["box"], ground_truth[best]["box"]) <= 0.5:
            hits.append(False)
        elif not ground_truth[best]["difficult"]:
            hits.append(best not in taken)
            taken.add(best)
    count = sum(not entry["difficult"] for entry in ground_truth)
    right = numpy.cumsum(hits)
    return right / max(count, 1), right / numpy.arange(1, len(hits) + 1), count


def voc2007(recall, precision):
    """The mean over eleven recalls of the highest precision from there on."""
    return float(numpy.mean([precision[recall >= step].max(initial=0) for step in numpy.linspace(0, 1, 11)]))


def voc2010(recall, precision):
    """The area below the curve, with precision made monotonous."""
    highest = numpy.maximum.accumulate(precision[::-1])[::-1]
    return float(numpy.sum(numpy.diff(recall, prepend=0) * highest))


def coco(document):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def sized(entry):
        left, top, right, bottom = entry["box"]
        return {
            "image_id": entry["image"], "category_id": entry["category"], "bbox": [left, top, right - left, bottom - top],
            "area": (right - left) * (bottom - top), "iscrowd": 0,
        }

    objects, both = document["groundTruth"], document["groundTruth"] + document["detections"]
    with contextlib.redirect_stdout(io.StringIO()):
        dataset = COCO()
        dataset.dataset = {
            "images": [{"id": image} for image in range(max(entry["image"] for entry in both) + 1)],
            "categories": [{"id": category} for category in sorted({entry["category"] for entry in objects})],
            "annotations": [sized(entry) | {"id": number + 1} for number, entry in enumerate(objects)],
        }
        dataset.createIndex()
        results = dataset.loadRes([sized(entry) | {"score": entry["score"]} for entry in document["detections"]])
        evaluation = COCOeval(dataset, results, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return {name: float(value) for name, value in zip(NAMES, evaluation.stats)}


def examples(random):
    ground_truth, detections = [], []
    for image in range(12):
        for _ in range(int(random.integers(0, 4))):
            corner, size = random.uniform(0, 400, 2), random.uniform(25, 220, 2)
            category, box = int(random.integers(3)), [*corner, *(corner + size)]
            ground_truth.append(
                {"image": image, "category": category, "box": box, "difficult": bool(random.random() < 0.2)}
            )
            for _ in range(int(random.integers(0, 4))):
                if random.random() < 0.2:
                    category = int(random.integers(3))
                moved = [float(edge + random.normal(0, 0.12) * size[i % 2]) for i, edge in enumerate(box)]
                if moved[2] > moved[0] and moved[3] > moved[1]:
                    detections.append(
                        {"image": image, "category": category, "box": moved, "score": float(random.random())}
                    )
    note = (
        "VOC: IoU > 0.5 on continuous boxes (no +1), difficult objects neither reward nor punish; COCO: pycocotools bbox "
        "(difficult flag not used there, iscrowd 0)"
    )
    return {"note": note, "groundTruth": ground_truth, "detections": detections}


def complete(document):
    classes = max(entry["category"] for entry in document["groundTruth"]) + 1
    for name, area in (("voc2007", voc2007), ("voc2010", voc2010)):
        document[name] = []
        for category in range(classes):
            parts = [[e for e in document[key] if e["category"] == category] for key in ("groundTruth", "detections")]
            recall, precision, count = curve(*parts)
            document[name].append(area(recall, precision) if count else -1)
    document["coco"] = coco(document)
    return document


if __name__ == "__main__":
    golden_file.run(__doc__, examples, complete, tolerance=1e-9)
