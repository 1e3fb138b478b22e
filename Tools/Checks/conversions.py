#!/usr/bin/env python3
"""Converts data sets from every format that is read to every format that is written, and back, and compares the results with the source.

    Tools/Checks/conversions.py .build/release/pinpoint [--work FOLDER] [--seed NUMBER]

Needs numpy and pillow. Each data set is written as VOC, COCO, YOLO, LabelMe, CVAT, Create ML, and as tables with and without a header,
with splits and without. `pinpoint data convert` makes VOC, COCO and YOLO of each, and COCO from each of these. It compares images
(id and content), boxes (to a thousandth of a pixel), classes, their numbers in COCO and YOLO, VOC's and COCO's flags, and
splits. Without splits the random seed divides the images, and conversions must keep that division. Exits with 1 when something differs.
"""

import argparse
import csv
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
from xml.sax.saxutils import escape, quoteattr

import numpy
from PIL import Image

TOLERANCE = 1e-3
CLASSES = ["zebra crossing", "apple", "Ärger & Co", "dog"]
SPLITS = ["train", "val", "test"]
FLAGS = ["iscrowd", "difficult", "truncated"]


class SourceImage:
    """An image with its objects: class, box `[x, y, width, height]` in pixels, flags."""

    def __init__(self, random, number, split, name):
        self.split = split
        self.name = name
        self.number = number
        self.width, self.height = int(random.integers(60, 400)), int(random.integers(60, 400))
        self.pixels = random.integers(0, 256, (self.height, self.width, 3), dtype=numpy.uint8)
        self.objects = []
        for _ in range(0 if number % 9 == 8 else int(random.integers(1, 6))):
            w, h = random.uniform(4, self.width - 4), random.uniform(4, self.height - 4)
            box = [random.uniform(1, self.width - w - 1), random.uniform(1, self.height - h - 1), w, h]
            flags = {flag: bool(random.uniform() < 0.15) for flag in FLAGS}
            self.objects.append((CLASSES[int(random.integers(len(CLASSES)))], [float(value) for value in box], flags))

    def reduced(self, digits):
        """Returns the objects with edges rounded to `digits` decimals, and without flags."""
        return [(name, on_grid(box, digits), {}) for name, box, _ in self.objects]


def on_grid(box, digits):
    x0, y0 = (math.floor(value * 10**digits) / 10**digits for value in box[:2])
    x1, y1 = (math.ceil((start + side) * 10**digits) / 10**digits for start, side in zip(box[:2], box[2:]))
    return [x0, y0, x1 - x0, y1 - y0]


class Source:
    """Writes a data set in one format, and knows its content."""

    # Whether each split has its own image folder, so that images with the same file name are told apart by their paths.
    folders = False
    # The format's numbers of classes; whether it has ids of images.
    categories = None
    has_identities = False

    def __init__(self, images, has_splits):
        self.images = images
        self.has_splits = has_splits
        # The objects written for each image, by its number.
        self.ground_truth = {}
        self.files = []

    def save(self, root, image, folder):
        file = root / folder / image.name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.pixels).save(file)
        self.files.append((image, file))
        return file

    def groups(self):
        """Returns the images by split."""
        if not self.has_splits:
            return {None: self.images}
        return {split: [image for image in self.images if image.split == split] for split in SPLITS}


class VOC(Source):
    def write(self, root):
        (root / "Annotations").mkdir()
        for image in self.images:
            self.save(root, image, "JPEGImages")
            self.ground_truth[image.number] = []
            lines = []
            for name, box, flags in image.objects:
                x, y, w, h = box = on_grid(box, 0)
                self.ground_truth[image.number].append((name, box, {flag: flags[flag] for flag in FLAGS[1:]}))
                lines.append(
                    f"<object><name>{escape(name)}</name><truncated>{int(flags['truncated'])}</truncated><difficult>"
                    f"{int(flags['difficult'])}</difficult><bndbox><xmin>{x + 1:.0f}</xmin><ymin>{y + 1:.0f}</ymin>"
                    f"<xmax>{x + w:.0f}</xmax><ymax>{y + h:.0f}</ymax></bndbox></object>")
            (root / "Annotations" / f"{pathlib.PurePath(image.name).stem}.xml").write_text(
                f"<annotation><filename>{escape(image.name)}</filename><size><width>{image.width}</width><height>"
                f"{image.height}</height><depth>3</depth></size>{''.join(lines)}</annotation>")
        if self.has_splits:
            (root / "ImageSets/Main").mkdir(parents=True)
            for split, images in self.groups().items():
                (root / f"ImageSets/Main/{split}.txt").write_text(
                    "".join(f"{pathlib.PurePath(image.name).stem}\n" for image in images))


