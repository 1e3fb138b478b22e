#!/usr/bin/env python3
"""Measures the time and memory that data sets of COCO's size take: reading, checking, and the time until training's first step.

    Tools/Checks/large_datasets.py .build/release/pinpoint [--full] [--work FOLDER]

Needs numpy and pillow. Makes COCO files like train2017's (118,000 images, 860,000 boxes of 80 categories, with polygons and without;
a tenth of that without --full), whose small images are hard links to a few files, the same without any image, and 20,000 VOC files
(2,000). Prints wall-clock time, processor time and peak memory of each command, and exits with 1 when one exceeds its
limit: 25 s and 2 GB for checking only the annotations, 30 s until the first step, 10 s for VOC's files. The limits are for
--full on two otherwise idle cores; without --full they are the same.
"""

import argparse
import json
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import numpy
from PIL import Image

CATEGORIES = 80
SIZES = [(96, 72), (72, 96), (96, 64), (64, 64)]
# A file system allows at most 65,000 links to one file.
FILES = 16
MEGABYTE = 1 << 20


def make_files(folder, random):
    """Makes a few small images; image i has the size SIZES[i % 4]."""
    folder.mkdir(parents=True)
    files = []
    for place in range(FILES):
        width, height = SIZES[place % len(SIZES)]
        pixels = random.integers(0, 256, (height // 8, width // 8, 3), dtype=numpy.uint8)
        files.append(folder / f"{place}.jpg")
        Image.fromarray(pixels).resize((width, height)).save(files[-1], quality=80)
    return files


def polygons(random):
    """Returns outlines as JSON text; their shape does not matter, since every object has a box."""
    return [
        json.dumps([[round(float(value), 2) for value in random.uniform(0, 64, 2 * int(random.integers(4, 40)))]])
        for _ in range(500)
    ]


def boxes(random, count, widths, heights):
    """Returns boxes inside their images, most of them small, rounded as COCO's are."""
    w = widths * numpy.clip(random.exponential(0.22, count), 0.03, 0.95)
    h = heights * numpy.clip(random.exponential(0.22, count), 0.03, 0.95)
    x, y = random.uniform(0, 1, count) * (widths - w), random.uniform(0, 1, count) * (heights - h)
    return numpy.floor(numpy.stack([x, y, w, h], 1) * 100) / 100


def write_coco(file, random, image_count, object_count, outlines):
    """Writes a document like COCO's, on one line; images without annotations are background."""
    file.parent.mkdir(parents=True, exist_ok=True)
    owners = random.integers(0, image_count - image_count // 100, object_count)
    sizes = numpy.array([SIZES[(number % FILES) % len(SIZES)] for number in range(image_count)])
    places = boxes(random, object_count, sizes[owners, 0], sizes[owners, 1])
    categories = 1 + random.integers(0, CATEGORIES, object_count)
    crowds = random.uniform(0, 1, object_count) < 0.01
    with open(file, "w") as stream:
        stream.write('{"info": {"year": 2017}, "licenses": [], "images": [')
        stream.write(", ".join(
            f'{{"license": 4, "file_name": "{number + 1:012}.jpg", "coco_url": "http://images/{number + 1:012}.jpg", '
            f'"height": {sizes[number, 1]}, "width": {sizes[number, 0]}, "date_captured": "2013-11-14 17:02:52", '
            f'"id": {number + 1}}}' for number in range(image_count)))
        stream.write('], "annotations": [')
        for index in range(object_count):
            x, y, w, h = (float(value) for value in places[index])
            outline = f'"segmentation": {outlines[index % len(outlines)]}, ' if outlines else ""
            stream.write(
                f'{", " if index else ""}{{{outline}"area": {w * h:.4f}, "iscrowd": {int(crowds[index])}, '
                f'"image_id": {owners[index] + 1}, "bbox": [{x}, {y}, {w}, {h}], "category_id": {categories[index]}, '
                f'"id": {index + 900100000000}}}')
        stream.write('], "categories": [')
        stream.write(", ".join(
            f'{{"supercategory": "thing", "id": {number}, "name": "class {number}"}}'
            for number in range(1, CATEGORIES + 1)))
        stream.write("]}")


def link_images(folder, files, names):
    folder.mkdir(parents=True, exist_ok=True)
    for index, name in enumerate(names):
        os.link(files[index % FILES], folder / name)


def write_voc(root, random, files, count):
    for folder in ["Annotations", "ImageSets/Main"]:
        (root / folder).mkdir(parents=True)
    names = [f"{number:06}" for number in range(count)]
    link_images(root / "JPEGImages", files, [f"{name}.jpg" for name in names])
    for number, name in enumerate(names):
        width, height = SIZES[(number % FILES) % len(SIZES)]
        objects = int(random.integers(1, 6))
        corners = boxes(random, objects, numpy.full(objects, width), numpy.full(objects, height))
        lines = "".join(
            f"\t<object>\n\t\t<name>class {int(random.integers(20))}</name>\n\t\t<pose>Unspecified</pose>\n"
            f"\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n\t\t\t<xmin>{int(x) + 1}</xmin>\n"
            f"\t\t\t<ymin>{int(y) + 1}</ymin>\n\t\t\t<xmax>{int(x + w) + 1}</xmax>\n\t\t\t<ymax>{int(y + h) + 1}</ymax>\n"
            "\t\t</bndbox>\n\t</object>\n" for x, y, w, h in corners)
        (root / "Annotations" / f"{name}.xml").write_text(
            f"<annotation>\n\t<folder>VOC</folder>\n\t<filename>{name}.jpg</filename>\n\t<size>\n\t\t<width>{width}</width>\n"
            f"\t\t<height>{height}</height>\n\t\t<depth>3</depth>\n\t</size>\n{lines}</annotation>\n")
    for split, part in [("train", names[:-count // 5]), ("val", names[-count // 5:])]:
        (root / "ImageSets/Main" / f"{split}.txt").write_text("".join(f"{name}\n" for name in part))


def measure(command):
    """Runs a command and returns its output, seconds, processor seconds and peak memory in bytes."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise RuntimeError(errors.read().decode(errors="replace").strip()[-400:])
        return output.read().decode(), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10


def first_step(program, data, work):
    """Trains until the progress bar of the first step appears, which is only drawn on a terminal."""
    command = [program, "train", "--voc", data, "--name", "large", "--replace"]
    command += ["--set", "training.epochs=1", "--set", "input.size=64"]
    start = time.monotonic()
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(work)
        os.execv(command[0], [str(part) for part in command])
    text = b""
    while b"epoch 1/" not in text:
        try:
            more = os.read(terminal, 1 << 16)
        except OSError:
            more = b""
        if not more:
            raise RuntimeError(text.decode(errors="replace").strip()[-400:])
        text += more
    seconds = time.monotonic() - start
    os.kill(process, signal.SIGKILL)
    _, _, usage = os.wait4(process, 0)
    os.close(terminal)
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10


class Table:
    """Rows of measurements, and whether they are within their limits."""

    def __init__(self):
        self.failures = 0
        print(f"{'':50}{'time':>9}{'processor':>11}{'memory':>10}   limit")

    def add(self, name, seconds, processor, memory, most_seconds=None, most_memory=None):
        asked = [f"{most_seconds} s" if most_seconds else "", f"{most_memory >> 20} MB" if most_memory else ""]
        fails = bool(most_seconds and seconds > most_seconds or most_memory and memory > most_memory)
        self.failures += fails
        words = ", ".join(part for part in asked if part)
        print(
            f"{name:50}{seconds:7.1f} s{processor:9.1f} s{memory / MEGABYTE:7.0f} MB   {words or '-'}"
            f"{'  TOO MUCH' if fails else ''}", flush=True)


def require(output, images, objects):
    summary = json.loads(output)["summary"]
    if (summary["images"], summary["objects"]) != (images, objects):
        raise RuntimeError(f"{summary['images']} images and {summary['objects']} objects, not {images} and {objects}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--full", action="store_true", help="COCO's size; by default a tenth of it")
    parser.add_argument("--work", type=pathlib.Path, help="the folder for the data, which are kept; by default a temporary folder")
    options = parser.parse_args()
    program = options.program.resolve()
    scale = 1 if options.full else 10
    image_count, object_count, voc_count = 118_000 // scale, 860_000 // scale, 20_000 // scale
    work = options.work or pathlib.Path(tempfile.mkdtemp())
    random = numpy.random.default_rng(1)
    try:
        if not (work / "voc").exists():
            files = make_files(work / "files", random)
            names = [f"{number + 1:012}.jpg" for number in range(image_count)]
            for name, outlines in [("boxes", None), ("polygons", polygons(random))]:
                annotations = work / name / "annotations" / "instances_train2017.json"
                write_coco(annotations, random, image_count, object_count, outlines)
                link_images(work / name / "train2017", files, names)
                (work / f"{name}-alone").mkdir()
                os.link(annotations, work / f"{name}-alone" / annotations.name)
            write_voc(work / "voc", random, files, voc_count)
        table = Table()
        for name in ["boxes", "polygons"]:
            file = work / name / "annotations" / "instances_train2017.json"
            title = f"COCO, {name}, {file.stat().st_size // 10**6} MB"
            for folder, words in [(work / f"{name}-alone", "no images"), (work / name, "with images")]:
                output, *figures = measure([program, "data", "check", folder, "--annotations-only", "--json"])
                require(output, image_count, object_count)
                table.add(f"{title}: annotations, {words}", *figures, 25, 2 << 30)
            _, *figures = measure([program, "data", "check", work / name, "--json"])
            table.add(f"{title}: check", *figures)
            table.add(f"{title}: first step", *first_step(program, work / name, work), 30)
        _, *figures = measure([program, "data", "check", work / "voc", "--annotations-only", "--json"])
        table.add(f"VOC, {voc_count} files: annotations", *figures, 10)
        _, *figures = measure([program, "data", "check", work / "voc", "--json"])
        table.add(f"VOC, {voc_count} files: check", *figures)
        table.add(f"VOC, {voc_count} files: first step", *first_step(program, work / "voc", work), 10)
        sys.exit(1 if table.failures else 0)
    finally:
        if not options.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
