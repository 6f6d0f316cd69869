import numpy as np
import pytest
from drawn_teeth import CASES, phantom
from PIL import Image

from teeth_unet.phantoms import PhantomSettings, draw_labels
from teeth_unet.teeth import Tooth, draw_contour, draw_measures, drawing, measure_label_map
from teeth_unet.teeth import captions as captions_module
from teeth_unet.teeth.captions import Captions, count_teeth, write_captions
from teeth_unet.teeth.colours import MASK_COLOUR, PALETTE, colour_teeth

GREY = 90


def background(labels):
    return np.full(labels.shape, GREY, dtype=np.uint8)


def painted(picture):
    """Return where a picture is no longer as grey as the X-ray was."""
    return (np.asarray(picture) != GREY).any(axis=2)


def square(shape=(60, 80)):
    labels = np.zeros(shape, dtype=np.uint8)
    labels[20:40, 30:60] = 1
    return labels


def test_the_contour_is_the_rim_of_the_mask():
    mask = square()
    picture = draw_contour(background(mask), mask)
    assert picture.mode == "RGB"
    assert picture.size == (80, 60)
    expected = mask.astype(bool)
    expected[21:39, 31:59] = False
    np.testing.assert_array_equal(painted(picture), expected)
    assert {picture.getpixel((30, y)) for y in range(20, 40)} == {MASK_COLOUR}


def test_a_mask_that_reaches_the_rim_of_the_picture_is_closed_there():
    mask = np.ones((30, 40), dtype=np.uint8)
    lines = painted(draw_contour(background(mask), mask))
    assert lines[[0, -1]].all()
    assert lines[:, [0, -1]].all()
    assert not lines[1:-1, 1:-1].any()


@pytest.mark.parametrize(("width", "line"), [(80, 1), (700, 1), (1400, 2), (2800, 4)])
def test_lines_grow_with_the_picture(width, line):
    mask = np.zeros((60, width), dtype=np.uint8)
    mask[20:40, 30:60] = 1
    lines = painted(draw_contour(background(mask), mask))
    assert lines[30, 30 : 30 + line].all()
    assert not lines[30, 30 + line : 60 - line].any()


def test_an_empty_mask_leaves_the_xray_as_it_is():
    xray = np.arange(60, dtype=np.uint8).reshape(6, 10)
    picture = draw_contour(xray, np.zeros_like(xray))
    np.testing.assert_array_equal(np.asarray(picture), np.stack([xray] * 3, axis=2))


@pytest.mark.parametrize("draw", [draw_contour, lambda xray, mask: draw_measures(xray, mask, [])])
@pytest.mark.parametrize(
    ("xray", "mask"), [((4, 5), (5, 4)), ((4, 5, 3), (4, 5, 3)), ((4, 5), (4, 5, 1))]
)
def test_shapes_that_do_not_fit_are_refused(draw, xray, mask):
    with pytest.raises(ValueError, match="expected an X-ray and a mask of one shape"):
        draw(np.zeros(xray, np.uint8), np.zeros(mask, np.uint8))


@pytest.mark.parametrize("case", CASES[:2])
def test_each_tooth_is_outlined_in_its_colour_and_boxed(case, monkeypatch):
    monkeypatch.setattr("teeth_unet.teeth.drawing.write_captions", lambda *_: None)
    labels, _ = phantom(case)
    teeth = measure_label_map(labels)
    picture = draw_measures(background(labels), labels, teeth)
    colours = colour_teeth(teeth)
    pixels = np.asarray(picture)
    for tooth, colour in zip(teeth, colours, strict=True):
        rim = pixels[labels == tooth.number]
        assert (rim == colour).all(axis=1).sum() > tooth.length
        middle = tuple(int(value) for value in tooth.centre)
        window = pixels[middle[1] - 2 : middle[1] + 3, middle[0] - 2 : middle[0] + 3]
        assert (window == colour).all(axis=2).any()  # the axes cross there


def test_the_inputs_are_left_as_they_are():
    labels, _ = phantom(CASES[0])  # cannot be written to
    xray = background(labels)
    xray.setflags(write=False)
    first = draw_measures(xray, labels, measure_label_map(labels))
    assert (xray == GREY).all()
    again = draw_measures(xray, labels, measure_label_map(labels))
    np.testing.assert_array_equal(np.asarray(first), np.asarray(again))


