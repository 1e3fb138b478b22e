"""Writes tiny images of every format and kind, and their pixels as Pillow and NumPy read them, to Tests/ImagesTests/Files.

    pip install pillow numpy tifffile imagecodecs
    python Tools/Goldens/images.py
"""

import base64
import json
import pathlib
import struct

import numpy as np
import tifffile
from PIL import Image, ImageOps

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "ImagesTests" / "Files"
HEIGHT, WIDTH = 7, 9

rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
rgb = np.stack([columns * 25 % 256, rows * 30 % 256, (columns + rows) * 14 % 256], 2).astype(np.uint8)
color = Image.fromarray(rgb)
gray = color.convert("L")
gray16 = np.array(gray).astype(np.uint16) * 257
bits = color.convert("1")
palette = color.quantize(13)
rgba = color.copy()
rgba.putalpha(Image.fromarray((columns * 28 % 256).astype(np.uint8)))
turned = Image.Exif()
turned[0x112] = 6

# Pixels of files that Pillow cannot read, or reads differently than documented here.
known = {}


def save(image, name, **options):
    image.save(FOLDER / name, **options)


def tiff(name, samples, pixels=None, **options):
    tifffile.imwrite(FOLDER / name, samples, metadata=None, software="", **options)
    if pixels is not None:
        known[name] = pixels


def png():
    save(color, "rgb.png")
    save(rgba, "rgba.png")
    save(palette, "palette.png", transparency=3)
    save(gray.convert("LA"), "gray-alpha.png")
    save(Image.fromarray(gray16), "gray16.png")
    save(bits, "bits.png")
    save(color, "turned.png", exif=turned)
    save(color, "moving.png", save_all=True, append_images=[color.transpose(0)])
    known["gray16.png"] = np.stack([np.array(gray)] * 3, 2)


def jpeg():
    save(color, "colour.jpg", quality=60)
    save(color, "progressive.jpg", quality=60, progressive=True)
    save(gray, "gray.jpg", quality=60)
    save(color.convert("CMYK"), "cmyk.jpg", quality=60)
    save(color, "turned.jpg", quality=60, exif=turned)
    save(color.resize((40, 30)), "restarts.jpg", quality=30, restart_marker_blocks=1)


def webp():
    save(color, "lossy.webp", quality=60)
    save(color, "lossless.webp", lossless=True)
    save(rgba, "alpha.webp", quality=60)
    save(rgba, "lossless-alpha.webp", lossless=True)
    save(rgba, "moving.webp", save_all=True, append_images=[color.convert("RGBA")], lossless=True)
    save(color, "turned.webp", lossless=True, exif=turned)


def gif():
    save(palette, "plain.gif")
    save(palette, "transparent.gif", transparency=3)
    save(palette, "interlaced.gif", interlace=1)
    save(palette, "moving.gif", save_all=True, append_images=[palette.transpose(0)], duration=50)
    save(bits, "bits.gif")


def tif():
    save(color, "plain.tif")
    for name, compression in [("lzw", "tiff_lzw"), ("deflate", "tiff_adobe_deflate"), ("packbits", "packbits")]:
        save(color, name + ".tif", compression=compression)
    save(bits, "fax3.tif", compression="group3")
    save(bits, "fax4.tif", compression="group4")
    save(palette, "palette.tif", compression="tiff_lzw")
    save(color.convert("CMYK"), "cmyk.tif", compression="packbits")
    save(rgba, "rgba.tif")
    big = np.tile(rgb, (3, 3, 1))
    plain = np.stack([np.array(gray)] * 3, 2)
    tiff("gray16.tif", gray16, plain, byteorder=">")
    # As written by 12-bit cameras.
    tiff("gray12.tif", gray16 >> 4, plain)
    tiff("float.tif", (np.array(gray) / 255).astype(np.float32), plain, compression="zlib", predictor=True)
    tiff("half.tif", (np.array(gray) / 255).astype(np.float16), plain)
    least, most = np.array(gray).min(), np.array(gray).max()
    stretched = np.rint((np.array(gray) - float(least)) / (most - least) * 255).astype(np.uint8)
    tiff("signed.tif", np.array(gray).astype(np.int16) * 100 - 9000, np.stack([stretched] * 3, 2))
    tiff("planes.tif", np.moveaxis(rgb, 2, 0).copy(), photometric="rgb", planarconfig="separate")
    tiff("tiles.tif", big, photometric="rgb", tile=(16, 16), compression="zlib")
    tiff("big.tif", rgb, photometric="rgb", bigtiff=True)
    tiff("jpeg.tif", big, photometric="ycbcr", compression="jpeg", subsampling=(2, 2))
    tiff("turned.tif", rgb, photometric="rgb", extratags=[(274, "H", 1, 6, True)])
    tiff("pages.tif", np.stack([rgb, rgb[::-1]]), photometric="rgb")


