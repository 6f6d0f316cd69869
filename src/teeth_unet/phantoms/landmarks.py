"""Where the bones, soft tissues and air spaces of a head cast their shadows in a panoramic.

All points are in head coordinates (see ``frame``) and show the right half of the picture.
"""

from dataclasses import dataclass

import numpy as np

from teeth_unet.phantoms.curves import Points


@dataclass(frozen=True)
class Region:
    """A soft shape on either side of the midline.

    Attributes:
        outline: (n, 2) landmarks on its closed outline.
        density: Least and greatest density that it adds; negative for air.
        softness: Blur (standard deviation) of its edge, in picture heights.
    """

    outline: Points
    density: tuple[float, float]
    softness: float


@dataclass(frozen=True)
class Line:
    """A thin plate of bone, seen edge-on on either side of the midline.

    Attributes:
        course: (n, 2) landmarks on the line.
        density: Least and greatest density that it adds.
        thickness: In picture heights.
    """

    course: Points
    density: tuple[float, float]
    thickness: float


def _points(*pairs: tuple[float, float]) -> Points:
    return np.array(pairs, dtype=float)


# From the chin along the body and the ramus of the mandible up to the condyle.
LOWER_BORDER = _points(
    (0, 0.955), (0.2, 0.94), (0.4, 0.885), (0.58, 0.80), (0.73, 0.715), (0.83, 0.63),
    (0.875, 0.52), (0.895, 0.38), (0.915, 0.24), (0.945, 0.15), (0.955, 0.085), (0.93, 0.05),
)  # fmt: skip
# From the condyle over the coronoid process down to behind the last tooth.
INNER_BORDER = _points(
    (0.90, 0.085), (0.88, 0.15), (0.84, 0.215), (0.79, 0.215), (0.745, 0.13), (0.71, 0.10),
    (0.685, 0.18), (0.665, 0.30), (0.635, 0.42),
)  # fmt: skip

REGIONS = (
    # nasal cavity
    Region(_points((0.02, -0.05), (0.02, 0.1), (0.07, 0.14), (0.14, 0.12), (0.16, -0.05)),
           (-0.2, -0.08), 0.012),
    # lower conchae within it
    Region(_points((0.06, 0.0), (0.12, 0.02), (0.13, 0.09), (0.08, 0.11)), (0.02, 0.1), 0.01),
    # maxillary sinus
    Region(_points((0.24, 0.18), (0.26, 0.03), (0.45, -0.03), (0.58, 0.05), (0.57, 0.18),
                   (0.4, 0.25)), (-0.1, -0.02), 0.012),
    # cheekbone
    Region(_points((0.5, 0.06), (0.62, 0.1), (0.74, 0.19), (0.68, 0.24), (0.56, 0.2)),
           (0.02, 0.12), 0.015),
    # thick bone of the ramus
    Region(_points((0.68, 0.25), (0.83, 0.27), (0.86, 0.5), (0.78, 0.64), (0.62, 0.64),
                   (0.65, 0.45)), (0.0, 0.1), 0.05),
    # thin bone under the molars
    Region(_points((0.25, 0.74), (0.5, 0.65), (0.66, 0.66), (0.5, 0.79), (0.3, 0.87)),
           (-0.12, -0.03), 0.03),
    # air in the cheek behind the last teeth
    Region(_points((0.54, 0.3), (0.62, 0.28), (0.65, 0.38), (0.62, 0.48), (0.54, 0.48)),
           (-0.1, -0.01), 0.014),
    # air of the throat across the ramus
    Region(_points((0.6, 0.22), (0.72, 0.31), (0.77, 0.48), (0.76, 0.62), (0.7, 0.6),
                   (0.67, 0.42)), (-0.1, 0.0), 0.016),
    # notch between condyle and coronoid process
    Region(_points((0.77, 0.08), (0.88, 0.09), (0.86, 0.19), (0.79, 0.19)), (-0.1, 0.0), 0.02),
    # base of the skull above the joint
    Region(_points((0.74, -0.06), (1.1, -0.06), (1.1, 0.12), (0.985, 0.06), (0.93, 0.015),
                   (0.84, 0.05)), (0.08, 0.24), 0.01),
    # air beside the front teeth
    Region(_points((0.07, 0.24), (0.2, 0.27), (0.27, 0.42), (0.22, 0.5), (0.1, 0.48)),
           (-0.1, 0.0), 0.035),
    # dark strip behind the ramus, and the ear lobe in it
    Region(_points((0.975, 0.14), (1.1, 0.14), (1.1, 0.7), (0.93, 0.68)), (-0.14, -0.02), 0.02),
    Region(_points((0.96, 0.38), (1.04, 0.4), (1.04, 0.6), (0.97, 0.56)), (0.0, 0.1), 0.006),
    # hyoid bone
    Region(_points((0.5, 1.0), (0.55, 0.94), (0.63, 0.93), (0.65, 0.955), (0.58, 0.97)),
           (0.0, 0.09), 0.005),
)  # fmt: skip

