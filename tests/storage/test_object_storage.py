"""Files and folders on object storage: what is promised of the disk holds there as well."""

import json
import logging
import multiprocessing
import random
import shutil
from pathlib import Path

import pytest
from storage_server import BUCKET, FAULTS, LOGIN, client

from teeth_unet.errors import InputError
from teeth_unet.storage import (
    StorageFailure,
    address_of,
    atomic,
    atomic_write,
    copies,
    fetched,
    is_there,
    object_storage,
    one_listing,
    place_of,
    remove,
    tags_of,
)

SMALL, LARGE = b"small", random.Random(0).randbytes(object_storage.SMALL + object_storage.BLOCK)


def write(path, content):
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def write_folder(path, files):
    with atomic_write(path) as temporary:
        for name, content in files.items():
            (temporary / name).parent.mkdir(parents=True, exist_ok=True)
            (temporary / name).write_bytes(content)


def files_in(path):
    found = [each for each in path.rglob("*") if each.is_file()]
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}


# Addresses and paths -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["s3://bucket/a/b.npy", "gs://bucket/a", "abfs://box@account.dfs.core.windows.net/a"]
)
def test_an_address_and_its_path_name_each_other(address):
    assert address_of(place_of(address)) == address
    assert address_of(place_of(f"{address}/")) == address


@pytest.mark.parametrize("path", ["data/x.npy", "~/x.npy", 7, "/s3:/x", "file:///data/x.npy"])
def test_other_paths_have_no_address(path):
    assert address_of(place_of(path)) is None
    assert fetched(place_of(path)) == place_of(path)


@pytest.mark.parametrize(
    "address",
    [
        "s3://KEY:SECRET@bucket/x",
        "s3://KEY:SEC/SECRET@bucket/x",
        "s3://bucket/x?X-Amz-Signature=SECRET",
        "s3://bucket/x#SECRET",
        "gs://bucket/x?GoogleAccessId=SECRET",
        "abfs://box@account.dfs.core.windows.net/x?sig=SECRET",
        "https://KEY:SECRET@host/x",
        "hdfs://host/x",
        "S3://bucket/x",
        "s3://bucket/../x",
        "s3://bucket//x",
        "s3:///x",
        "memory://x",
    ],
)
def test_an_address_with_a_login_or_of_another_kind_is_refused_without_it(address):
    with pytest.raises(InputError) as refusal:
        place_of(address)
    assert "SECRET" not in str(refusal.value)


# Files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_a_file_is_sent_when_it_is_whole_and_read_on_another_machine(
    folder, stored, elsewhere, content
):
    write(place_of(f"{folder}/x.npy"), content)
    assert stored() == {"x.npy": content}
    elsewhere()
    assert fetched(place_of(f"{folder}/x.npy")).read_bytes() == content


def test_a_block_that_fails_leaves_the_storage_as_it_was(folder, stored):
    path = place_of(f"{folder}/x.npy")
    write(path, b"old")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as temporary:
        temporary.write_bytes(b"half" * (1 // 0))
    assert stored() == {"x.npy": b"old"}
    assert fetched(path).read_bytes() == b"old"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "large"])
def test_one_fault_on_the_way_is_got_over(folder, stored, proxy, elsewhere, fault, content):
    path = f"{folder}/x.npy"
    proxy.script = [fault]
    write(place_of(path), content)
    assert stored() == {"x.npy": content}
    elsewhere()
    proxy.script = ["", fault]
    assert fetched(place_of(path)).read_bytes() == content


def test_a_storage_that_fails_on_and_on_is_told_of_and_has_the_old_file(folder, stored, proxy):
    path = place_of(f"{folder}/x.npy")
    write(path, b"old")
    proxy.script = ["500"] * 20
    with pytest.raises(StorageFailure, match=r"expected a storage that answers") as failure:
        write(path, b"new")
    proxy.script = []
    assert str(failure.value).startswith(f"{folder}/x.npy: ")
    assert isinstance(failure.value, OSError)
    assert failure.value.errno
    assert stored() == {"x.npy": b"old"}
    assert fetched(path).read_bytes() == b"old"


def _killed(*_):
    raise KeyboardInterrupt


