"""What labels mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked import picture

from teeth_unet.annotations import AnnotatedSet, Annotations, Numbering, number_labels
from teeth_unet.annotations.notations import FDI, read_label
from teeth_unet.errors import InputError
from teeth_unet.tooth_numbers import LETTERS, UNIVERSAL

OF_ALL_TEETH = [str(number) for number in sorted(FDI) if number < 50]


def numbered(*labels, pictures=1, **settings) -> Numbering:
    counted = dict.fromkeys(labels, 1) if not isinstance(labels[0], dict) else labels[0]
    annotations = AnnotatedSet("COCO", [picture()] * pictures, counted)
    return number_labels(annotations, Annotations(**settings))


@pytest.mark.parametrize(
    ("label", "number"),
    [
        ("FDI_11", 11), ("fdi 48", 48), ("FDI-85", 85), ("ISO 3950: 36", 36),
        ("1.1", 11), ("4-8", 48), ("8.5", 85),
        ("UR1", 11), ("ul8", 28), ("LL 6", 36), ("LR_5", 45), ("tooth UR1", 11), ("Palmer LL8", 38),
        ("URA", 51), ("LLE", 75),
        ("1⏌", 11), ("⎿ 1", 21), ("⎾6", 36), ("8⏋", 48),
        ("1┘", 11), ("└1", 21), ("┌6", 36), ("8┐", 48),
        ("E⏌", 55), ("tooth 1⏌", 11),
        ("upper right 1", 11), ("lower left 8", 38), ("maxillary left 3", 23),
        ("upper right central incisor", 11), ("Upper Left First Molar", 26),
        ("lower_left_canine", 33),
        ("mandibular right second premolar", 45), ("upper-left third molar", 28),
        ("lower right wisdom tooth", 48), ("upper left 1st premolar", 24),
    ],
)  # fmt: skip
def test_a_label_that_tells_its_notation_is_that_tooth(label, number):
    assert numbered(label).numbers == {label: number}


@pytest.mark.parametrize(
    "form",
    ["{}", "tooth {}", "Tooth_{}", "TOOTH-{}", "T{}", "#{}", "{}.0", "no. {}", "Zahn {}", "dent {}",
     "{} impacted", "diente{}", "tooth #{}", " {} ", "{}-central incisor"],
)  # fmt: skip
def test_a_number_is_found_whatever_words_are_around_it(form):
    labels = [form.format(number) for number in (36, 48, 55)]
    assert list(numbered(*labels).numbers.values()) == [36, 48, 55]


def test_all_fdi_numbers_are_themselves():
    found = numbered(*map(str, sorted(FDI)))
    assert all(number == int(label) for label, number in found.numbers.items())
    assert found.single_teeth
    assert len(found.numbers) == 52


def test_all_universal_numbers_become_fdi_numbers():
    found = numbered(*[str(number) for number in range(1, 33)]).numbers
    # American Dental Association: 1 is the upper right third molar, and so on clockwise.
    corners = {"1": 18, "8": 11, "9": 21, "16": 28, "17": 38, "24": 31, "25": 41, "32": 48}
    assert {label: found[label] for label in corners} == corners
    assert len(set(found.values())) == 32


def test_universal_letters_are_milk_teeth():
    found = numbered(*"ABCDEFGHIJKLMNOPQRST").numbers
    corners = {"A": 55, "E": 51, "F": 61, "J": 65, "K": 75, "O": 71, "P": 81, "T": 85}
    assert {label: found[label] for label in corners} == corners
    assert len(set(found.values())) == 20


def test_every_notation_has_every_tooth_once():
    assert sorted([*UNIVERSAL.values(), *LETTERS.values()]) == sorted(FDI)


@given(st.sets(st.sampled_from(sorted(FDI)), min_size=1))
def test_fdi_numbers_are_told_wherever_universal_ones_are_impossible(numbers):
    labels = [str(number) for number in {*numbers, 48}]
    assert all(number == int(label) for label, number in numbered(*labels).numbers.items())


@pytest.mark.parametrize(
    "labels",
    [["11", "12", "21"], ["18", "28", "31", "32"], ["1", "2"], ["0", "1", "2"], ["11", "19", "48"],
     [str(number) for number in range(32)], ["11", "49"], ["36", "99"],
     ["1", *(str(number) for number in range(11, 19))]],
)  # fmt: skip
def test_numbers_of_no_clear_notation_are_refused_with_the_labels(labels):
    with pytest.raises(
        InputError, match="Say which: notation=fdi or notation=universal"
    ) as refused:
        numbered(*labels)
    assert labels[0] in str(refused.value)


@pytest.mark.parametrize(("notation", "number"), [("fdi", 11), ("universal", 23)])
def test_the_setting_decides_between_notations(notation, number):
    assert numbered("11", "12", notation=notation).numbers["11"] == number


@pytest.mark.parametrize(
    ("labels", "number"), [(["11", "FDI 12"], 11), (["11", "universal 1"], 23), (["11", "A"], 23)]
)
def test_labels_that_tell_their_notation_decide_for_the_others(labels, number):
    assert numbered(*labels).numbers["11"] == number


@pytest.mark.parametrize(
    "label",
    ["caries", "Caries", "Deep Caries", "implant", "Implants", "crown-only", "Bridge", "filling",
     "Root Canal Treatment", "Root canal", "mandible", "lower jaw", "inferior alveolar nerve",
     "Mandibular Canal", "Periapical Lesion", "bone loss", "36 crown", "caries_36", "Missing teeth",
     "Orthodontic bracket", "maxillary sinus", "_background_", "__ignore__"],
)  # fmt: skip
def test_what_is_no_tooth_is_left_out_and_told(label):
    found = numbered({"36": 5, label: 1234})
    assert found.numbers == {"36": 36}
    assert f"Shapes that are no teeth are left out: {label} (1,234)." in found.notes


@pytest.mark.parametrize(
    "label",
    ["", "x", "pikachu", "T", "tooth 36 with caries", "class 3", "category 11", "no category",
     "label_11", "111", "tooth 11 12", "11 b", "upper", "left", "milk", "object", "⏌1", "1⎿", "9.1",
     "UR9", "tooth_36_2", "36+"],
)  # fmt: skip
def test_a_label_that_is_not_known_is_refused_and_not_guessed(label):
    with pytest.raises(InputError, match="Say what each of these means, a FDI number") as refused:
        numbered("36", "37", label)
    assert repr(label) in str(refused.value)


@pytest.mark.parametrize(
    ("meaning", "number"), [(11, 11), ("tooth", None), ("teeth", 100), ("85", 85)]
)
def test_a_table_overrules_what_a_label_looks_like(meaning, number):
    assert numbered("caries", "36", names={"caries": meaning}).numbers["caries"] == number


def test_a_table_can_take_labels_out():
    assert numbered("pikachu", "36", names={"pikachu": "none"}).numbers == {"36": 36}
    assert numbered("11", "36", names={11: "none"}).numbers == {"36": 36}


@pytest.mark.parametrize("names", [{"x": 19}, {"x": "molar"}, {"x": 0}, {"x": None}])
def test_a_table_has_no_other_meanings(names):
    with pytest.raises(ValueError, match="names"):
        Annotations(names=names)


def test_only_labels_of_no_teeth_are_refused():
    with pytest.raises(InputError, match="expected a label of teeth, found caries, implant"):
        numbered("implant", "caries")


@pytest.mark.parametrize(
    "label",
    ["tooth", "Teeth", "dent", "Zahn", "zähne", "зубы", "diente", "object", "mask", "class 0",
     "category 1", "0", "1", "11", "no category", "foreground", "molar"],
)  # fmt: skip
@pytest.mark.parametrize(("shapes", "single"), [(30, True), (8, True), (5, False), (1, False)])
def test_the_only_label_is_teeth_single_ones_if_there_are_many(label, shapes, single):
    found = numbered({label: 10 * shapes}, pictures=10)
    assert found.single_teeth == single
    assert found.numbers == {label: None if single else 100}
    kind = "single teeth" if single else "regions of several teeth"
    assert any(f"taken for {kind}" in note for note in found.notes)


@pytest.mark.parametrize(("shapes", "number"), [("teeth", None), ("regions", 100)])
def test_the_setting_decides_whether_shapes_are_single_teeth(shapes, number):
    assert numbered({"tooth": 6}, shapes=shapes).numbers == {"tooth": number}


def test_beside_numbers_the_singular_is_a_tooth_and_the_plural_a_region():
    assert numbered("36", "tooth", "teeth").numbers == {"36": 36, "tooth": None, "teeth": 100}


def test_labels_without_a_shape_count_for_nothing():
    assert numbered({"36": 4, "pikachu": 0}).numbers == {"36": 36}


def test_a_set_in_which_nothing_is_marked_has_no_labels():
    found = number_labels(AnnotatedSet("YOLO", [picture()], {}), Annotations())
    assert found.numbers == {}
    assert not found.single_teeth


@given(st.text(max_size=12))
def test_any_text_can_be_read(label):
    assert read_label(label).kind


def test_what_was_decided_is_told():
    assert numbered(*OF_ALL_TEETH).notes == [
        "Tooth numbers are read as FDI ones: 11, 12, 13, 14, 15 and 27 more."
    ]
