"""What lies around the teeth, and how the picture was taken.

``settings`` says what there is and how often. Each thing has a random stream of its own: switching
it on changes no other. In the order in which an X-ray comes to be:

1. ``appearance``: how much each tissue takes away, and textures.
2. ``surroundings`` adds what lies around the teeth: ``soft_parts``, ``hard_parts``, ``belongings``.
3. ``capture``: what is out of focus or moved.
4. ``positioning`` and ``warp``: how the head stood, and which part was kept. What they do to the
   X-ray, they do to the truth, exactly.
5. ``processing``: noise, and what a device makes of grey levels; ``film``: borders, signs, dust.
"""
