"""One request an X-ray, for programs: the teeth as JSON and as pictures."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from reviewing import inside, png, xray

from teeth_unet.review.answers import PICTURES


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content)))


def test_an_xray_is_answered_with_its_teeth_chart_and_pictures(client, corrections):
    answer = client.post("/api/segment", content=png(xray()))
    assert answer.status_code == 200
    said = answer.json()
    assert (said["width"], said["height"], len(said["teeth"])) == (1024, 512, 32)
    (tooth,) = (each for each in said["teeth"] if each["number"] == 36)
    left, top, width, height = tooth["box"]
    x, y = inside(36)
    assert left <= x < left + width
    assert top <= y < top + height
    assert (tooth["kind"], tooth["code"], tooth["by"]) == ("tooth", 36, "network")
    assert said["chart"]["states"]["36"] == "present"
    assert said["chart"]["dentition"] == "permanent"
    labels = decoded(base64.b64decode(said["labels_png"]))
    assert labels[y, x] == 36
    assert (labels == 36).sum() == tooth["area"]
    mask = decoded(base64.b64decode(said["mask_png"]))
    np.testing.assert_array_equal(mask, np.where(labels > 0, 255, 0))
    assert not corrections.exists()  # nothing is kept


@pytest.mark.parametrize("form", PICTURES)
def test_each_picture_can_be_had_alone(client, key, form):
    sent = png(xray(level=120))
    whole = client.post("/api/segment", content=sent).json()
    alone = client.post(f"/api/segment?form={form}", content=sent)
    assert alone.headers["content-type"] == "image/png"
    assert alone.content == base64.b64decode(whole[f"{form}_png"])
    of_case = client.get(f"/api/cases/{key}/{form}.png")  # of the same X-ray
    np.testing.assert_array_equal(decoded(of_case.content), decoded(alone.content))


def test_the_xray_itself_can_be_had_as_it_is_decoded(client, key):
    np.testing.assert_array_equal(decoded(client.get(f"/api/cases/{key}/xray.png").content), xray())


def test_the_map_of_the_network_is_as_large_as_the_network(client, key):
    about = client.get("/api/about").json()
    content = client.get(f"/api/cases/{key}/probabilities").content
    assert len(content) == about["size"] ** 2
    assert max(content) == round(0.9 * 255)


@pytest.mark.parametrize("address", ["/api/segment?form=gif", "/api/segment?form="])
def test_a_form_that_there_is_not_is_said(client, address):
    answer = client.post(address, content=png(xray()))
    assert (answer.status_code, "json, labels, mask, chart" in answer.json()["error"]) == (
        400,
        True,
    )


@pytest.mark.parametrize("threshold", ["-1", "2", "nan", "x", ""])
def test_a_threshold_that_is_none_is_said(client, key, threshold):
    assert client.get(f"/api/cases/{key}?threshold={threshold}").status_code == 400
