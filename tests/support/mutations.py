"""Archives changed at random, and all that is in them read."""

import zipfile

import hostile
from archives import MASKS, picture, zipped

from teeth_unet.archives import ArchiveRules
from teeth_unet.errors import InputError
from teeth_unet.intake import pictures_of_archive

VALID = [
    zipped({"1.png": picture(1), "in/2.png": picture(2)}, zipfile.ZIP_DEFLATED),
    zipped({"1.png": picture(1), "ä.png": picture(2)}, zipfile.ZIP_LZMA),
    zipped({"1.bmp": picture(1, "BMP")}, zipfile.ZIP_BZIP2),
    hostile.nested(1, MASKS),
    hostile.in_zip64({"1.png": picture(1)}),
    hostile.overlapping(5),
]


def mutated(content, chance):
    """A copy with a few bytes changed, cut, doubled or moved."""
    content = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(content) + 1)
        length = chance.choice([1, 1, 2, 4, 30])
        match chance.randrange(5):
            case 0:
                content[place : place + length] = chance.randbytes(length)
            case 1:
                content[place : place + 1] = bytes([chance.choice([0, 1, 127, 128, 255])])
            case 2:
                del content[place : place + length]
            case 3:
                content[place:place] = content[place : place + length]
            case 4:
                del content[place:]
    return bytes(content)


def read_all(path, cache):
    """Do with an archive what a run does; return how many pictures could be read."""
    read = 0
    for open_picture in pictures_of_archive(path, cache, ArchiveRules(total_size=10**7)).values():
        try:
            open_picture()
            read += 1
        except InputError:
            pass
    return read