class COCOFiles(Source):
    folders = True
    has_identities = True
    categories = {"zebra crossing": 40, "apple": 3, "Ärger & Co": 17, "dog": 2}

    def write(self, root):
        (root / "annotations").mkdir()
        for split, images in self.groups().items():
            entries, annotations = [], []
            for image in images:
                folder = f"images/{image.split}"
                self.save(root, image, folder)
                entries.append({
                    "id": image.number, "file_name": f"{image.split}/{image.name}", "width": image.width,
                    "height": image.height,
                })
                self.ground_truth[image.number] = image.objects
                for name, box, flags in image.objects:
                    annotations.append({
                        "id": len(annotations) + 1, "image_id": image.number, "category_id": self.categories[name],
                        "bbox": box, "area": box[2] * box[3] / 2, **{flag: int(flags[flag]) for flag in FLAGS},
                    })
            categories = [{"id": id, "name": name} for name, id in self.categories.items()]
            name = f"instances_{split}.json" if split else "instances.json"
            (root / "annotations" / name).write_text(
                json.dumps({"images": entries, "annotations": annotations, "categories": categories}))


class YOLO(Source):
    folders = True
    categories = {name: number for number, name in enumerate(CLASSES)}

    def write(self, root):
        for image in self.images:
            folder = image.split if self.has_splits else "."
            file = self.save(root, image, f"images/{folder}")
            label = (root / "labels" / folder / file.name).with_suffix(".txt")
            label.parent.mkdir(parents=True, exist_ok=True)
            lines, self.ground_truth[image.number] = [], []
            for name, (x, y, w, h), _ in image.objects:
                parts = [(x + w / 2) / image.width, (y + h / 2) / image.height, w / image.width, h / image.height]
                parts = [round(part, 6) for part in parts]
                w, h = parts[2] * image.width, parts[3] * image.height
                box = [parts[0] * image.width - w / 2, parts[1] * image.height - h / 2, w, h]
                self.ground_truth[image.number].append((name, box, {}))
                lines.append(f"{CLASSES.index(name)} {' '.join(f'{part:.6f}' for part in parts)}\n")
            label.write_text("".join(lines))
        splits = "".join(f"{split}: images/{split}\n" for split in SPLITS) if self.has_splits else "train: images\n"
        names = "".join(f"  {number}: {json.dumps(name)}\n" for number, name in enumerate(CLASSES))
        (root / "data.yaml").write_text(f"path: .\n{splits}names:\n{names}")


class LabelMe(Source):
    folders = True

    def write(self, root):
        for image in self.images:
            file = self.save(root, image, image.split if self.has_splits else ".")
            self.ground_truth[image.number] = image.objects
            shapes = []
            for place, (name, (x, y, w, h), _) in enumerate(image.objects):
                points, kind = [[x, y], [x + w, y + h]], "rectangle"
                if place % 2:
                    points, kind = [[x, y + h / 3], [x + w / 2, y], [x + w, y + h / 2], [x + w / 4, y + h]], "polygon"
                shapes.append({"label": name, "points": points, "shape_type": kind, "flags": {}, "group_id": None})
            file.with_suffix(".json").write_text(json.dumps({
                "version": "5.4.1", "flags": {}, "shapes": shapes, "imagePath": image.name, "imageData": None,
                "imageHeight": image.height, "imageWidth": image.width,
            }))
        self.ground_truth = {number: [(name, box, {}) for name, box, _ in objects] for number, objects in self.ground_truth.items()}


class CVAT(Source):
    def write(self, root):
        parts = []
        for image in self.images:
            self.save(root, image, "images")
            self.ground_truth[image.number] = image.reduced(2)
            shapes = []
            for place, (name, (x, y, w, h), _) in enumerate(self.ground_truth[image.number]):
                if place % 2:
                    shapes.append(
                        f'<polygon label={quoteattr(name)} points="{x:.2f},{y + h / 2:.2f};{x + w / 2:.2f},{y:.2f};'
                        f'{x + w:.2f},{y + h:.2f}"/>')
                else:
                    shapes.append(
                        f'<box label={quoteattr(name)} occluded="0" xtl="{x:.2f}" ytl="{y:.2f}" xbr="{x + w:.2f}" '
                        f'ybr="{y + h:.2f}"/>')
            subset = f' subset="{image.split}"' if self.has_splits else ""
            parts.append(
                f'<image id="{image.number}" name={quoteattr(image.name)}{subset} width="{image.width}" '
                f'height="{image.height}">{"".join(shapes)}</image>')
        labels = "".join(f"<label><name>{escape(name)}</name></label>" for name in CLASSES)
        (root / "annotations.xml").write_text(
            f'<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><meta><task><labels>{labels}</labels>'
            f"</task></meta>{''.join(parts)}</annotations>")


