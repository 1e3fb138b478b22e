#!/usr/bin/env python3
"""Compares the reading and scoring of COCO data sets with pycocotools.

    Tools/Checks/coco_loader.py .build/release/pinpoint [--work FOLDER] [--seed NUMBER]

Needs numpy, pillow and pycocotools. Makes ten data sets: image ids from 0, with gaps, above 2^53 and as strings; crowds; masks and
polygons without boxes; hundreds of categories, listed backwards; images and categories without objects; several splits and folders.
For each, it compares
- the index, as `pinpoint data convert --to coco` writes it and `pinpoint data check --json` counts it: images by id with
  size and content, objects with box, category and crowd, the images of each split;
- the twelve numbers of `pinpoint evaluate --detections` for synthetic detections (hits, misses, false positives, equal scores) with
  COCOeval's, to 1e-9;
- the same for the detections of a briefly trained model: loadRes reads what `pinpoint evaluate --model --output` writes, and
  COCOeval gives the same scores.
Exits with 1 when something differs.
"""

import argparse
import collections
import contextlib
import copy
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy
from PIL import Image
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NUMBERS = ["AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge"]
TOLERANCE = 1e-9
PALETTE = [(220, 40, 40), (40, 180, 60), (50, 80, 230), (230, 200, 40)]


class Case:
    """A data set: one COCO document per split, and the images."""

    def __init__(self, name, random, ids, categories=None, crowds=0.0, outline=None, folders=("",), splits=("all",),
                 objects=(1, 7), stated_area=True):
        self.name = name
        self.random = random
        self.categories = categories or [(1, "disk"), (2, "bar"), (3, "square"), (4, "star")]
        self.used = [category for category in self.categories if not category[1].startswith("unused")]
        self.documents = {split: {"images": [], "annotations": [], "categories": []} for split in splits}
        self.pixels = {}
        number = 0
        for index, identity in enumerate(ids):
            split = splits[index % len(splits)]
            # The same file name in several folders, if there are any.
            folder = folders[index % len(folders)]
            name = f"{folder}{index // len(folders):05}.png"
            width, height = int(random.integers(120, 260)), int(random.integers(120, 260))
            self.documents[split]["images"].append(
                {"id": identity, "file_name": name, "width": width, "height": height})
            pixels = random.integers(90, 140, (height, width, 3), dtype=numpy.uint8)
            for _ in range(int(random.integers(*objects))):
                number += 1
                entry = self.annotation(number, identity, width, height, pixels, crowds, outline)
                if not stated_area:
                    del entry["area"]
                self.documents[split]["annotations"].append(entry)
            self.pixels[name] = pixels
        for document in self.documents.values():
            document["categories"] = [{"id": id, "name": name} for id, name in self.categories]

    def annotation(self, number, identity, width, height, pixels, crowds, outline):
        random = self.random
        # Small, medium and large objects, by COCO's definition.
        w = float(numpy.clip(random.choice([18, 50, 130]) * random.uniform(0.5, 1.4), 4, width - 2))
        h = float(numpy.clip(w * random.uniform(0.6, 1.6), 4, height - 2))
        x, y = (round(float(random.uniform(0, limit)), 2) for limit in [width - w - 0.1, height - h - 0.1])
        w, h = round(w, 2), round(h, 2)
        place = int(random.integers(len(self.used)))
        pixels[int(y):int(y + h), int(x):int(x + w)] = PALETTE[place % len(PALETTE)]
        entry = {
            "id": number, "image_id": identity, "category_id": self.used[place][0], "iscrowd": 0, "area": w * h,
            "bbox": [x, y, w, h],
        }
        kind = outline
        if random.uniform() < crowds:
            entry["iscrowd"] = 1
            kind = kind or "list"
        if kind:
            self.draw_outline(entry, kind if kind != "masks" else ["text", "list"][number % 2], width, height)
            if outline:
                del entry["bbox"]
        return entry

    def draw_outline(self, entry, kind, width, height):
        x, y, w, h = entry["bbox"]
        if kind == "polygons":
            angles = numpy.sort(self.random.uniform(0, 2 * numpy.pi, 9))
            polygon = numpy.stack([x + w / 2 * (1 + numpy.cos(angles)), y + h / 2 * (1 + numpy.sin(angles))], 1)
            parts = [polygon[:5], polygon[4:]] if entry["id"] % 3 == 0 else [polygon]
            entry["segmentation"] = [[round(float(value), 3) for value in part.ravel()] for part in parts]
            return
        mask = numpy.zeros((height, width), dtype=numpy.uint8, order="F")
        rows, columns = numpy.mgrid[:height, :width]
        mask[((columns - x - w / 2) / (w / 2)) ** 2 + ((rows - y - h / 2) / (h / 2)) ** 2 <= 1] = 1
        encoded = masks.encode(mask)
        counts = encoded["counts"].decode()
        if kind == "list":
            counts = runs_of(mask.ravel(order="F"))
        entry["segmentation"] = {"size": [height, width], "counts": counts}

    def write(self, root):
        (root / "annotations").mkdir(parents=True)
        for split, document in self.documents.items():
            name = "instances" if split == "all" else f"instances_{split}"
            (root / "annotations" / f"{name}.json").write_text(json.dumps(document))
        for name, pixels in self.pixels.items():
            file = root / "images" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(file)

    def reference(self, split):
        """Returns the split's document with a box for every object, as pycocotools requires."""
        document = copy.deepcopy(self.documents[split])
        for entry in document["annotations"]:
            if "bbox" not in entry:
                entry["bbox"] = box_of(entry)
            entry.setdefault("area", entry["bbox"][2] * entry["bbox"][3])
        return document


