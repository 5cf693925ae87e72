#!/usr/bin/env python3
"""render.py PROGRAM FOLDER [SCENE...]: the pictures of the documents, made anew (make screenshots).

Each scene of scenes.py runs the program in a terminal of the tests' own (tests/pty), on the recording of night.py,
types its keys, and draws the terminal's cells as SVG: every run of a style at its place on a grid of cells, so that
fonts do not matter; bars as shapes, so that they join. The recording is played to its end at once by a clock of its
own, so the same program makes the same bytes.
"""

import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "tests", "pty")]
import night  # noqa: E402
from scenes import SCENES  # noqa: E402
from session import Session  # noqa: E402

WIDE, HIGH = 8.4, 18  # a cell
EDGE = 12             # around the grid
LETTERS = 14
DARK = ("#d8dce4", "#15181e")
LIGHT = ("#22262e", "#ffffff")
SIXTEEN = ("#000000 #cd3131 #0dbc79 #e5e510 #2472c8 #bc3fbc #11a8cd #e5e5e5 "
           "#767676 #f14c4c #23d18b #f5f543 #3b8eea #d670d6 #29b8db #ffffff").split()
BARS = {char: (i + 1) / 8 for i, char in enumerate("▁▂▃▄▅▆▇█")}
ATTRIBUTES = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse"}
OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",)}


# --- styles ---

