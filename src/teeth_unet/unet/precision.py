"""Which number format a network computes in."""

import logging
from pathlib import Path

import keras

log = logging.getLogger(__name__)

BFLOAT16_FLAGS = {"avx512_bf16", "amx_bf16"}


def choose_precision(wanted: str) -> str:
    """Turn `auto` into `mixed_bfloat16` where the hardware multiplies in it, else `float32`.

    Args:
        wanted: `auto`, `float32` or `mixed_bfloat16`; the last two are returned as they are.

    Returns:
        A Keras dtype policy.
    """
    if wanted != "auto":
        return wanted
    chosen = "mixed_bfloat16" if _has_bfloat16_gpu() or _has_bfloat16_cpu() else "float32"
    log.info("Precision: %s, chosen for this machine", chosen)
    return chosen


def _has_bfloat16_cpu(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    if not cpuinfo.exists():  # not Linux: nothing is known, float32 is always right
        return False
    flags = next(
        (line for line in cpuinfo.read_text().splitlines() if line.startswith("flags")), ""
    )
    return bool(BFLOAT16_FLAGS & set(flags.split()))


def _has_bfloat16_gpu() -> bool:
    # All but the oldest cards multiply in it: from compute capability 8.0 on (2020).
    if keras.backend.backend() == "jax":
        import jax

        gpus = [device for device in jax.devices() if device.platform == "gpu"]
        return any(float(gpu.compute_capability) >= 8.0 for gpu in gpus)
    import tensorflow as tf

    details = [
        tf.config.experimental.get_device_details(gpu)
        for gpu in tf.config.list_physical_devices("GPU")
    ]
    return any(detail.get("compute_capability", (0, 0)) >= (8, 0) for detail in details)


def backend_name() -> str:
    """Return what Keras computes with: tensorflow, jax or torch."""
    return str(keras.backend.backend())


def has_gpu() -> bool:
    """Return whether Keras will compute on a GPU."""
    if keras.backend.backend() == "jax":
        import jax

        return bool(jax.default_backend() == "gpu")
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