class CreateML(Source):
    folders = True

    def write(self, root):
        for split, images in self.groups().items():
            entries = []
            for image in images:
                self.save(root, image, split or ".")
                self.ground_truth[image.number] = [(name, box, {}) for name, box, _ in image.objects]
                entries.append({"image": image.name, "annotations": [
                    {"label": name, "coordinates": {"x": x + w / 2, "y": y + h / 2, "width": w, "height": h}}
                    for name, (x, y, w, h), _ in image.objects]})
            (root / (split or ".") / "_annotations.createml.json").write_text(json.dumps(entries))


class Table(Source):
    """TensorFlow's tutorials: VOC's edges under a header, one table per split; images without objects are in none."""

    def write(self, root):
        for split, images in self.groups().items():
            with open(root / (f"{split}_labels.csv" if split else "labels.csv"), "w", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"])
                for image in images:
                    self.save(root, image, "images")
                    if not image.objects:
                        continue
                    self.ground_truth[image.number] = image.reduced(0)
                    for name, (x, y, w, h), _ in self.ground_truth[image.number]:
                        edges = [round(value) for value in [x + 1, y + 1, x + w, y + h]]
                        writer.writerow([image.name, image.width, image.height, name, *edges])


class BareTable(Source):
    """keras-retinanet: `path,x1,y1,x2,y2,class` without a header; an image without objects has empty fields."""

    def write(self, root):
        for split, images in self.groups().items():
            with open(root / f"{split or 'annotations'}.csv", "w", newline="") as stream:
                writer = csv.writer(stream)
                for image in images:
                    self.save(root, image, "images")
                    self.ground_truth[image.number] = image.reduced(1)
                    for name, (x, y, w, h), _ in self.ground_truth[image.number]:
                        edges = [round(value, 1) for value in [x, y, x + w, y + h]]
                        writer.writerow([f"images/{image.name}", *edges, name])
                    if not image.objects:
                        writer.writerow([f"images/{image.name}", "", "", "", "", ""])


def images(random, namesakes):
    result = []
    for number in range(45):
        split = SPLITS[[0, 0, 1, 0, 2][number % 5]]
        # With one folder per split, the first image of each split has the same name.
        name = "same.png" if namesakes and number in [0, 2, 4] else ["{}.png", "a b {}.jpg", "ö.{}.png"][number % 3].format(number)
        result.append(SourceImage(random, 1000 - 7 * number, split, name))
    return result


class Check:
    def __init__(self, program, work):
        self.program, self.work = program, work
        self.worst = 0.0

    def convert(self, source, target, form):
        result = subprocess.run(
            [str(part) for part in (self.program, "data", "convert", source, target, "--to", form)],
            capture_output=True, text=True)
        if result.returncode != 0:
            raise ValueError(result.stderr.strip()[-300:])

    def read(self, root):
        """Reads a COCO folder: for each image its split, file, file name without extension, id and objects."""
        found, categories = [], {}
        for file in sorted((root / "annotations").iterdir()):
            split = file.stem.split("_", 1)[1]
            document = json.loads(file.read_text())
            names = {entry["id"]: entry["name"] for entry in document["categories"]}
            categories |= {name: id for id, name in names.items()}
            objects = {image["id"]: [] for image in document["images"]}
            for entry in document["annotations"]:
                flags = {flag: bool(entry.get(flag)) for flag in FLAGS}
                objects[entry["image_id"]].append((names[entry["category_id"]], entry["bbox"], flags))
            for image in document["images"]:
                file = root / "images" / image["file_name"]
                found.append((split, file, str(pathlib.PurePath(image["file_name"]).with_suffix("")), image["id"],
                              objects[image["id"]]))
        return found, categories

    def compare(self, source, images, root, via, division):
        """Yields the differences; `division` is filled with, or compared with, the splits that the seed made.

        `images` are the source's images by file content.
        """
        found, categories = self.read(root)
        expected = source.ground_truth
        if source.categories:
            wrong = {name: id for name, id in categories.items() if source.categories.get(name) != id}
            if wrong:
                yield f"classes have other numbers: {wrong}"
        seen = set()
        for split, file, name, identity, objects in found:
            image = images.get(file.read_bytes())
            if image is None:
                yield f"{file.name} is not an image of the source"
                continue
            seen.add(image.number)
            if source.has_identities and identity != image.number:
                yield f"image {image.number} has the id {identity}"
            stem = image.name.rsplit(".", 1)[0]
            if name.rsplit("/", 1)[-1] != stem or (name != stem) != (stem == "same"):
                yield f"'{image.name}' is named '{name}'"
            if source.has_splits:
                if split != image.split:
                    yield f"'{name}' is in '{split}', not in '{image.split}'"
            elif division.setdefault(image.number, split) != split:
                yield f"'{name}' is in '{split}', but was in '{division[image.number]}' before"
            wanted = expected.get(image.number, [])
            if via == "yolo":
                wanted = [(n, box, {}) for n, box, flags in wanted if not flags.get("iscrowd")]
            yield from self.compare_objects(name, objects, wanted)
        wanted = set(expected)
        if via == "yolo":
            # YOLO has no crowds, so images with nothing else would be background.
            wanted -= {number for number, objects in expected.items()
                       if objects and all(flags.get("iscrowd") for _, _, flags in objects)}
        if seen != wanted:
            yield f"{len(seen)} images instead of {len(wanted)}"

    def compare_objects(self, name, objects, wanted):
        key = lambda item: (item[0], [round(value) for value in item[1]], item[1])
        left = list(objects)
        if len(objects) != len(wanted):
            yield f"'{name}' has {len(objects)} objects, not {len(wanted)}"
            return
        for class_name, box, flags in sorted(wanted, key=key):
            same = [item for item in left if item[0] == class_name]
            if not same:
                yield f"'{name}' lacks an object of '{class_name}'"
                return
            nearest = min(same, key=lambda item: max(abs(a - b) for a, b in zip(item[1], box)))
            left.remove(nearest)
            difference = max(abs(a - b) for a, b in zip(nearest[1], box))
            self.worst = max(self.worst, difference)
            if not difference <= TOLERANCE:
                yield f"'{name}': a box of '{class_name}' is {nearest[1]}, not {box}"
            for flag, value in flags.items():
                if nearest[2][flag] != value:
                    yield f"'{name}': an object of '{class_name}' has lost or gained {flag}"

    def source(self, kind, random, has_splits):
        source = kind(images(random, namesakes=kind.folders and has_splits), has_splits)
        title = f"{kind.__name__}{'' if has_splits else ', no splits'}"
        root = self.work / title.replace(", ", "-").replace(" ", "-")
        data = root / "source"
        data.mkdir(parents=True)
        source.write(data)
        by_content = {file.read_bytes(): image for image, file in source.files}
        division, failures = {}, []
        for form in ["coco", "voc", "yolo"]:
            try:
                self.convert(data, root / form, form)
                if form == "coco":
                    failures += [f"to coco: {words}" for words in self.compare(source, by_content, root / form, form, division)]
                self.convert(root / form, root / f"{form}-coco", "coco")
                failures += [
                    f"to {form} and coco: {words}"
                    for words in self.compare(source, by_content, root / f"{form}-coco", form, division)]
            except ValueError as error:
                failures.append(f"to {form}: {error}")
        return title, failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path, help="the folder for all files, which are kept; by default a temporary folder")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    work = options.work or pathlib.Path(tempfile.mkdtemp())
    try:
        check = Check(options.program.resolve(), work.resolve())
        random, count = numpy.random.default_rng(options.seed), 0
        for kind in [VOC, COCOFiles, YOLO, LabelMe, CVAT, CreateML, Table, BareTable]:
            for has_splits in [True, False]:
                title, failures = check.source(kind, random, has_splits)
                count += len(failures)
                print("\n".join([f"{title:24}{'differs' if failures else 'same'}"] + [f"  {f}" for f in failures[:12]]),
                      flush=True)
        print(f"{count} differences; the greatest difference of an edge is {check.worst:.1e} pixels")
        sys.exit(1 if count else 0)
    finally:
        if not options.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
