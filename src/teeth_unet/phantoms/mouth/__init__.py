"""What is met in a mouth beside sound permanent teeth, each kind of object by itself.

``settings`` says what there is and how often, ``objects`` what an object is. The other modules each
add some kinds to a dentition, from a random stream of their own: switching one on changes no other.
``whole`` puts them together, ``truth`` tells which pixel belongs to what, and ``shadows`` draws.
"""
