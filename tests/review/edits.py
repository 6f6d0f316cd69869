"""Edits as a page sends them."""

import itertools

_numbers = itertools.count(1)


def patch(x, y, width, height, label):
    return {"x": x, "y": y, "width": width, "height": height, "runs": [label, width * height]}


def edit(**changes):
    return {"id": f"edit-{next(_numbers):08d}", "action": "brush", **changes}


def send(client, key, revision, sent):
    return client.post(f"/api/cases/{key}/edits", json=sent, headers={"if-match": f'"{revision}"'})


def labels_of(client, key):
    """Return the (h, w) map of objects, and the objects by number."""
    from teeth_unet.review.runs import unpack

    case = client.get(f"/api/cases/{key}").json()
    objects = {tooth["number"]: tooth["object"] for tooth in case["teeth"]}
    return unpack(case["runs"], case["width"], case["height"]), objects
