"""A page on which a person looks at what the network says of X-rays, and corrects it.

``xrays`` says which there are, ``proposing`` what the network says of one. ``known_teeth`` is what
is known of an X-ray's teeth, and how an edit changes it; ``corrections`` is the folder of what a
person has left. ``workplace`` brings these together. ``application`` has the addresses,
``guarding`` stands before it, ``serving`` starts it; ``page`` is what runs in the browser.
"""

from teeth_unet.review.settings import Review

__all__ = ["Review"]
