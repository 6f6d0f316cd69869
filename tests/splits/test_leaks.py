import pandas as pd
import pytest

from teeth_unet.errors import InputError
from teeth_unet.splits import leaks, refuse_leaks

FAR = ["0000000000000000", "ffffffff00000000", "00000000ffffffff"]


def table(parts, contents, perceptual):
    cases = [str(case) for case in range(1, len(parts) + 1)]
    hashes = {"content_hash": contents, "perceptual_hash": perceptual}
    return pd.DataFrame({"case": cases, "split": parts, **hashes})


def look(parts, contents=("a", "b", "c"), perceptual=FAR, bits=4):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leaks, "NEAR_IDENTICAL_BITS", bits)
        refuse_leaks(table(parts, contents, perceptual))


def test_different_pictures_may_lie_in_different_parts():
    look(["train", "validation", "test"])


def test_the_same_picture_may_be_twice_in_one_part():
    look(["train", "train", "test"], contents=("a", "a", "c"))
    look(["train", "train", "test"], perceptual=[FAR[0], FAR[0], FAR[1]])


@pytest.mark.parametrize(
    "parts", [("train", "test"), ("train", "validation"), ("validation", "test")]
)
def test_a_picture_in_two_parts_is_refused(parts):
    told = rf"1 \({parts[0]}\) and 2 \({parts[1]}\) are identical"
    with pytest.raises(InputError, match=told):
        look([*parts, "train"], contents=("a", "a", "c"))


@pytest.mark.parametrize(
    ("digits", "differing"), [("0000000000000007", 3), ("000000000000000f", 4)]
)
def test_pictures_that_look_alike_are_refused_up_to_the_limit(digits, differing):
    perceptual = [FAR[0], digits, FAR[1]]
    with pytest.raises(InputError, match="are nearly identical"):
        look(["train", "test", "test"], perceptual=perceptual, bits=differing)
    look(["train", "test", "test"], perceptual=perceptual, bits=differing - 1)


def test_many_leaks_are_counted():
    parts = ["train"] * 2 + ["test"] * 6
    with pytest.raises(InputError, match="and 7 more"):
        refuse_leaks(table(parts, ["a"] * 8, FAR[:1] * 8))


def test_pictures_without_a_fingerprint_are_near_none():
    look(["train", "test", "test"], perceptual=["", "", FAR[0]], bits=4)