def test_what_was_sent_counts_though_its_writer_was_killed_before_it_moved(folder, monkeypatch):
    path = place_of(f"{folder}/x.npy")
    write(path, b"old")
    monkeypatch.setattr(atomic, "_move", _killed)
    with pytest.raises(KeyboardInterrupt):
        write(path, b"new")
    assert fetched(path).read_bytes() == b"new"


def test_a_file_is_fetched_once(folder, put, proxy):
    put("x.npy", SMALL)
    for _ in range(2):
        proxy.requests.clear()
        fetched(place_of(f"{folder}/x.npy"))
    assert not [each for each in proxy.requests if each.endswith("x.npy") and "GET" in each]


def test_what_somebody_else_has_replaced_or_removed_is_so_here(folder, put, storage):
    path = place_of(f"{folder}/x.npy")
    write(path, b"old")
    put("x.npy", b"new")
    assert fetched(path).read_bytes() == b"new"
    client(storage[0]).delete_object(
        Bucket=BUCKET, Key=path.relative_to(place_of(f"s3://{BUCKET}")).as_posix()
    )
    assert not fetched(path).exists()
    assert not is_there(path)


def test_a_copy_that_was_changed_here_is_fetched_again(folder, put):
    put("x.npy", b"right")
    path = fetched(place_of(f"{folder}/x.npy"))
    path.write_bytes(b"wrong")
    assert fetched(path).read_bytes() == b"right"


def test_a_large_file_goes_on_where_it_was_cut_off(folder, put, proxy, monkeypatch):
    monkeypatch.setattr(copies, "BLOCK", 100)
    put("x.npy", LARGE[:1000])
    read = object_storage.ObjectStorage.read
    places = []

    def failing(self, name, start, end):
        places.append(start)
        if len(places) == 4:
            raise StorageFailure("x", "y", "z", "…")
        return read(self, name, start, end)

    monkeypatch.setattr(object_storage.ObjectStorage, "read", failing)
    path = place_of(f"{folder}/x.npy")
    with pytest.raises(StorageFailure):
        fetched(path)
    assert not path.exists()
    assert fetched(path).read_bytes() == LARGE[:1000]
    assert places == [0, 100, 200, 300, *range(300, 1000, 100)]


def test_one_that_is_replaced_while_it_is_fetched_is_fetched_anew(folder, put, monkeypatch):
    monkeypatch.setattr(copies, "BLOCK", 100)
    put("x.npy", b"a" * 300)
    read, places = object_storage.ObjectStorage.read, []

    def replaced_meanwhile(self, name, start, end):
        places.append(start)
        if len(places) == 2:
            put("x.npy", b"b" * 300)
        return read(self, name, start, end)

    monkeypatch.setattr(object_storage.ObjectStorage, "read", replaced_meanwhile)
    assert fetched(place_of(f"{folder}/x.npy")).read_bytes() == b"b" * 300


def test_an_upload_in_parts_that_was_killed_is_ended_by_the_next_one(folder, storage, monkeypatch):
    amazon = client(storage[0])
    key = f"{folder.removeprefix(f's3://{BUCKET}/')}/x.npy"
    for each in (key, f"{key}2"):
        amazon.create_multipart_upload(Bucket=BUCKET, Key=each)

    def left():
        return sorted(u["Key"] for u in amazon.list_multipart_uploads(Bucket=BUCKET)["Uploads"])

    monkeypatch.setattr(object_storage, "ABANDONED_AFTER", 10**10)  # moto's began in 2010
    write(place_of(f"{folder}/x.npy"), LARGE)
    assert left() == [key, f"{key}2"]  # it may be at work
    monkeypatch.undo()
    write(place_of(f"{folder}/x.npy"), LARGE)
    assert left() == [f"{key}2"]


# Folders -------------------------------------------------------------------------------------


def test_a_folder_that_is_replaced_has_no_file_of_before(folder, stored, elsewhere):
    path = f"{folder}/masks"
    write_folder(place_of(path), {"1.png": b"1", "old/2.png": b"2"})
    write_folder(place_of(path), {"1.png": b"3", "new/4.png": b"4"})
    assert stored().keys() == {"masks/1.png", "masks/new/4.png", ".masks.whole"}
    elsewhere()
    assert files_in(fetched(place_of(path), whole=True)) == {"1.png": b"3", "new/4.png": b"4"}


