"""What is pictured: size, options, and keys, each with a text that the screen must show then."""

LOOKS = ("default", "light", "high-contrast", "colour-blind", "mono", "gruvbox-dark", "gruvbox-light", "solarized-dark",
         "solarized-light", "nord", "dracula", "catppuccin-mocha", "tokyo-night")
DOWN = "j"
TO_FRAUD = [(DOWN, "2/15"), ("", "fraud-score (8 partitions")]


def scene(name, size, title, *keys, **more):
    return {"name": "%s-%dx%d" % (name, *size), "size": size, "title": title, "keys": keys, **more}


SMALL, USUAL, LARGE = (40, 10), (80, 24), (120, 40)

SCENES = [
    scene("groups", USUAL, "the groups, worst first"),
    scene("groups", LARGE, "the groups, the partitions of the selected one, and why", ("w", "LAG 30m"),
          ("g", "q Quit")),
    scene("groups", SMALL, "what is left in a small window"),
    scene("why", LARGE, "a group of which two partitions stand still, and whose they are", *TO_FRAUD),
    scene("open", LARGE, "the partitions of a group", *TO_FRAUD, ("\r", "> fraud-score")),
    scene("expand", USUAL, "a group opened in place", (DOWN, "2/15"), ("x", "└")),
    scene("topics", LARGE, "topics, and who reads them", ("2", "[2Topics]")),
    scene("brokers", LARGE, "brokers: leaders, lag, round trips", ("4", "[4Brokers]")),
    scene("hosts", LARGE, "hosts of members", ("6", "[6Hosts]")),
    scene("trend", USUAL, "half an hour of lag", ("w", "LAG30m")),
    scene("events", LARGE, "what happened, newest first", ("5", "[5Events]")),
    scene("back", LARGE, "the screen as it was", *[("[", "AS OF")] * 12),
    scene("baseline", LARGE, "what became of it since a moment before", ("[" * 150, "AS OF 03:0"), ("b", " base "),
          ("p", "age")),
    scene("quiet", USUAL, "an acknowledged row", ("a", "acked")),
    scene("names", USUAL, "full names and a command", ("y", "FULL NAMES")),
    scene("columns", LARGE, "choosing columns", ("c", "ALL PANELS")),
    scene("themes", LARGE, "choosing a theme", ("E", "tokyo-night")),
    *[scene("theme-" + name, (80, 14), "the theme " + name, options=["--theme", name], light=name == "light")
      for name in LOOKS],
]
