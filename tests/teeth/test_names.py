"""Names of teeth on their X-ray."""

import numpy as np
import pytest
from drawn_teeth import CASES, phantom
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from teeth_unet.phantoms import PhantomSettings, draw_labels
from teeth_unet.teeth import names as names_module
from teeth_unet.teeth.colours import PALETTE
from teeth_unet.teeth.names import write_names

GREY = (90, 90, 90)


def written(labels, names):
    """Write names; return the picture, and where each was written: (name, box)."""
    boxes = []
    write = names_module._Pen.write

    def remember(self, text, box):
        boxes.append((text, box))
        write(self, text, box)

    picture = Image.new("RGB", labels.shape[::-1], GREY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names_module._Pen, "write", remember)
        write_names(picture, labels, names, dict.fromkeys(names, PALETTE[0]))
    return picture, boxes


def inked(picture):
    """Return where a picture is no longer grey."""
    return (np.asarray(picture) != GREY).any(axis=2)


def within(shape, boxes, margin=1):
    """Return which pixels lie in any of boxes, or that near to one."""
    mask = np.zeros(shape, bool)
    for left, top, right, bottom in boxes:
        rows = slice(max(0, int(top) - margin), int(np.ceil(bottom)) + margin)
        mask[rows, max(0, int(left) - margin) : int(np.ceil(right)) + margin] = True
    return mask


def meet(one, other):
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across > 0 and down > 0


def pairs(boxes):
    return [(one, other) for place, one in enumerate(boxes) for other in boxes[:place]]


def numbered(labels):
    return {label: str(10 + label) for label in np.unique(labels).tolist() if label}


@st.composite
def mouths(draw):
    """Up to 25 rectangles, over each other as it comes, in a picture of any size."""
    height, width = draw(st.integers(30, 400)), draw(st.integers(30, 700))
    labels = np.zeros((height, width), np.int32)
    for label in range(1, draw(st.integers(0, 25)) + 1):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        rows, columns = draw(st.integers(1, 120)), draw(st.integers(1, 60))
        labels[top : top + rows, left : left + columns] = label
    return labels


@given(labels=mouths(), name=st.sampled_from(["36", "UR8", "A", "supernumerary"]))
def test_no_name_lies_on_another(labels, name):
    _, boxes = written(labels, dict.fromkeys(numbered(labels), name))
    assert not [pair for pair in pairs([box for _, box in boxes]) if meet(*pair)]


@pytest.mark.parametrize("notation", ["36", "UR8"])
@pytest.mark.parametrize("width", [300, 512, 1000, 1500, 3000])
def test_every_tooth_of_a_mouth_has_its_name_whatever_the_size(width, notation):
    labels = draw_labels(PhantomSettings(width=(width, width), toothless_share=0), 1)
    names = dict.fromkeys(numbered(labels), notation)
    picture, boxes = written(labels, names)
    assert len(boxes) == len(names) > 20
    assert not [pair for pair in pairs([box for _, box in boxes]) if meet(*pair)]
    for _, (left, top, right, bottom) in boxes:
        assert 0 <= left < right <= picture.width
        assert 0 <= top < bottom <= picture.height


@pytest.mark.parametrize("case", CASES)
def test_names_touch_their_own_tooth(case):
    labels, _ = phantom(case, PhantomSettings(width=(1200, 1200), seed=11))
    names = numbered(labels)
    picture, boxes = written(labels, names)
    assert sorted(name for name, _ in boxes) == sorted(names.values())
    for name, box in boxes:
        left, top, right, bottom = (round(side) for side in box)
        here = labels[top:bottom, left:right]
        assert (here == int(name) - 10).mean() > 0.2
        assert np.isin(here, [0, int(name) - 10]).mean() > 0.6
    ink = inked(picture)
    assert not ink[~within(labels.shape, [box for _, box in boxes])].any()


def test_a_name_stands_where_its_tooth_is_widest():
    labels = np.zeros((500, 1000), np.uint8)
    labels[100:160, 400:460] = 1  # a crown
    labels[160:300, 420:432] = 1  # and its root
    _, [(_, box)] = written(labels, {1: "46"})
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    np.testing.assert_allclose(middle, (430, 130), atol=10)


def test_from_a_name_that_finds_no_place_in_its_tooth_a_line_leads_there():
    labels = np.full((300, 400), 2, np.uint8)
    labels[:20] = 0
    labels[100:106, 200:206] = 1  # all around it is another tooth
    picture, boxes = written(labels, {1: "supernumerary"})
    [(_, box)] = boxes
    outside = inked(picture) & ~within(labels.shape, [box])
    assert outside.any()
    assert outside[99:107, 199:207].any()


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (np.zeros((40, 60), np.uint8), {1: "11"}),
        (np.ones((40, 60), np.uint8), {}),
        (np.ones((40, 60), np.uint8), {1: ""}),
        (np.ones((40, 60), np.uint8), {2: "12"}),
    ],
    ids=["no teeth", "no names", "an empty name", "the name of another"],
)  # fmt: skip
def test_what_is_not_there_has_no_name(labels, names):
    picture, boxes = written(labels, names)
    assert boxes == []
    assert not inked(picture).any()


def test_where_there_is_room_for_one_name_the_larger_tooth_has_it():
    labels = np.zeros((12, 20), np.uint8)
    labels[:, 4:16] = 1
    labels[:, 17:19] = 2
    _, boxes = written(labels, {1: "36", 2: "37"})
    assert [name for name, _ in boxes] == ["36"]


@pytest.mark.parametrize("row", [0, 190, 380])
@pytest.mark.parametrize("column", [0, 390, 780])
@pytest.mark.parametrize("name", ["38", "URE", "supernumerary"])
def test_names_of_teeth_at_the_rim_are_in_the_picture(row, column, name):
    labels = np.zeros((400, 800), np.uint8)
    labels[row : row + 20, column : column + 20] = 1
    picture, [(_, box)] = written(labels, {1: name})
    assert 0 <= box[0] < box[2] <= 800
    assert 0 <= box[1] < box[3] <= 400
    middle = np.roll(
        np.pad(labels[row : row + 20, column : column + 20], ((0, 380), (0, 780))),
        (190, 390),
        axis=(0, 1),
    )
    inside, _ = written(middle, {1: name})  # where nothing could cut it off
    assert inked(picture).sum() > 0.7 * inked(inside).sum()