def runs_of(pixels):
    """Returns the lengths of runs of zeros and ones in turn, zeros first."""
    borders = numpy.flatnonzero(numpy.diff(pixels)) + 1
    lengths = numpy.diff(numpy.concatenate([[0], borders, [len(pixels)]]))
    return ([0] if pixels[0] else []) + [int(length) for length in lengths]


def box_of(entry):
    """Returns the box around an outline: for masks pycocotools' own, for polygons the extreme coordinates, since their pixels are not
    uniquely defined."""
    outline = entry.get("segmentation")
    if isinstance(outline, list):
        xs, ys = [v for part in outline for v in part[::2]], [v for part in outline for v in part[1::2]]
        return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]
    if isinstance(outline["counts"], list):
        outline = masks.frPyObjects(outline, *outline["size"])
    return [float(value) for value in masks.toBbox(outline)]


def cases(random):
    many = [(1000 - 3 * number, f"kind {number}") for number in range(300)]
    sparse = [(7, "disk"), (1, "bar"), (90, "square"), (13, "star")]
    gaps = [int(value) for value in random.permutation(10**6)[:36]]
    huge = [2**53 + 1, 2**53 + 2, 2**63 - 1, 2**62 + 7] + [int(random.integers(2**53, 2**63 - 2)) for _ in range(32)]
    words = [f"{random.choice(['a', 'Bild', 'ü'])} {number}" for number in range(30)] + ["007", "7x", "0"]
    splits = ("train", "val", "test", "minival")
    yield Case("ids from 0", random, range(36))
    yield Case("gaps", random, gaps, sparse)
    yield Case("huge ids", random, huge, sparse)
    yield Case("texts", random, words, sparse)
    yield Case("crowds", random, range(10, 46), crowds=0.2)
    yield Case("masks", random, range(1, 30), outline="masks", crowds=0.1)
    yield Case("polygons", random, range(1, 36), outline="polygons", stated_area=False)
    yield Case("many categories", random, range(100, 160), many[::-1], objects=(5, 30))
    yield Case("nothing in it", random, gaps, [(5, "unused a")] + sparse + [(6, "unused b")], objects=(0, 2))
    yield Case("splits", random, gaps + huge, sparse, folders=("a/", "b/", "b/c/"), splits=splits)