def test_an_empty_folder_is_there(folder, elsewhere):
    write_folder(place_of(f"{folder}/full"), {"1.png": b"1"})
    with atomic_write(place_of(f"{folder}/empty")) as temporary:
        temporary.mkdir()
    elsewhere()
    assert fetched(place_of(f"{folder}/empty"), whole=True).is_dir()
    assert is_there(place_of(f"{folder}/empty"), whole=True)


@pytest.mark.parametrize("request_that_fails", range(4))
def test_a_folder_is_whole_or_not_there_wherever_its_writing_ends(
    folder, monkeypatch, request_that_fails
):
    path = place_of(f"{folder}/masks")
    write_folder(path, {"1.png": b"old", "2.png": b"old"})
    calls = []

    def failing(name, act):
        def one(*arguments):
            calls.append(name)
            if len(calls) - 1 == request_that_fails:
                raise StorageFailure("x", "y", "z", "…")
            return act(*arguments)

        return one

    for name in ("write", "remove"):
        act = getattr(object_storage.ObjectStorage, name)
        monkeypatch.setattr(object_storage.ObjectStorage, name, failing(name, act))
    monkeypatch.setattr("teeth_unet.storage.sending.AT_ONCE", 1)
    with pytest.raises(StorageFailure):
        write_folder(path, {"1.png": b"new", "2.png": b"new"})
    monkeypatch.undo()
    there = is_there(path, whole=True)
    found = files_in(fetched(path, whole=True)) if there else {}
    assert set(found.values()) == ({b"old"} if there else set())
    assert there == (request_that_fails == 0)
    assert fetched(path, whole=True).exists() == there


def test_a_file_that_somebody_else_changes_makes_a_whole_folder_none(folder, put):
    write_folder(place_of(f"{folder}/masks"), {"1.png": b"1"})
    put("masks/1.png", b"other")
    assert not is_there(place_of(f"{folder}/masks"), whole=True)
    assert not fetched(place_of(f"{folder}/masks"), whole=True).exists()


def test_of_a_folder_of_the_user_all_files_are_fetched_and_kept_up(folder, put, storage):
    names = ["a b+%é&=.png", "sub/ü'\"$.png", "[1]*.png", "x~y.png", "…/2:3.png"]
    for name in names:
        put(name, name.encode())
    assert files_in(fetched(place_of(folder))) == {name: name.encode() for name in names}
    prefix = folder.removeprefix(f"s3://{BUCKET}/")
    client(storage[0]).delete_object(Bucket=BUCKET, Key=f"{prefix}/{names[0]}")
    assert files_in(fetched(place_of(folder))).keys() == {*names[1:]}


def test_what_can_be_no_file_here_is_passed_over_and_told(folder, put, caplog):
    put("xrays/", b"")  # as consoles make folders
    put("xrays/1.png", b"1")
    put("xrays/../../evil.png", b"evil")
    put("xrays//2.png", b"2")
    with caplog.at_level(logging.WARNING):
        assert files_in(fetched(place_of(f"{folder}/xrays"))) == {"1.png": b"1"}
    assert "Passed over" in caplog.text
    assert "evil" not in str(list(place_of(folder).parent.rglob("*evil*")))


def test_files_here_that_were_never_there_stay_in_a_folder(folder, put):
    put("shards/1.npz", b"1")
    path = fetched(place_of(f"{folder}/shards"))
    (path / "scratch.npy").write_bytes(b"scratch")
    assert files_in(fetched(path)).keys() == {"1.npz", "scratch.npy"}


def test_only_the_names_asked_for_are_fetched(folder, put):
    for name in ("fold_01/segmenter.zip", "fold_01/large.keras", "segmenter.zip"):
        put(name, b"x")
    path = fetched(place_of(folder), names="fold_*/segmenter.zip")
    assert files_in(path).keys() == {"fold_01/segmenter.zip"}


def test_a_path_into_an_archive_brings_the_archive(folder, put):
    put("set.zip", b"zip")
    fetched(place_of(f"{folder}/set.zip/images/lower"), in_archive=True)
    assert place_of(f"{folder}/set.zip").read_bytes() == b"zip"


