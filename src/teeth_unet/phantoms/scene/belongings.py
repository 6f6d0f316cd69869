"""What the patient wears and what the apparatus holds the head with."""

import numpy as np

from teeth_unet.phantoms.brush import Field, smooth_noise, smooth_step
from teeth_unet.phantoms.curves import Points
from teeth_unet.phantoms.scene.surroundings import Canvas, Drawer

METAL = 0.9  # density of metal of some thickness


def _circle(middle: tuple[float, float], across: float, down: float) -> Points:
    angle = np.linspace(0, 2 * np.pi, 40)
    return np.array(middle) + np.column_stack([across * np.cos(angle), down * np.sin(angle)])


def _earrings(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return earrings, and their ghosts: on the other side, higher, wider and blurred."""
    field = np.zeros(canvas.brush.shape, np.float32)
    squeeze = 2 * canvas.frame.height / canvas.frame.width
    radius = np.exp(rng.uniform(np.log(0.012), np.log(0.09)))
    hoop = bool(radius > 0.03 or rng.random() < 0.3)
    x, y = rng.uniform(0.82, 0.98), rng.uniform(0.35, 0.72)
    raised, wider = rng.uniform(0.08, 0.25), rng.uniform(1.3, 2.5)
    for side in rng.choice([-1, 1], size=int(rng.integers(1, 3)), replace=False).tolist():
        at = (side * (x + rng.normal(0, 0.01)), y + rng.normal(0, 0.015))
        ring = _circle(at, radius * squeeze, radius)
        ghost_at = (-side * (x - rng.uniform(0.05, 0.4)), at[1] - raised)
        ghost = _circle(ghost_at, wider * radius * squeeze, 1.2 * radius)
        strength = rng.uniform(0.1, 0.4)
        blur = rng.uniform(0.008, 0.025)
        if hoop:
            thickness = rng.uniform(0.006, 0.014)
            closed = np.vstack([ring[20:], ring, ring[:20]])  # a stroke fades at its ends
            field += METAL * canvas.stroke([closed], thickness)
            outer = canvas.fill([ghost], blur)
            inner = canvas.fill([(ghost - ghost_at) * 0.65 + ghost_at], blur)
            field += strength * np.clip(outer - inner, 0, None)
        else:
            field += METAL * canvas.fill([ring], 0.002) + strength * canvas.fill([ghost], blur)
    return field


def _necklace(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return a chain that hangs into the lower edge, and its blurred ghost above."""
    reach, sag = rng.uniform(0.3, 0.9), rng.uniform(0.05, 0.2)
    along = np.linspace(-1, 1, int(rng.integers(40, 160)))
    level, size = rng.uniform(0.9, 1.02), rng.uniform(0.003, 0.008)
    chain = np.column_stack([reach * along, level + sag * (along**2 - 0.5)])
    chain += rng.normal(0, 0.002, chain.shape)
    beads = [_circle((x, y), 0.6 * size, size) for x, y in chain.tolist()]
    ghost = canvas.brush.blurred(canvas.stroke([chain - (0, 0.15)], 0.02), 0.012)
    return METAL * canvas.fill(beads, 0.001) + rng.uniform(0, 0.2) * ghost


def _chin_rest(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the chin rest: a bar below the chin with a stem, and its ghosts at the sides."""
    half, top = rng.uniform(0.08, 0.4), rng.uniform(0.88, 0.97)
    thick = rng.uniform(0.015, 0.06)
    bar = np.array([(-half, top), (half, top), (half, top + thick), (-half, top + thick)])
    stem = np.array([(-0.03, top), (0.03, top), (0.03, 1.1), (-0.03, 1.1)])
    strength = rng.uniform(0.03, 0.25)
    field = strength * canvas.fill([bar, stem], 0.002)
    field += 0.8 * strength * canvas.stroke([bar[:2]], 0.008)
    ghosts = [bar * (1.5, 1) + (side * rng.uniform(0.5, 0.8), -0.15) for side in (-1, 1)]
    return field + rng.uniform(0, 0.5) * strength * canvas.fill(ghosts, 0.012)


def _bite_block(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return the block between the front teeth, on a rod from below, with edges and a hole."""
    bite = float(canvas.frame.bite_height(0)) + rng.normal(0, 0.01)
    half, thick, rod = rng.uniform(0.03, 0.08), rng.uniform(0.01, 0.03), rng.uniform(0.01, 0.035)
    shift = rng.normal(0, 0.015)
    block = np.array([(-half, -thick), (half, -thick), (half, thick), (-half, thick)])
    foot, end = rod * rng.uniform(1, 1.6), rng.uniform(0.08, 0.6)
    stem = np.array([(-rod, 0), (rod, 0), (foot, end), (-foot, end)])
    shapes = [part + np.array((shift, bite)) for part in (block, stem)]
    field = canvas.fill(shapes, 0.002)
    if rng.random() < 0.5:
        field = field - 0.7 * canvas.fill([_circle((shift, bite), 0.3 * half, 0.5 * thick)], 0.002)
    edges = canvas.stroke([np.vstack([part, part[:2]]) for part in shapes], 0.006)
    return rng.uniform(0.03, 0.22) * field + rng.uniform(0, 0.1) * edges


def _head_support(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return bars beside the temples, and thin rods."""
    inner, wide = rng.uniform(0.75, 0.97), rng.uniform(0.015, 0.08)
    end, lean = rng.uniform(0.2, 0.9), rng.uniform(-0.05, 0.05)
    bar = np.array(
        [(inner, -0.05), (inner + wide, -0.05), (inner + wide + lean, end), (inner + lean, end)]
    )
    bars = [bar * (side, 1) + (rng.normal(0, 0.015), 0) for side in (-1, 1)]
    edges = np.clip(canvas.fill(bars, 0.003) - canvas.fill(bars, 0.012), 0, None)
    return rng.uniform(0.01, 0.12) * canvas.fill(bars, 0.003) + rng.uniform(0, 0.3) * edges


def _apron(rng: np.random.Generator, canvas: Canvas) -> Field:
    """Return a lead apron that reaches into the lower edge: white, with a round top."""
    x, y = canvas.x - rng.normal(0, 0.2), canvas.y
    top, half = rng.uniform(0.78, 0.97), rng.uniform(0.15, 0.6)
    edge = top + (1 - top) * (np.abs(x) / half) ** 1.6
    edge = edge + 0.004 * smooth_noise(rng, (1, x.size), (1, x.size / 30))
    shade: Field = rng.uniform(0.3, 0.8) * smooth_step((y - edge) / 0.004)
    return shade


BELONGINGS: dict[str, Drawer] = {
    "earrings": _earrings,
    "necklace": _necklace,
    "chin_rest": _chin_rest,
    "bite_block": _bite_block,
    "head_support": _head_support,
    "apron": _apron,
}
"""What draws each thing that is no part of the head, by the name of its share."""