def detections(document, random):
    """Makes hits, misses, false positives and duplicate detections, with two-digit scores, so that many are equal."""
    sizes = {image["id"]: (image["width"], image["height"]) for image in document["images"]}
    categories = [category["id"] for category in document["categories"]]
    results = []

    def add(image, category, box):
        results.append({
            "image_id": image, "category_id": category, "bbox": [round(float(value), 3) for value in box],
            "score": round(float(random.uniform(0.05, 1)), 2),
        })

    for entry in document["annotations"]:
        x, y, w, h = entry["bbox"]
        for _ in range(int(random.choice([0, 1, 1, 1, 2]))):
            shift = random.normal(0, random.choice([0.01, 0.05, 0.15]), 4)
            category = entry["category_id"] if random.uniform() < 0.9 else int(random.choice(categories))
            add(entry["image_id"], category,
                [x + shift[0] * w, y + shift[1] * h, w * numpy.exp(shift[2]), h * numpy.exp(shift[3])])
    for image, (width, height) in sizes.items():
        for _ in range(int(random.integers(0, 5))):
            w, h = random.uniform(4, 100), random.uniform(4, 100)
            add(image, int(random.choice(categories)), [random.uniform(0, width), random.uniform(0, height), w, h])
    # More detections of one image and class than are evaluated.
    image = document["images"][0]
    for _ in range(130):
        add(image["id"], categories[0], [random.uniform(0, image["width"]), random.uniform(0, image["height"]), 20, 30])
    random.shuffle(results)
    return results


