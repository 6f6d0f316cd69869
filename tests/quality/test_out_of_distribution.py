"""What is said of a single picture that may be no X-ray of the kind the network knows."""

import numpy as np
import pytest
from PIL import Image

from teeth_unet.imaging import decode_xray, usual_levels
from teeth_unet.phantoms import PhantomSettings, draw_xray
from teeth_unet.quality import Quality, Severities, settings_of_warnings, xray_warnings

SETTINGS = PhantomSettings(cases=6, seed=3, width=(400, 440))
XRAYS = [draw_xray(SETTINGS, case) for case in range(SETTINGS.cases)]
USUAL = usual_levels(
    np.stack([np.asarray(Image.fromarray(one).resize((64, 64))) for one in XRAYS])[..., None] / 255
)


def warnings_of(image, size=256, **quality):
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    return xray_warnings(image, decode_xray(image), size, USUAL, Quality(**quality))


def coloured(share):
    """An X-ray with its upper rows in red."""
    picture = np.repeat(XRAYS[0][..., None], 3, axis=2)
    picture[: round(share * len(picture)), :, 1:] = 0
    return Image.fromarray(picture)


def noise(scale):
    levels = np.random.default_rng(0).integers(0, 256, XRAYS[0].shape) * scale
    return levels.astype(np.uint8)


@pytest.mark.parametrize("xray", XRAYS, ids=range(len(XRAYS)))
def test_xrays_like_those_of_the_training_leave_no_warning(xray):
    assert warnings_of(xray) == []


def test_the_same_in_every_mode_leaves_no_warning():
    grey = Image.fromarray(XRAYS[0])
    for mode in ("RGB", "RGBA", "LA", "P", "CMYK"):
        assert warnings_of(grey.convert(mode)) == [], mode
    assert warnings_of(XRAYS[0].astype(np.uint16) * 257) == []


CASES = {
    "photograph": (coloured(0.5), ["coloured on 49%"]),
    "negative": (255 - XRAYS[0], ["a negative (correlation -0."]),
    "on its side": (np.ascontiguousarray(np.rot90(XRAYS[0])), ["tiny", "width / height", "unlike"]),
    "noise": (noise(1), ["unlike the X-rays that the network was trained on"]),
    "tiny": (XRAYS[0][::8, ::8], ["tiny: ", "where the network sees 256x256"]),
    "a detail": (np.ascontiguousarray(XRAYS[0][:, 100:300]), ["width / height is 0.99"]),
    "blank": (np.full((200, 400), 90, np.uint8), ["blank: only 0 grey levels"]),
    "dark": (XRAYS[0] // 4, ["very dark: mean grey level 30"]),
    "clipped": (np.where(XRAYS[0] < 100, 0, 255).astype(np.uint8), ["clipped: "]),
}


@pytest.mark.parametrize(("image", "said"), CASES.values(), ids=CASES)
def test_each_warning_has_words_of_its_own(image, said):
    found = "; ".join(warnings_of(image))
    for words in said:
        assert words in found


def test_a_few_coloured_letters_are_no_photograph():
    assert warnings_of(coloured(0.05)) == []


def test_a_blank_picture_is_not_called_dark_or_unlike_as_well():
    assert len(warnings_of(np.zeros((200, 400), np.uint8))) == 1


def test_large_pictures_are_measured_at_a_sample(monkeypatch):
    large = np.repeat(np.repeat(XRAYS[0], 3, axis=0), 3, axis=1)
    monkeypatch.setattr("teeth_unet.quality.out_of_distribution.MEASURED", XRAYS[0].size)
    assert warnings_of(large) == []
    assert "negative" in warnings_of(255 - large)[0]


@pytest.mark.parametrize(
    ("image", "words", "settings"),
    [
        (CASES["dark"][0], "very dark", {"dark_level": 20}),
        (np.where(XRAYS[0] < 100, 0, XRAYS[0]), "clipped", {"clipped_share": 0.95}),
        (XRAYS[0] // 64 + 60, "blank", {"blank_span": 1}),
    ],
)
def test_what_is_dark_clipped_or_blank_is_a_matter_of_settings(image, words, settings):
    assert words in "; ".join(warnings_of(image))
    assert words not in "; ".join(warnings_of(image, **settings))


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("dark", "dark_xray"),
        ("clipped", "clipped_xray"),
        ("blank", "blank_xray"),
        ("negative", "inverted_xray"),
        ("a detail", "odd_aspect"),
    ],
)
def test_a_check_that_is_to_be_ignored_says_nothing(name, check):
    image, (words,) = CASES[name]
    assert words in "; ".join(warnings_of(image))
    assert words not in "; ".join(warnings_of(image, severity={check: "ignore"}))


def test_results_depend_on_those_settings_alone_that_a_picture_is_judged_by():
    usual = settings_of_warnings(Quality())
    others = {"most_tooth": 0.4, "size_ratio": 3, "severity": Severities(empty_mask="ignore")}
    assert settings_of_warnings(Quality(**others)) == usual
    assert settings_of_warnings(Quality(severity={"dark_xray": "error"})) == usual
    for change in (
        {"dark_level": 30},
        {"blank_span": 5},
        {"clipped_share": 0.5},
        {"severity": {"dark_xray": "ignore"}},
    ):
        assert settings_of_warnings(Quality(**change)) != usual
