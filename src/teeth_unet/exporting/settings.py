"""Which formats there are, and which are made. Imports no TensorFlow: cheap to read."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, field_validator

from teeth_unet.configuration import Names, Settings, known_name

INPUT, OUTPUT = "xray", "probabilities"
"""Names of the input and of the output in every format."""

Precision = Literal["float32", "float16", "int8"]

Runtime = Literal["onnxruntime", "litert", "tensorflow"]

NEEDS: dict[Runtime, tuple[str, ...]] = {
    "onnxruntime": ("tf2onnx", "onnxruntime"),
    "litert": ("ai_edge_litert",),
    "tensorflow": (),
}
"""Modules to convert for a runtime and to run in it, which the extra `export` installs."""


@dataclass(frozen=True)
class Format:
    """One way to write a network down.

    Attributes:
        path: Of the file or the folder, within the folder of all formats.
        title: For a person.
        runtime: What runs it.
        precision: In which the numbers are kept.
    """

    path: str
    title: str
    runtime: Runtime
    precision: Precision = "float32"

    @property
    def needs(self) -> tuple[str, ...]:
        """Modules to convert and to run it."""
        return NEEDS[self.runtime]

    @property
    def exact(self) -> bool:
        """Whether it computes as the network itself does, but for rounding."""
        return self.precision == "float32"


FORMATS = {
    "onnx": Format("unet.onnx", "ONNX", "onnxruntime"),
    "litert": Format("unet.tflite", "LiteRT", "litert"),
    "saved_model": Format("saved_model", "SavedModel", "tensorflow"),
    "litert_float16": Format("unet_float16.tflite", "LiteRT, float16", "litert", "float16"),
    "litert_int8": Format("unet_int8.tflite", "LiteRT, int8", "litert", "int8"),
    "onnx_int8": Format("unet_int8.onnx", "ONNX, int8", "onnxruntime", "int8"),
}


class Export(Settings):
    """What is made of a fitted network, and how it is compared with it.

    Attributes:
        formats: Of `onnx`, `litert`, `saved_model`, `litert_float16`, `litert_int8` and
            `onnx_int8`: a list, or names in one text with a + between them.
        calibration_cases: Training X-rays, evenly from all, that tell the conversion to int8
            which numbers to expect.
        cases: Test cases to compare, evenly from all; `null` for all.
        repeats: Runs of which the median is the time for one X-ray.
    """

    formats: Names = Field(("onnx", "litert", "saved_model"), min_length=1)
    calibration_cases: Annotated[int, Field(ge=1)] = 16
    cases: Annotated[int, Field(ge=1)] | None = None
    repeats: Annotated[int, Field(ge=1)] = 9

    @field_validator("formats")
    @classmethod
    def _known_formats(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            known_name("format", name, FORMATS)
        return tuple(name for name in FORMATS if name in names)