def score(document, file):
    """Returns COCOeval's twelve numbers."""
    with contextlib.redirect_stdout(io.StringIO()):
        ground_truth = COCO()
        ground_truth.dataset = document
        ground_truth.createIndex()
        evaluation = COCOeval(ground_truth, ground_truth.loadRes(str(file)), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return dict(zip(NUMBERS, (float(value) for value in evaluation.stats)))


class Check:
    """Runs the program, and records the differences."""

    def __init__(self, program, work):
        self.program = program
        self.work = work
        self.failures = []
        self.worst = 0.0

    def run(self, *arguments):
        result = subprocess.run(
            [str(argument) for argument in (self.program, *arguments)], capture_output=True, text=True, cwd=self.work)
        if result.returncode != 0:
            raise RuntimeError(result.stderr.strip()[-400:])
        return result.stdout

    def fail(self, case, words):
        self.failures.append(f"{case.name}: {words}")

    def index(self, case, root):
        """Compares the index, read back from a copy."""
        copy_root = self.work / f"{case.name} again"
        self.run("data", "convert", root, copy_root, "--to", "coco")
        found = {}
        for file in sorted((copy_root / "annotations").iterdir()):
            found[file.stem.removeprefix("instances_")] = json.loads(file.read_text())
        if list(case.documents) == ["all"]:
            # The random seed has divided the images.
            if sorted(found) != ["train", "val"]:
                return self.fail(case, f"the splits are {sorted(found)}")
            found = {"all": {key: found["train"][key] + found["val"][key] for key in ["images", "annotations"]}
                     | {"categories": found["train"]["categories"]}}
        if sorted(found) != sorted(case.documents):
            return self.fail(case, f"the splits are {sorted(found)}, not {sorted(case.documents)}")
        for split, document in found.items():
            self.compare(case, split, document, case.reference(split), root, copy_root)
        self.counts(case, json.loads(self.run("data", "check", root, "--json"))["summary"])

    def compare(self, case, split, ours, expected, root, copy_root):
        images = {image["id"]: image for image in ours["images"]}
        if len(images) != len(ours["images"]) or set(images) != {image["id"] for image in expected["images"]}:
            return self.fail(case, f"{split}: the images differ from those of the file")
        for image in expected["images"]:
            own = images[image["id"]]
            if (own["width"], own["height"]) != (image["width"], image["height"]):
                self.fail(case, f"{split}: image {image['id']} has a different size")
            files = [root / "images" / image["file_name"], copy_root / "images" / own["file_name"]]
            if files[0].read_bytes() != files[1].read_bytes():
                self.fail(case, f"{split}: image {image['id']} is a different file")
        names = {category["id"]: category["name"] for category in expected["categories"]}
        own_names = {category["id"]: category["name"] for category in ours["categories"]}
        if any(names.get(id) != name for id, name in own_names.items()):
            self.fail(case, f"{split}: the categories are {own_names}")
        lists = [collections.defaultdict(list), collections.defaultdict(list)]
        for document, objects in zip([ours, expected], lists):
            for entry in document["annotations"]:
                objects[entry["image_id"], entry["category_id"], entry["iscrowd"]].append(
                    entry["bbox"] + [entry["area"]])
        if {key: len(value) for key, value in lists[0].items()} != {key: len(value) for key, value in lists[1].items()}:
            return self.fail(case, f"{split}: the objects differ from those of the file")
        for key, boxes in lists[1].items():
            difference = numpy.abs(numpy.array(sorted(boxes)) - numpy.array(sorted(lists[0][key]))).max()
            # Coordinates are written with four decimals.
            if not difference <= 1.01e-4:
                self.fail(case, f"{split}: the boxes of {key} differ by {difference:.3g}")

    def counts(self, case, summary):
        documents = case.documents.values()
        expected = {
            "images": sum(len(document["images"]) for document in documents),
            "objects": sum(len(document["annotations"]) for document in documents), "unusable": 0,
        }
        for key, value in expected.items():
            if summary[key] != value:
                self.fail(case, f"check counts {summary[key]} {key}, not {value}")
        names = dict(case.categories)
        objects = collections.Counter(
            names[entry["category_id"]] for document in documents for entry in document["annotations"])
        if {name: value["objects"] for name, value in summary["classes"].items()} != dict(objects):
            self.fail(case, "check counts different numbers of objects per class")
        if list(case.documents) == ["all"]:
            return
        for split, document in case.documents.items():
            own = summary["splits"].get(split, {})
            if (own.get("images"), own.get("objects")) != (len(document["images"]), len(document["annotations"])):
                self.fail(case, f"check counts {own} in '{split}'")

    def scores(self, case, split, ours, theirs, words):
        for name in NUMBERS:
            difference = abs(ours[name] - theirs[name])
            self.worst = max(self.worst, difference)
            if not difference <= TOLERANCE:
                self.fail(case, f"{split}, {words}: {name} is {ours[name]:.12f}, but COCOeval's is {theirs[name]:.12f}")

    def detections(self, case, root):
        for split in case.documents:
            document = case.reference(split)
            file = self.work / f"{case.name} {split}.json"
            file.write_text(json.dumps(detections(document, case.random)))
            ours = json.loads(self.run("evaluate", "--voc", root, "--split", split, "--detections", file, "--json"))
            self.scores(case, split, ours, score(document, file), "synthetic detections")

    def train(self, root):
        self.run("train", "--voc", root, "--name", "model", "--replace", "--set", "training.epochs=1", "--set", "input.size=64",
                 "--set", "training.batchSize=4")
        return self.work / "Runs" / "model"

    def model(self, case, root, model):
        for split in case.documents:
            output = self.work / f"{case.name} {split} found"
            ours = json.loads(self.run(
                "evaluate", "--model", model, "--voc", root, "--split", split, "--output", output, "--json"))
            file = output / "detections.json"
            if not json.loads(file.read_text()):
                self.fail(case, f"{split}: the model finds nothing")
                continue
            self.scores(case, split, ours, score(case.reference(split), file), "a model's detections")
            again = json.loads(self.run("evaluate", "--voc", root, "--split", split, "--detections", file, "--json"))
            self.scores(case, split, again, ours, "the file of a model's detections, scored again")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, help="the folder for all files, which are kept; by default a temporary folder")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    work = options.work or pathlib.Path(tempfile.mkdtemp())
    try:
        work.mkdir(parents=True, exist_ok=True)
        check, model = Check(options.program.resolve(), work.resolve()), None
        for case in cases(numpy.random.default_rng(options.seed)):
            root = check.work / case.name
            case.write(root)
            before = len(check.failures)
            check.index(case, root)
            check.detections(case, root)
            # One model for all data sets that have its classes.
            if case.name == "gaps":
                model = check.train(root)
            if model and {name for _, name in case.used} == {"disk", "bar", "square", "star"}:
                check.model(case, root, model)
            new = check.failures[before:]
            print("\n".join([f"{case.name:20}{'differs' if new else 'same'}"] + [f"  {words}" for words in new]), flush=True)
        print(f"{len(check.failures)} differences; the greatest difference of a score is {check.worst:.1e}")
        sys.exit(1 if check.failures else 0)
    finally:
        if not options.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
