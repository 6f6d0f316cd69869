"""Small archives of pictures, made in memory."""

import hashlib
import io
import zipfile

from PIL import Image


def picture(level=0, kind="PNG", size=(6, 4)):
    """The bytes of an even grey picture of a level."""
    stored = io.BytesIO()
    Image.new("L", size, level).save(stored, kind)
    return stored.getvalue()


def zipped(files, compression=zipfile.ZIP_STORED):
    """The bytes of an archive of files by name."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stored.getvalue()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def names_in(folder):
    return sorted(path.name for path in folder.rglob("*")) if folder.exists() else []


MASKS = zipped({"10.png": picture(10), "2.png": picture(2), "README.txt": b"-"})
OTHER = zipped({"3.png": picture(3)})
PAGE = b"<!DOCTYPE html><title>Moved</title>"