def test_teeth_that_were_not_measured_are_not_drawn(monkeypatch):
    monkeypatch.setattr("teeth_unet.teeth.drawing.write_captions", lambda *_: None)
    labels = square()
    labels[20:40, 5:25] = 2
    measured = [tooth for tooth in measure_label_map(labels) if tooth.number == 2]
    drawn = painted(draw_measures(background(labels), labels, measured))
    assert drawn[labels == 2].any()
    assert not drawn[labels == 1].any()


@pytest.fixture
def boxes(monkeypatch):
    """The boxes of all captions written, and their texts."""
    written = []
    write = Captions.write

    def remember(self, text, box, colour):
        written.append((text, box))
        write(self, text, box, colour)

    monkeypatch.setattr(Captions, "write", remember)
    return written


def overlap(one, other):
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0) * max(down, 0)


@pytest.mark.parametrize("width", [512, 900, 1500, 3000])
def test_captions_cover_neither_each_other_nor_teeth(boxes, width):
    labels = draw_labels(PhantomSettings(width=(width, width), toothless_share=0), 1)
    teeth = measure_label_map(labels)
    write_captions(
        Captions(Image.new("RGB", (width, labels.shape[0])), labels > 0),
        teeth,
        colour_teeth(teeth),
    )
    texts = [text for text, _ in boxes]
    assert count_teeth(teeth) in texts
    for tooth in teeth:
        assert f"{tooth.order}\n{tooth.length:.0f}\n{tooth.width:.0f}" in texts
    on_teeth = on_others = 0
    for place, (_, box) in enumerate(boxes):
        left, top, right, bottom = (round(value) for value in box)
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= labels.shape[0]
        area = (box[2] - box[0]) * (box[3] - box[1])
        on_teeth += (labels[top:bottom, left:right] > 0).mean() > 0.05
        on_others += any(overlap(box, other) > 0.05 * area for _, other in boxes[:place])
    # The smallest picture is a tight fit.
    assert on_teeth + on_others <= (2 if width == 512 else 0)


def test_letters_are_never_smaller_than_can_be_read():
    sizes = [
        Captions(Image.new("RGB", (width, 10)), np.zeros((10, width), bool)).letters
        for width in (64, 512, 1500, 3000)
    ]
    assert sizes == [9, 9, 17, 34]


def test_captions_of_a_tiny_picture_do_no_harm():
    labels = np.zeros((9, 12), dtype=np.uint8)
    labels[2:7, 3:6] = 1
    assert draw_measures(background(labels), labels, measure_label_map(labels)).size == (12, 9)


def test_a_caption_without_a_free_place_takes_the_least_crowded_one(boxes):
    labels = np.ones((200, 300), dtype=np.uint8)
    draw_measures(background(labels), labels, measure_label_map(labels))
    assert captions_module.KEY in [text for text, _ in boxes]
    assert len(boxes) == 3


@pytest.mark.parametrize(
    ("kept", "text"),
    [(0, "no teeth"), (1, "1 tooth: 1 upper, 0 lower"), (None, "{n} teeth: {u} upper, {l} lower")],
)
def test_the_teeth_are_counted_in_words(kept, text):
    labels, is_upper = phantom(CASES[0])
    teeth = measure_label_map(labels)[:kept]
    upper = int(is_upper.sum())
    assert count_teeth(teeth) == text.format(
        n=is_upper.size - 1, u=upper, l=is_upper.size - 1 - upper
    )


@pytest.mark.parametrize("case", CASES)
def test_neighbours_never_share_a_colour(case):
    labels, _ = phantom(case)
    teeth = measure_label_map(labels)
    colour_of = dict(zip([t.number for t in teeth], colour_teeth(teeth), strict=True))
    assert set(colour_of.values()) == set(PALETTE)
    beside = {
        frozenset((one.number, other.number))
        for one in teeth
        for other in teeth
        if one.jaw == other.jaw and abs(one.order - other.order) == 1
    }
    for down, right in ((0, 1), (1, 0)):  # and whatever touches
        moved = np.roll(labels, (down, right), axis=(0, 1))
        for pair in np.unique(
            np.stack([labels[moved != labels], moved[moved != labels]]), axis=1
        ).T:
            if pair.all():
                beside.add(frozenset(pair.tolist()))
    assert len(beside) > 20
    for one, other in beside:
        assert colour_of[one] != colour_of[other]


