"""Pictures are decoded and written again: what travels in their metadata (place, device, hidden payloads) stays behind."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from .errors import FileBroken, ImageTooLarge

MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}


def reencode(path: Path, mime: str, name: str) -> bytes:
    """The picture's pixels alone, upright, in its own format. Raises ImageTooLarge before decoding, FileBroken when it is damaged."""
    wanted = FORMATS[mime]
    try:
        with Image.open(path, formats=[wanted]) as image:
            frames = getattr(image, "n_frames", 1)
            if image.width * image.height * frames > MAX_PIXELS or max(image.size) > MAX_SIDE:
                raise ImageTooLarge(name=name, limit=MAX_PIXELS // 1_000_000)
            return _animated(image, wanted) if frames > 1 else _still(image, wanted)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise FileBroken(name=name) from error


def _still(image: Image.Image, wanted: str) -> bytes:
    upright = ImageOps.exif_transpose(image)
    if wanted == "JPEG" and upright.mode not in ("RGB", "L"):
        upright = upright.convert("RGB")
    clean = _pixels(upright)
    out = io.BytesIO()
    if wanted == "JPEG":
        clean.save(out, wanted, quality=90, optimize=True)
    elif wanted == "WEBP":
        clean.save(out, wanted, quality=90)
    else:
        clean.save(out, wanted)
    return out.getvalue()


def _pixels(image: Image.Image) -> Image.Image:
    """A new image with the same pixels, palette and transparency, and nothing else."""
    clean = Image.new(image.mode, image.size)
    if image.mode == "P":
        palette = image.getpalette()
        if palette is not None:
            clean.putpalette(palette)
    clean.paste(image)
    if "transparency" in image.info:
        clean.info["transparency"] = image.info["transparency"]
    return clean


def _animated(image: Image.Image, wanted: str) -> bytes:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(frame.info.get("duration", 100))
        frames.append(_pixels(frame.convert("RGBA")))
    out = io.BytesIO()
    frames[0].save(out, wanted, save_all=True, append_images=frames[1:], duration=durations, loop=int(image.info.get("loop", 0)))
    return out.getvalue()