def palette(number):
    if number < 16:
        return SIXTEEN[number]
    if number >= 232:
        return "#%02x%02x%02x" % ((8 + 10 * (number - 232),) * 3)
    levels = (0, 95, 135, 175, 215, 255)
    number -= 16
    return "#%02x%02x%02x" % (levels[number // 36], levels[number // 6 % 6], levels[number % 6])


def style_of(text, own):
    """Foreground, background, attributes of what the terminal was told ("1;38;5;74"); `own` are its own colours."""
    colours, attributes = [None, None], set()
    numbers = [int(number) for number in text.split(";")] if text else []
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            colours, attributes = [None, None], set()
        elif number in ATTRIBUTES:
            attributes.add(ATTRIBUTES[number])
        elif number in OFF:
            attributes.difference_update(OFF[number])
        elif number in (38, 48):
            kind = numbers.pop(0)
            colours[number == 48] = palette(numbers.pop(0)) if kind == 5 else "#%02x%02x%02x" % tuple(
                numbers.pop(0) for _ in range(3))
        elif number in (39, 49):
            colours[number == 49] = None
        else:
            base = {3: 0, 4: 0, 9: 8, 10: 8}[number // 10]
            colours[number // 10 in (4, 10)] = SIXTEEN[base + number % 10]
    front, back = colours[0] or own[0], colours[1] or own[1]
    if "reverse" in attributes:
        front, back = back, front
    return front, back, frozenset(attributes - {"reverse"})


# --- drawing ---

def number_text(value):
    return ("%.1f" % value).rstrip("0").rstrip(".")


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def runs(row, key):
    """(first cell, cells, what they hold) of neighbours with the same key."""
    start = 0
    for x in range(1, len(row) + 1):
        if x == len(row) or key(row[x], x) != key(row[start], start):
            yield start, row[start:x]
            start = x


class Picture:
    def __init__(self, terminal, own, title):
        self.own = own
        self.title = title
        self.classes = {}
        self.shapes = []
        self.columns, self.rows = terminal.columns, terminal.rows
        self.behind = style_of(terminal.grid[0][-1][1], own)[1]  # what a theme paints, or the terminal's own
        for y, row in enumerate(terminal.grid):
            self.row(y, [(char, style_of(style, own)) for char, style in row])

    def row(self, y, row):
        for x, cells in runs(row, lambda cell, _: cell[1][1]):
            if cells[0][1][1] != self.behind:
                self.shapes.append('<path fill="%s" d="M%s %sh%sv%sh-%sz"/>' % (
                    cells[0][1][1], number_text(x * WIDE), y * HIGH, number_text(len(cells) * WIDE), HIGH,
                    number_text(len(cells) * WIDE)))
        wide = [x for x, cell in enumerate(row) if cell[0] == ""]
        apart = {x: x for x in wide} | {x - 1: x for x in wide}
        for x, cells in runs(row, lambda cell, x: (cell[1], cell[0] in BARS, apart.get(x))):
            if cells[0][0] in BARS:
                self.bars(x, y, cells)
            else:
                self.text(x, y, cells)

    def bars(self, x, y, cells):
        path = ""
        for i, (char, _) in enumerate(cells):
            height = BARS[char] * HIGH
            path += "M%s %sh%sv%sh-%sz" % (number_text((x + i) * WIDE), number_text((y + 1) * HIGH - height), WIDE,
                                           number_text(height), WIDE)
        self.shapes.append('<path fill="%s" d="%s"/>' % (cells[0][1][0], path))

    def text(self, x, y, cells):
        """Words that stand far apart are placed each by itself."""
        front, _, attributes = cells[0][1]
        line = "".join(char for char, _ in cells)
        if len(line) < len(cells):  # a wide character
            self.word(x, y, line, len(cells), front, attributes)
            return
        if "underline" in attributes:
            self.shapes.append('<path fill="%s" d="M%s %sh%sv1h-%sz"/>' % (
                front, number_text(x * WIDE), number_text(y * HIGH + 15), number_text(len(cells) * WIDE),
                number_text(len(cells) * WIDE)))
        for match in re.finditer(r"\S+(?: \S+)*", line):
            self.word(x + match.start(), y, match.group(), len(match.group()), front, attributes)

    def word(self, x, y, text, cells, front, attributes):
        key = "fill:%s" % front
        key += ";font-weight:bold" if "bold" in attributes else ""
        key += ";font-style:italic" if "italic" in attributes else ""
        key += ";opacity:.6" if "dim" in attributes else ""
        name = self.classes.setdefault(key, "s%d" % len(self.classes))
        self.shapes.append('<text class="%s" x="%s" y="%s" textLength="%s">%s</text>' % (
            name, number_text(x * WIDE), number_text(y * HIGH + 13.5), number_text(cells * WIDE), escape(text)))

    def svg(self):
        wide, high = self.columns * WIDE, self.rows * HIGH
        whole = (number_text(wide + 2 * EDGE), number_text(high + 2 * EDGE))
        lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="-%d -%d %s %s">' % (
            *whole, EDGE, EDGE, *whole), "<title>%s</title>" % escape(self.title), "<style>",
            "text{font:%dpx 'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace;white-space:pre}" % LETTERS]
        lines += [".%s{%s}" % (name, key) for key, name in self.classes.items()]
        lines += ["</style>", '<rect x="-%d" y="-%d" width="%s" height="%s" rx="6" fill="%s" stroke="#8a8a8a" '
                  'stroke-opacity=".5"/>' % (EDGE, EDGE, *whole, self.behind)]
        return "\n".join(lines + self.shapes + ["</svg>"]) + "\n"


# --- scenes ---

def play(program, recording, scene, home):
    env = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", ""), "HOME": home, "TZ": "UTC"}
    env.update(scene.get("env", {}))
    argv = [program, "--replay", recording, "--at-once", *scene.get("options", ())]
    with Session(argv, scene["size"], env) as session:
        session.wait_text(scene.get("until", night.SHOWN), 120)
        session.settle(0.4)
        for keys, text in scene.get("keys", ()):
            session.type(keys)
            session.wait_text(text)
            session.settle(0.4)
        if session.terminal.unknown:
            raise SystemExit("%s: strange sequences: %r" % (scene["name"], session.terminal.unknown[:5]))
        return session.terminal


def main():
    program, folder, wanted = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        recording = os.path.join(home, "night.trace")
        night.write(recording)
        for scene in SCENES:
            if wanted and scene["name"] not in wanted:
                continue
            terminal = play(program, recording, scene, home)
            svg = Picture(terminal, LIGHT if scene.get("light") else DARK, scene["title"]).svg()
            with open(os.path.join(folder, scene["name"] + ".svg"), "w", encoding="utf-8") as out:
                out.write(svg)
            print("%s.svg: %d bytes" % (scene["name"], len(svg.encode())), flush=True)


if __name__ == "__main__":
    main()
