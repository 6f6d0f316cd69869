"""A storage that speaks like Amazon's, on this machine, for tests; faults come with a proxy."""

import contextlib
import logging
import os
from collections.abc import Iterator
from unittest import mock

LOGIN = {
    "AWS_ACCESS_KEY_ID": "AKIASECRETKEYID",
    "AWS_SECRET_ACCESS_KEY": "secret/access/key",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}

BUCKET = "bucket"


@contextlib.contextmanager
def storage_server() -> Iterator[str]:
    """Serve an empty bucket; yield the address for AWS_ENDPOINT_URL."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def client(endpoint: str):
    """Return boto3's own client: what the storage has, seen past all that is tested."""
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def contents(endpoint: str, prefix: str = "") -> dict[str, bytes]:
    """Return all objects of the bucket, by name."""
    amazon = client(endpoint)
    pages = amazon.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
    return {key: amazon.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def environment(endpoint: str, copies: object) -> dict[str, str]:
    """Return the variables with which this storage is used."""
    return {**LOGIN, "AWS_ENDPOINT_URL": endpoint, "TEETH_UNET_COPIES": str(copies)}


@contextlib.contextmanager
def used(endpoint: str, copies: object) -> Iterator[None]:
    """Use this storage in this process."""
    with mock.patch.dict(os.environ, environment(endpoint, copies)):
        yield
