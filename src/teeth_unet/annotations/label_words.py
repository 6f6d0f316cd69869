"""Words that labels of dental X-rays consist of, in lower case."""

ONE_TOOTH = frozenset((
    "tooth", "zahn", "dent", "dente", "diente", "zub", "зуб", "diş", "tand", "hammas", "ząb",
    "牙", "牙齿", "歯", "치아",
))  # fmt: skip
"""A tooth, in the languages of public sets."""

SEVERAL_TEETH = frozenset((
    "teeth", "zähne", "zaehne", "dents", "dientes", "denti", "dentes", "зубы", "tanden", "zęby",
))  # fmt: skip
"""Teeth in the plural: single ones, or a region of all."""

ANYTHING = frozenset((
    "object", "objects", "instance", "mask", "foreground", "segment", "region", "polygon",
))  # fmt: skip
"""What tools call a label that nobody has named: a tooth if a set has no other label."""

BESIDE_A_NUMBER = frozenset((
    "fdi", "iso", "3950", "universal", "ada", "palmer", "no", "nr", "num", "number", "label",
    "class", "id", "t", "n", "#",
))  # fmt: skip
"""Words that say no more than that a number follows."""

KINDS = {
    "incisor": (1, 2), "incisors": (1, 2), "canine": (3,), "canines": (3,), "cuspid": (3,),
    "premolar": (4, 5), "premolars": (4, 5), "bicuspid": (4, 5), "molar": (6, 7, 8),
    "molars": (6, 7, 8), "wisdom": (8,),
}  # fmt: skip
"""Places in a quadrant that a kind of tooth has, counted from the middle."""

ORDER = {
    "central": 0, "lateral": 1, "first": 0, "second": 1, "third": 2, "1st": 0, "2nd": 1, "3rd": 2,
}  # fmt: skip
"""Which of those places is meant."""

UPPER = frozenset(("upper", "maxillary", "top"))
LOWER = frozenset(("lower", "mandibular", "bottom"))
SIDES = frozenset(("left", "right"))

OF_TEETH = frozenset((
    "permanent", "adult", "erupted", "unerupted", "impacted", "embedded", "healthy", "sound",
    "normal", "natural",
))  # fmt: skip
"""What may be said of a tooth that is one all the same."""

OF_MILK_TEETH = frozenset(("deciduous", "primary", "milk", "baby", "temporary"))

OF_A_KIND = frozenset((
    "germ", "germs", "supernumerary", "mesiodens", "remnant", "remnants",
))  # fmt: skip
"""Words for teeth of a kind that mostly has no number."""

OF_ROOTS = frozenset(("root", "roots"))
"""What is no tooth by itself, and one as "root remnant"."""

NO_TOOTH = frozenset((
    "caries", "cavity", "cavities", "decay", "decayed", "karies", "carie", "lesion", "lesions",
    "periapical", "abscess", "cyst", "granuloma", "furcation", "implant", "implants",
    "implantat", "crown", "crowns", "krone", "bridge", "bridges", "brücke", "pontic", "pontics",
    "veneer", "filling", "fillings", "füllung", "restoration", "restorations", "amalgam",
    "composite", "inlay", "onlay", "root", "roots", "canal", "canals", "endodontic", "endo",
    "rct", "post", "posts", "pulp", "enamel", "dentin", "dentine", "cementum", "bone", "jaw",
    "jaws", "mandible", "maxilla", "kiefer", "unterkiefer", "oberkiefer", "condyle", "ramus",
    "tmj", "sinus", "nerve", "nerves", "nerv", "ian", "nasal", "nose", "orbit", "palate",
    "tongue", "airway", "gingiva", "gum", "gums", "ligament", "calculus", "tartar", "plaque",
    "attrition", "abrasion", "erosion", "fracture", "fractured", "loss", "missing", "gap",
    "braces", "bracket", "brackets", "orthodontic", "appliance", "appliances", "retainer",
    "wire", "wires", "bar", "bars", "screw", "plate", "plating", "denture", "prosthesis",
    "prosthetic",
    "metal", "artifact", "artefact", "marker", "text", "background", "ignore",
))  # fmt: skip
"""Findings, restorations, devices and anatomy that labels beside teeth are called by."""