def upright(jaw, order, centre, width):
    x, y = centre
    left, right, top, bottom = x - width / 2, x + width / 2, y - 60, y + 60
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return Tooth(1, jaw, order, centre, 1, 120.0, width, 0.0, corners)


def mouth(seed):
    """Sixteen teeth above as many, a little out of line."""
    rng = np.random.default_rng(seed)
    return [
        upright(jaw, place + 1, (place * 50 + rng.normal(0, 9), row * 160 + rng.normal(0, 9)), 44)
        for row, jaw in enumerate(("upper", "lower"))
        for place in range(16)
    ]


def same_colour(teeth):
    """Pairs of places of teeth of one colour."""
    colours = colour_teeth(teeth)
    return {(i, j) for j in range(len(teeth)) for i in range(j) if colours[i] == colours[j]}


def test_teeth_side_by_side_and_above_each_other_have_different_colours():
    beside = {(place, place + 1) for place in range(31) if place != 15}
    above = {(place, place + 16) for place in range(16)}
    for seed in range(100):
        assert not same_colour(mouth(seed)) & (beside | above)


def test_a_tooth_takes_none_of_the_colours_of_five_above_it_though_others_are_nearer():
    above = [upright("upper", n + 1, (n * 50.0, 0.0), 40) for n in range(5)]
    others = [upright("upper", 6 + n, (300.0 + n * 50, 200.0), 40) for n in range(3)]
    lying = upright("lower", 1, (130.0, 900.0), 230)  # below those five, nearer to the three
    assert not same_colour([*above, *others, lying]) & {(place, 8) for place in range(5)}


def test_more_than_five_neighbours_leave_a_tooth_the_colour_furthest_away():
    above = [upright("upper", n + 1, (n * 50.0, 0.0), 40) for n in range(6)]
    lying = upright("lower", 1, (0.0, 130.0), 700)
    assert same_colour([*above, lying]) == {(5, 6)}


def test_colours_of_no_teeth_are_none():
    assert colour_teeth([]) == []


def seen_without_green(colour):
    """How a colour looks to a deuteranope (Machado, Oliveira and Fernandes 2009, severity 1)."""
    linear = (np.array(colour) / 255) ** 2.2
    matrix = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
    return np.clip(matrix @ linear, 0, 1) ** (1 / 2.2)


def test_colours_can_be_told_apart_without_green_cones_and_on_black():
    seen = [seen_without_green(colour) for colour in PALETTE]
    for place, one in enumerate(seen):
        assert one.max() > 0.5
        for other in seen[:place]:
            assert np.linalg.norm(one - other) > 0.15


@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1)])
def test_pictures_too_small_for_any_letter_are_drawn_without_a_warning(shape, recwarn):
    labels = np.ones(shape, dtype=np.uint8)
    assert draw_measures(background(labels), labels, measure_label_map(labels)).size == shape[::-1]
    draw_measures(background(labels), 0 * labels, [])
    assert not recwarn.list


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("kind", [np.uint8, np.int32, bool])
def test_rims_are_what_lies_near_another_label_or_the_rim_of_the_picture(width, kind):
    labels = np.zeros((30, 40), np.int32)
    labels[5:20, 0:12] = 1 if kind is bool else 3
    labels[5:20, 12:21] = 1 if kind is bool else 7
    labels[22:29, 30:38] = {bool: 1, np.uint8: 255, np.int32: 300}[kind]
    expected = np.zeros(labels.shape, bool)
    aside = [max(1, round(reach * 0.5**0.5)) for reach in range(1, width + 1)]
    straight = [(reach, 0) for reach in range(1, width + 1)]
    steps = straight + [(0, reach) for reach, _ in straight]
    steps += [(each, each) for each in aside] + [(each, -each) for each in aside]
    steps += [(-down, -right) for down, right in steps]
    for (row, column), label in np.ndenumerate(labels):
        for down, right in steps:
            y, x = row + down, column + right
            outside = not (0 <= y < labels.shape[0] and 0 <= x < labels.shape[1])
            other = 0 if outside else labels[y, x]
            expected[row, column] |= label != 0 and other != label
    np.testing.assert_array_equal(drawing._rims(labels.astype(kind), width), expected)


def test_nothing_has_no_rim():
    assert not drawing._rims(np.zeros((3, 4), np.int32), 1).any()
