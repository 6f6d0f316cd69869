import base64
import io

import pytest
from matplotlib.figure import Figure
from PIL import Image

from teeth_unet.datasets import FigureDataset, GalleryDataset


@pytest.fixture
def plot(tmp_path):
    return FigureDataset(filepath=str(tmp_path / "plot.png"))


@pytest.fixture
def gallery(tmp_path):
    return GalleryDataset(filepath=str(tmp_path / "gallery"))


def figure(colour="red"):
    return Figure(figsize=(2, 1), dpi=50, facecolor=colour)


def grey(level):
    return Image.new("L", (4, 3), level)


def opened(preview):
    return Image.open(io.BytesIO(base64.b64decode(preview)))


def test_a_figure_goes_in_and_a_pil_image_comes_out(plot):
    plot.save(figure("red"))
    picture = plot.load()
    assert isinstance(picture, Image.Image)
    assert picture.size == (100, 50)  # inches times dpi
    assert picture.getpixel((50, 25))[:3] == (255, 0, 0)


def test_a_loaded_plot_does_not_need_its_file(plot, tmp_path):
    plot.save(figure())
    picture = plot.load()
    (tmp_path / "plot.png").unlink()
    assert picture.resize((10, 5)).size == (10, 5)


def test_the_preview_of_a_plot_shows_the_plot(plot):
    plot.save(figure("red"))
    assert opened(plot.preview()).getpixel((600, 400)) == (255, 0, 0, 255)


def test_a_gallery_takes_pictures_figures_and_functions_that_make_them(gallery):
    gallery.save(
        {
            "picture": grey(7),
            "figure": figure("lime"),
            "made picture": lambda: grey(9),
            "made figure": lambda: figure("blue"),
        }
    )
    loaded = {name: open_picture() for name, open_picture in gallery.load().items()}
    assert loaded["picture"].getpixel((0, 0)) == 7
    assert loaded["made picture"].getpixel((0, 0)) == 9
    assert loaded["figure"].getpixel((50, 25))[:3] == (0, 255, 0)
    assert loaded["made figure"].getpixel((50, 25))[:3] == (0, 0, 255)


def test_a_gallery_is_listed_in_natural_order_by_case_name(gallery):
    names = ["10", "2", "1", "7.2", "left molar", "NA"]
    gallery.save({name: grey(0) for name in names})
    assert list(gallery.load()) == ["1", "2", "7.2", "10", "NA", "left molar"]


def test_pictures_are_made_one_after_the_other(gallery, tmp_path):
    written_before = []

    def make():
        (folder,) = tmp_path.iterdir()
        written_before.append(len(list(folder.iterdir())))
        return grey(0)

    gallery.save({"1": make, "2": make, "3": make})
    assert written_before == [0, 1, 2]


def test_pictures_of_an_earlier_run_do_not_stay(gallery, tmp_path):
    gallery.save({"1": grey(1), "2": grey(2)})
    gallery.save({"2": grey(3)})
    assert list(gallery.load()) == ["2"]
    assert [path.name for path in (tmp_path / "gallery").iterdir()] == ["2.png"]


def test_an_empty_gallery_is_a_gallery(gallery):
    gallery.save({})
    assert gallery.exists()
    assert gallery.load() == {}


def test_what_is_no_picture_of_the_gallery_is_not_listed(gallery, tmp_path):
    gallery.save({"1": grey(1)})
    for name in ("._1.png", ".DS_Store", "notes.txt"):
        (tmp_path / "gallery" / name).touch()
    assert list(gallery.load()) == ["1"]


def test_the_preview_of_a_gallery_shows_its_pictures_in_order(gallery):
    gallery.save({str(case): grey(case) for case in (10, 2, 1, 3)})
    sheet = opened(gallery.preview())
    quarters = [(300, 200), (900, 200), (300, 600), (900, 600)]
    assert [sheet.getpixel(middle)[0] for middle in quarters] == [1, 2, 3, 10]
