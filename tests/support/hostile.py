"""Archives that someone has made with bad intent, bad luck or an odd program."""

import io
import stat
import struct
import zipfile
import zlib

from archives import picture, zipped

ENTRY, LOCAL = b"PK\x01\x02", b"PK\x03\x04"
"""Signatures of a member's entry in the directory, and of the header before its content."""


def named(*names, content=None):
    """An archive with names that zipfile would clean; each as text or as the bytes it has."""
    raw = [name.encode() if isinstance(name, str) else name for name in names]
    placeholders = [chr(ord("P") + n) * len(name) for n, name in enumerate(raw)]
    archive = zipped({name: content or picture(5) for name in placeholders})
    for placeholder, name in zip(placeholders, raw, strict=True):
        assert len(placeholder) == len(name)
        archive = archive.replace(placeholder.encode(), name)
    return archive


def nameless():
    """An archive with a member whose name has become a meaningless extra field."""
    archive = zipped({"1": picture()})
    archive = patched(archive, ENTRY, 28, struct.pack("<HH", 0, 1))
    return patched(archive, LOCAL, 26, struct.pack("<HH", 0, 1))


def without_last_entry():
    """An archive whose directory is cut short, but not what stands behind it."""
    archive = zipped({"1.png": picture(), "2.png": picture()})
    end = archive.rindex(b"PK\x05\x06")
    return archive[: end - 20] + archive[end:]


def of_kind(mode, name="1.png"):
    """An archive with a member that is no plain file on Unix."""
    return _with_entry(name, b"/etc/passwd", external_attr=(mode | 0o777) << 16)


def link():
    return of_kind(stat.S_IFLNK)


def device():
    return of_kind(stat.S_IFBLK)


def _with_entry(name, content, **fields):
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.create_system = 3
        for field, value in fields.items():
            setattr(info, field, value)
        archive.writestr(info, content)
    return stored.getvalue()


def patched(archive, signature, offset, value):
    """Set two or four bytes of the last header of a kind."""
    place = archive.rindex(signature) + offset
    return archive[:place] + value + archive[place + len(value) :]


def damaged(archive, inside):
    """Change a byte of a stored member, so that its checksum is wrong."""
    place = archive.index(inside) + len(inside) // 2
    return archive[:place] + bytes([archive[place] ^ 1]) + archive[place + 1 :]


def encrypted(archive):
    """Set the flag for encryption in the directory and in the header of the last member."""
    archive = patched(archive, ENTRY, 8, b"\x01\x00")
    return patched(archive, LOCAL, 6, b"\x01\x00")


def with_method(archive, method):
    """Claim another way of packing for the last member."""
    archive = patched(archive, ENTRY, 10, struct.pack("<H", method))
    return patched(archive, LOCAL, 8, struct.pack("<H", method))


def claiming(archive, size):
    """Claim another unpacked size for the last member, in its entry and its header."""
    archive = patched(archive, ENTRY, 24, struct.pack("<L", size))
    return patched(archive, LOCAL, 22, struct.pack("<L", size))


def reaching_on(archive, size=60):
    """Claim that the last member's packed content goes on into the directory."""
    archive = patched(archive, ENTRY, 20, struct.pack("<L", len(picture()) + size))
    return patched(archive, LOCAL, 18, struct.pack("<L", len(picture()) + size))


def bomb(size, name="1.png"):
    """An archive of one member that unpacks to so many zeros."""
    stored = io.BytesIO()
    with (
        zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w") as file,
    ):
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    return stored.getvalue()


def overlapping(count=50):
    """A bomb of many entries that all point to the same content."""
    archive = zipped({"00.png": picture()})
    start = archive.index(ENTRY)
    one, end = (
        archive[start : archive.rindex(b"PK\x05\x06")],
        archive[archive.rindex(b"PK\x05\x06") :],
    )
    entries = b"".join(one.replace(b"00.png", b"%02d.png" % n) for n in range(count))
    end = end[:8] + struct.pack("<HHLL", count, count, len(entries), start) + end[20:]
    return archive[:start] + entries + end


def quoted():
    """A bomb of two members, the first of which takes the second's header into its content."""
    second = zipped({"2.png": picture(2)})
    start = second.index(ENTRY)
    inner, outer_name = second[:start], b"1.png"
    local = struct.pack(
        "<4s5H3L2H", LOCAL, 20, 0, 0, 0, 33, zlib.crc32(inner), len(inner), len(inner), 5, 0
    )
    entries = (
        struct.pack(
            "<4s6H3L5H2L",
            ENTRY,
            20,
            20,
            0,
            0,
            0,
            33,
            zlib.crc32(inner),
            len(inner),
            len(inner),
            5,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + outer_name
    )
    own = second[start : second.rindex(b"PK\x05\x06")]
    entries += own[:42] + struct.pack("<L", 35) + own[46:]
    body = local + outer_name + inner
    return (
        body
        + entries
        + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(entries), len(body), 0)
    )


def nested(depth, content=None):
    """An archive inside an archive, so many times."""
    content = content or zipped({"1.png": picture(1)})
    for level in range(depth):
        content = zipped({f"level{level}.zip": content})
    return content


def in_zip64(files):
    """An archive with the fields for files and archives above 4 GB, whatever its size."""
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        for name, content in files.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
                file.write(content)
    archive = stored.getvalue()
    place = archive.rindex(b"PK\x05\x06")
    *_, count, size, start, _ = struct.unpack("<4s4H2LH", archive[place:])
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, place, 1)
    last = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return archive[:place] + end + locator + last


def members(count):
    """An archive of many members, one of them a picture."""
    return zipped({"1.png": picture(1)} | {f"{n}.txt": b"" for n in range(count - 1)})