def test_removing_removes_there_as_well(folder, stored):
    write(place_of(f"{folder}/a/1"), b"1")
    write(place_of(f"{folder}/a/2"), b"2")
    write(place_of(f"{folder}/b"), b"3")
    remove(place_of(f"{folder}/b"))
    assert stored().keys() == {"a/1", "a/2"}
    shutil.rmtree(place_of(f"{folder}/a"))  # as on another machine
    remove(place_of(f"{folder}/a"))
    assert stored() == {}
    remove(place_of(f"{folder}/a"))


def test_many_entries_of_one_folder_take_few_requests(folder, put, proxy):
    for number in range(5):
        put(f"data/{number}", b"x")
    proxy.requests.clear()
    with one_listing():
        assert [is_there(place_of(f"{folder}/data/{n}")) for n in range(7)] == [True] * 5 + [
            False
        ] * 2
        assert tags_of(place_of(f"{folder}/data/1")).keys() == {""}
        assert fetched(place_of(f"{folder}/data/2")).read_bytes() == b"x"
    assert len(proxy.requests) == 2


# What the user has to put right ----------------------------------------------------------------


def refused(address):
    with pytest.raises(StorageFailure) as failure:
        fetched(place_of(address))
    told = str(failure.value)
    assert told.startswith(f"{address}: ")
    assert not any(secret in told for secret in LOGIN.values() if secret != "true")
    return told


def test_a_bucket_that_is_not_there_is_told(folder):
    assert "make the bucket" in refused("s3://no-such-bucket/x")
    with one_listing():
        assert "make the bucket" in refused("s3://no-such-bucket/x")


def test_a_login_that_is_missing_or_not_enough_is_told(folder, proxy, monkeypatch):
    proxy.script = ["403"] * 5
    assert "AWS_ACCESS_KEY_ID" in refused(folder)
    proxy.script = []
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    assert "expected access to it, found none" in refused(folder)
    s3fs.S3FileSystem.clear_instance_cache()


def test_a_library_that_is_missing_is_named_with_its_extra(monkeypatch):
    import fsspec

    def missing(*_, **__):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec, "filesystem", missing)
    assert 'pip install -e ".[s3]"' in refused("s3://bucket/x")
    assert 'pip install -e ".[gs]"' in refused("gs://bucket/x")
    assert 'pip install -e ".[abfs]"' in refused("abfs://bucket/x")


def test_no_log_has_a_login(folder, put, caplog):
    for name in ("botocore", "aiobotocore", "s3fs", "fsspec"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        write(place_of(f"{folder}/x"), SMALL)
    assert not any(LOGIN[name] in caplog.text for name in list(LOGIN)[:2])


# Processes -------------------------------------------------------------------------------------


def _write_in_another(source, target):
    write(place_of(target), fetched(place_of(source)).read_bytes())


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_that_were_begun_after_a_use_get_on(folder, put, stored, method):
    put("x.in", SMALL)
    fetched(place_of(f"{folder}/x.in"))
    process = multiprocessing.get_context(method).Process(
        target=_write_in_another, args=(f"{folder}/x.in", f"{folder}/x")
    )
    process.start()
    process.join()
    assert process.exitcode == 0
    assert stored()["x"] == SMALL


def test_processes_at_once_fetch_the_same_object_whole(folder, put):
    put("x.in", LARGE)
    context = multiprocessing.get_context("spawn")
    # Each writes an object of its own: of two that write one at once moto's server fails one.
    new = [
        context.Process(target=_write_in_another, args=(f"{folder}/x.in", f"{folder}/{number}"))
        for number in range(3)
    ]
    for each in new:
        each.start()
    for each in new:
        each.join()
    assert [each.exitcode for each in new] == [0, 0, 0]
    for name in ("x.in", "0", "1", "2"):
        assert fetched(place_of(f"{folder}/{name}")).read_bytes() == LARGE


def test_messages_name_the_address_and_not_the_copy(folder):
    path = place_of(f"{folder}/x.json")
    told = str(InputError(str(path), "JSON", f"none in {path.parent}", "Remove it."))
    assert told == f"{folder}/x.json: expected JSON, found none in {folder}. Remove it."
    assert str(Path.home()) not in told
    assert json.dumps(told)
