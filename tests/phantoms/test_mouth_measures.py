"""How long teeth are, how far the jaws stand apart, and how wide the arches are."""

from dataclasses import replace

import numpy as np
import pytest

from teeth_unet.phantoms import Mouth, PhantomSettings, draw_labels
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.mouth.bone_changes import bone_changes
from teeth_unet.phantoms.mouth.objects import Ridge
from teeth_unet.phantoms.mouth.whole import draw_mouth

PLAIN = PhantomSettings(width=(400, 400), aspect=(2, 2), toothless_share=0)
CASES = range(12)


def with_mouth(**measures):
    return PLAIN.model_copy(update={"mouth": Mouth(**measures)})


def test_all_teeth_of_a_patient_are_as_long_as_the_setting_says_and_no_wider():
    for case in CASES:
        usual = draw_anatomy(PLAIN, case).teeth
        short = draw_anatomy(with_mouth(tooth_length=(0.7, 0.7)), case).teeth
        for one, other in zip(usual, short, strict=True):
            assert other.pose.length == pytest.approx(0.7 * one.pose.length)
            assert other.pose.width == one.pose.width


def test_a_range_of_lengths_is_drawn_from_evenly_and_changes_nothing_else():
    settings = with_mouth(tooth_length=(0.6, 1.2))
    frames = [draw_anatomy(settings, case).frame for case in range(200)]
    lengths = np.array([frame.tooth_length for frame in frames])
    assert lengths.min() < 0.63
    assert lengths.max() > 1.17
    assert lengths.mean() == pytest.approx(0.9, abs=0.04)  # 3 standard errors are 0.037
    for case in CASES:
        assert replace(frames[case], tooth_length=1) == draw_anatomy(PLAIN, case).frame


def test_the_bone_ends_where_the_shorter_teeth_have_their_necks():
    usual = draw_anatomy(PLAIN, 0)
    short = draw_anatomy(with_mouth(tooth_length=(0.5, 0.5)), 0)

    def crest(anatomy):
        """Height of the lower jaw's edge beside the midline, from the bite."""
        frame, points = anatomy.frame, anatomy.jaws.mandible
        near = points[np.abs(points[:, 0] - frame.to_pixels([(0.1, 0.5)])[0, 0]) < 12]
        return near[:, 1].min() / frame.height - frame.bite_height(0.1)

    assert crest(short) < 0.75 * crest(usual)


def test_lost_bone_begins_where_the_bone_of_shorter_teeth_ended():
    ridge = Ridge(upper=False, start=-0.4, end=0.4, depth=0.05, lost=1.0, phase=0.0)

    def first_row(settings):
        mouth = draw_mouth(settings, 0, draw_anatomy(settings, 0))
        lost = bone_changes(replace(mouth, ridges=(ridge,), lesions=()))
        return np.flatnonzero(lost.min(axis=1) < -0.5)[0]

    assert first_row(with_mouth(tooth_length=(0.5, 0.5))) < first_row(PLAIN)


def test_jaws_that_bite_overlap_and_others_stand_apart():
    def between(settings, case):
        """Rows between upper and lower teeth, over the columns that show both."""
        anatomy = draw_anatomy(settings, case)
        labels = draw_labels(settings, case)
        count = sum(1 for tooth in anatomy.teeth if tooth.fdi < 30)
        upper, lower = (labels > 0) & (labels <= count), labels > count
        both = upper.any(0) & lower.any(0)
        floor = len(labels) - 1 - upper[::-1].argmax(0)
        return np.median((lower.argmax(0) - floor)[both])

    for case in CASES:
        apart, touching = with_mouth(gap=(0.06, 0.06)), with_mouth(gap=(-0.02, -0.02))
        assert between(apart, case) > 6
        assert between(touching, case) < 4


def test_arches_are_as_wide_as_the_setting_says():
    for case in CASES:
        narrow, wide = (
            draw_anatomy(with_mouth(arch=(share, share)), case) for share in (0.45, 0.7)
        )
        assert (narrow.frame.arch, wide.frame.arch) == (0.45, 0.7)
        widths = [sum(tooth.pose.width for tooth in each.teeth) for each in (narrow, wide)]
        assert widths[1] / widths[0] == pytest.approx(0.7 / 0.45)
