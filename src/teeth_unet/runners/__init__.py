"""Nodes on the workers of a cluster: `kedro run --runner teeth_unet.runners.DaskRunner`."""

from teeth_unet.runners.dask_runner import DaskRunner

__all__ = ["DaskRunner"]
