"""What tests of object storage need, see tests/support."""

from storage_fixtures import elsewhere, folder, proxy, put, storage, stored

__all__ = ["elsewhere", "folder", "proxy", "put", "storage", "stored"]