def bmp(name, extents, bit_count, compression, data, palette=b"", masks=b"", length=40, rest=b""):
    header = struct.pack("<IiiHHIIiiII", length, *extents, 1, bit_count, compression, len(data), 2835, 2835,
                         len(palette) // 4, 0) + rest
    offset = 14 + len(header) + len(masks) + len(palette)
    start = b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset)
    (FOLDER / name).write_bytes(start + header + masks + palette + data)


def packed(image, shifts, kind):
    """Returns the pixels as numbers, with each colour's highest bits shifted to their position, and rows padded to four bytes."""
    numbers = sum((image[..., index].astype(np.uint32) >> (8 - count)) << shift
                  for index, (count, shift) in enumerate(shifts)).astype(kind)
    filled = np.zeros((HEIGHT, -(-WIDTH * numbers.itemsize // 4) * 4 // numbers.itemsize), kind)
    filled[:, :WIDTH] = numbers
    return filled


def all_bmp():
    save(color, "plain.bmp")
    save(palette, "palette.bmp")
    save(bits, "bits.bmp")
    colors = bytes(value for index in range(16) for value in (index * 16, index * 9, 255 - index * 10, 0))
    end = [4, 0x76, 0, 0, 2, 3, 0, 2, 3, 0, 4, 2, 0, 1]
    bmp("rle8.bmp", (9, 3), 8, 1, bytes([9, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 4, 7] + end[2:]), colors)
    bmp("rle4.bmp", (9, 3), 4, 2, bytes([9, 0x12, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0] + end), colors)
    extents = (WIDTH, HEIGHT)
    bmp("565.bmp", extents, 16, 3, packed(rgb[::-1], [(5, 11), (6, 5), (5, 0)], "<u2").tobytes(),
        masks=struct.pack("<III", 0xf800, 0x7e0, 0x1f))
    bmp("555-top-down.bmp", (WIDTH, -HEIGHT), 16, 0, packed(rgb, [(5, 10), (5, 5), (5, 0)], "<u2").tobytes())
    four = packed(np.array(rgba)[::-1], [(8, 16), (8, 8), (8, 0), (8, 24)], "<u4")
    masks = struct.pack("<IIII", 0xff0000, 0xff00, 0xff, 0xff000000)
    bmp("alpha-v5.bmp", extents, 32, 3, four.tobytes(), length=124, rest=masks + b"BGRs" + bytes(64))
    bmp("padding32.bmp", extents, 32, 0, (four & 0xffffff).tobytes())
    lines = b"".join(bytes([0x12, 0x34, 0x56, 0x78, 0x90, 0, 0, 0]) for _ in range(3))
    core = struct.pack("<IHHHH", 12, 9, 3, 1, 4) + bytes(v for i in range(16) for v in (i * 16, i * 9, 255 - i * 10))
    (FOLDER / "core.bmp").write_bytes(
        b"BM" + struct.pack("<IHHI", 14 + len(core) + len(lines), 0, 0, 14 + len(core)) + core + lines)


def seen(file):
    """Returns the pixels, upright and on white."""
    if file.name in known:
        return known[file.name]
    image = ImageOps.exif_transpose(Image.open(file))
    if "A" in image.mode or "transparency" in image.info:
        below = Image.new("RGBA", image.size, (255, 255, 255, 255))
        below.alpha_composite(image.convert("RGBA"))
        image = below
    return np.array(image.convert("RGB"))


def main():
    FOLDER.mkdir(exist_ok=True)
    for write in (png, jpeg, webp, gif, tif, all_bmp):
        write()
    pixels = {}
    for file in sorted(FOLDER.iterdir()):
        if file.suffix != ".json":
            image = seen(file)
            pixels[file.name] = {"width": image.shape[1], "height": image.shape[0],
                                 "pixels": base64.b64encode(image.tobytes()).decode()}
    (FOLDER / "pixels.json").write_text(json.dumps(pixels, indent=1) + "\n")


if __name__ == "__main__":
    main()