LINES = (
    # septum and floor of the nose
    Line(_points((0.002, -0.05), (0.004, 0.06), (0.002, 0.17)), (0.05, 0.14), 0.02),
    Line(_points((0.0, 0.17), (0.07, 0.175), (0.15, 0.15), (0.19, 0.06), (0.18, -0.05)),
           (0.04, 0.16), 0.009),
    # walls between nose and sinus
    Line(_points((0.165, -0.05), (0.18, 0.06), (0.2, 0.15), (0.25, 0.2)), (0.02, 0.14), 0.008),
    Line(_points((0.3, -0.05), (0.27, 0.05), (0.21, 0.14), (0.17, 0.24)), (0.0, 0.12), 0.01),
    Line(_points((0.05, 0.03), (0.1, 0.05), (0.13, 0.1), (0.09, 0.14)), (0.0, 0.1), 0.012),
    # lower rim of the cheekbone
    Line(_points((0.52, 0.2), (0.6, 0.215), (0.7, 0.18), (0.82, 0.12), (0.95, 0.08)),
           (0.02, 0.12), 0.014),
    # floor of the maxillary sinus
    Line(_points((0.2, 0.08), (0.235, 0.19), (0.31, 0.235), (0.4, 0.225), (0.49, 0.255),
                   (0.57, 0.21), (0.6, 0.1)), (0.06, 0.2), 0.008),
    # root of the cheekbone, rim of the orbit, wing behind the upper jaw
    Line(_points((0.56, -0.02), (0.545, 0.12), (0.53, 0.185), (0.51, 0.17), (0.49, 0.03)),
           (0.06, 0.2), 0.009),
    Line(_points((0.2, 0.03), (0.34, 0.06), (0.5, 0.03), (0.62, 0.06), (0.8, 0.1)),
           (0.04, 0.18), 0.009),
    Line(_points((0.63, -0.02), (0.635, 0.1), (0.66, 0.2), (0.65, 0.27)), (0.03, 0.14), 0.009),
    # ridge from the ramus down beside the molars
    Line(_points((0.67, 0.28), (0.65, 0.42), (0.58, 0.54), (0.47, 0.6)), (0.02, 0.09), 0.012),
    # walls of the canal of the lower jaw's nerve
    Line(_points((0.73, 0.44), (0.66, 0.6), (0.52, 0.73), (0.36, 0.77)), (0.0, 0.08), 0.008),
    Line(_points((0.745, 0.45), (0.68, 0.615), (0.53, 0.755), (0.36, 0.795)), (0.0, 0.08), 0.008),
    # rim of the joint socket and outline of the hyoid bone
    Line(_points((0.8, 0.06), (0.87, 0.045), (0.92, 0.015), (0.975, 0.04), (1.02, 0.1)),
           (0.06, 0.22), 0.008),
    Line(_points((0.5, 1.0), (0.55, 0.94), (0.63, 0.93), (0.65, 0.955), (0.58, 0.97)),
           (0.0, 0.16), 0.009),
)  # fmt: skip
