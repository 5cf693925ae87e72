"""What is pictured: size, options, and keys, each with a text that the screen must show then."""

SCENES = [
    {"name": "groups-80x24", "size": (80, 24), "title": "the groups, worst first"},
    {"name": "groups-120x40", "size": (120, 40), "title": "the groups, the partitions of the selected one, and why"},
    {"name": "light-120x40", "size": (120, 40), "title": "the same in the theme light", "light": True,
     "options": ["--theme", "light"]},
]
