"""A page on which a person looks at what the network says of X-rays, and corrects it.

``xrays`` says which there are, ``proposing`` what the network says of one. ``known_teeth`` is what
is known of an X-ray's teeth, and how an edit changes it; ``corrections`` is the folder of what a
person has left. ``workplace`` brings these together. ``teaching`` runs a training in a process of
its own, ``networks`` keeps what it leaves, ``school`` compares it with the network in use.
``application`` and ``teaching_addresses`` have the addresses, ``guarding`` stands before them,
``serving`` starts it all; ``page`` is what runs in the browser.
"""

from teeth_unet.review.settings import Review

__all__ = ["Review"]
