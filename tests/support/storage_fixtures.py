"""Fixtures: a storage that speaks like Amazon's, in use by this process, and what it has.

A conftest.py that imports all of them makes them known.
"""

import pytest
import storage_server


@pytest.fixture(scope="module")
def storage():
    with storage_server.storage_server() as behind, storage_server.faulty(behind) as proxy:
        storage_server.client(behind).create_bucket(Bucket=storage_server.BUCKET)
        yield behind, *proxy


@pytest.fixture
def proxy(storage):
    storage[1].script, storage[1].share, storage[1].slow = [], 0.0, 0.1
    return storage[1]


@pytest.fixture
def folder(storage, proxy, tmp_path, request):
    """The address of a folder of this test alone, with the storage in use."""
    with storage_server.used(storage[2], tmp_path / "here"):
        yield f"s3://{storage_server.BUCKET}/{abs(hash(request.node.name))}"


@pytest.fixture
def stored(storage, folder):
    """Return a function that returns what the storage has in the folder, by name."""
    prefix = folder.removeprefix(f"s3://{storage_server.BUCKET}/") + "/"

    def now():
        return {
            k.removeprefix(prefix): v
            for k, v in storage_server.contents(storage[0], prefix).items()
        }

    return now


@pytest.fixture
def put(storage, folder):
    """Return a function by which somebody else puts an object into the folder."""
    prefix = folder.removeprefix(f"s3://{storage_server.BUCKET}/")
    return lambda name, content: storage_server.client(storage[0]).put_object(
        Bucket=storage_server.BUCKET, Key=f"{prefix}/{name}", Body=content
    )


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Return a function after which this is another machine, without copies."""
    return lambda: monkeypatch.setenv("TEETH_UNET_COPIES", str(tmp_path / "there"))
