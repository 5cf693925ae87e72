"""A terminal for tests: the grid that a program's bytes draw, and what modes it left switched on.

Knows what terminfo of xterm-256color makes a program send. What it does not know it notes in `unknown`, so that a
test can demand that there is nothing of it.
"""

import re
import unicodedata

SEQUENCE = re.compile(
    r"\x1b(?:\[([?>]?)([0-9;:]*)([ !$]?)([@-~])|([()][0-9A-B])|([78=>MDEc])|(\][^\x07\x1b]*(?:\x07|\x1b\\)))")


def width_of(char):
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


# What switches an attribute off again.
OFF = {22: (1, 2), 23: (3,), 24: (4,), 25: (5,), 27: (7,), 28: (8,), 29: (9,)}


class Style:
    """Colours and attributes as SGR leaves them, one text for each look however it was reached."""

    def __init__(self):
        self.front = self.back = ""
        self.attributes = set()

    def take(self, n):
        i = 0
        while i < len(n):
            code = n[i]
            if code in (38, 48):
                size = 3 if n[i + 1:i + 2] == [5] else 5
                color = ";".join(str(part) for part in n[i:i + size])
                self.front, self.back = (color, self.back) if code == 38 else (self.front, color)
                i += size
                continue
            if code == 0:
                self.__init__()
            elif code in OFF:
                self.attributes.difference_update(OFF[code])
            elif code < 10:
                self.attributes.add(code)
            elif 30 <= code <= 39 or 90 <= code <= 97:
                self.front = "" if code == 39 else str(code)
            elif 40 <= code <= 49 or 100 <= code <= 107:
                self.back = "" if code == 49 else str(code)
            i += 1

    def text(self):
        return ";".join(filter(None, [str(code) for code in sorted(self.attributes)] + [self.front, self.back]))


class Terminal:
    def __init__(self, columns, rows, eager=False):
        self.eager = eager  # turns into the next line with the last letter of a line, not with the first of the next
        self.modes = {"25": True, "7": True}
        self.look = Style()
        self.style = ""  # its text
        self.x = self.y = 0
        self.saved = (0, 0)
        self.unknown = []
        self.styles_seen = set()
        self.switched_on = set()
        self.queries = []
        self.copied = []  # what was sent to the clipboard
        self.pending = ""
        self.resize(columns, rows)

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.top, self.bottom = 0, rows - 1
        self.grid = [[(" ", "")] * columns for _ in range(rows)]
        self.x, self.y = min(self.x, columns - 1), min(self.y, rows - 1)

    def feed(self, text):
        text = self.pending + text
        self.pending = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                match = SEQUENCE.match(text, at)
                if not match:
                    if len(text) - at < 200:
                        self.pending = text[at:]  # the rest of it is still to come
                        return
                    self.unknown.append(repr(text[at:at + 20]))
                    at += 1
                    continue
                self.sequence(match)
                at = match.end()
                continue
            self.char(text[at])
            at += 1

    def char(self, char):
        if char == "\r":
            self.x = 0
        elif char == "\n":
            self.line_feed()
        elif char == "\b":
            self.x = max(0, self.x - 1)
        elif char == "\t":
            self.x = min(self.columns - 1, (self.x // 8 + 1) * 8)
        elif char < " " or "\x7f" <= char <= "\x9f":
            if char not in "\x00\x07\x0e\x0f":
                self.unknown.append(repr(char))
        else:
            self.draw(char)

    def draw(self, char):
        width = width_of(char)
        if width == 0:
            row, at = self.grid[self.y], min(self.x, self.columns) - 1
            at -= at > 0 and row[at][0] == ""
            if at >= 0:
                row[at] = (row[at][0] + char, row[at][1])
            return
        self.last = char
        if self.x + width > self.columns:
            if self.modes.get("7"):
                self.x = 0
                self.line_feed()
            else:
                self.x = self.columns - width
        row = self.grid[self.y]
        row[self.x] = (char, self.style)
        if width == 2:
            row[self.x + 1] = ("", self.style)
        self.x += width
        if self.eager and self.x >= self.columns and self.modes.get("7"):
            self.x = 0
            self.line_feed()

    def line_feed(self):
        if self.y == self.bottom:
            self.scroll(1)
        else:
            self.y = min(self.y + 1, self.rows - 1)

    def blank(self):
        return [(" ", "")] * self.columns

    def scroll(self, count):
        """Lines of the region go up (or down, where count is negative)."""
        for _ in range(abs(count)):
            if count > 0:
                del self.grid[self.top]
                self.grid.insert(self.bottom, self.blank())
            else:
                del self.grid[self.bottom]
                self.grid.insert(self.top, self.blank())

    def sequence(self, match):
        private, numbers, between, final, charset, single, string = match.groups()
        if charset or single in ("=", ">"):
            self.modes["keypad"] = single == "=" if single else self.modes.get("keypad", False)
        elif single == "7":
            self.saved = (self.x, self.y)
        elif single == "8":
            self.x, self.y = self.saved
        elif single == "M":
            self.y = self.y - 1 if self.y > self.top else (self.scroll(-1) or self.y)
        elif string:
            if string.startswith("]52;"):
                self.copied.append(string)
            elif string.rstrip("\x07") != "]104":  # the palette as it was: curses says so when it comes back from a stop
                (self.queries if "?" in string else self.unknown).append(string)
        elif final:
            self.control(private, [int(n or 0) for n in re.split("[;:]", numbers)], between, final)

    def control(self, private, n, between, final):
        first = max(1, n[0])
        row = self.grid[self.y]
        if final != "m":  # a change of colours does not call off the turn into the next line
            self.x = min(self.x, self.columns - 1)
        if private == "?" and final in "hl":
            for number in n:
                self.modes[str(number)] = final == "h"
                if final == "h":
                    self.switched_on.add(number)
                if number == 1049:
                    self.grid = [self.blank() for _ in range(self.rows)]
        elif private == "?" and final == "c":
            pass  # the shape of the cursor, as linux' terminfo has it
        elif private or between:
            self.unknown.append("CSI %s%s%s%s" % (private, n, between, final))
        elif final in "Hf":
            self.y = min(first, self.rows) - 1
            self.x = min(max(1, n[1] if len(n) > 1 else 1), self.columns) - 1
        elif final == "d":
            self.y = min(first, self.rows) - 1
        elif final in "G`":
            self.x = min(first, self.columns) - 1
        elif final == "A":
            self.y = max(0, self.y - first)
        elif final == "B":
            self.y = min(self.rows - 1, self.y + first)
        elif final == "C":
            self.x = min(self.columns - 1, self.x + first)
        elif final == "D":
            self.x = max(0, self.x - first)
        elif final == "b":
            for _ in range(first):
                self.draw(self.last)
        elif final == "X":
            for i in range(self.x, min(self.columns, self.x + first)):
                row[i] = (" ", self.style)
        elif final == "K":
            span = {0: (self.x, self.columns), 1: (0, self.x + 1), 2: (0, self.columns)}[n[0]]
            for i in range(*span):
                row[i] = (" ", self.style)
        elif final == "J":
            lines = {0: range(self.y + 1, self.rows), 1: range(self.y), 2: range(self.rows), 3: ()}[n[0]]
            for y in lines:
                self.grid[y] = [(" ", self.style)] * self.columns
            if n[0] == 0:
                for i in range(self.x, self.columns):
                    row[i] = (" ", self.style)
        elif final == "@":
            for _ in range(first):
                row.insert(self.x, (" ", self.style))
                row.pop()
        elif final == "P":
            for _ in range(first):
                row.pop(self.x)
                row.append((" ", self.style))
        elif final in "LM":
            top = self.top
            self.top = self.y
            self.scroll(first if final == "M" else -first)
            self.top = top
        elif final == "S":
            self.scroll(first)
        elif final == "T":
            self.scroll(-first)
        elif final == "r":
            self.top = first - 1
            self.bottom = min(self.rows, n[1] if len(n) > 1 and n[1] else self.rows) - 1
            self.x = self.y = 0
        elif final == "m":
            style = ";".join(str(i) for i in n)
            self.styles_seen.add(style)
            self.look.take(n)
            self.style = self.look.text()
        elif final in "nc":
            self.queries.append("CSI %s%s" % (n, final))
        elif final == "t" and n[0] in (22, 23):
            pass  # the title, put aside and brought back
        elif final in "hl" and n == [34]:
            pass  # the shape of the cursor, as screen's terminfo has it
        elif final in "hl" and n == [4]:
            self.modes["insert"] = final == "h"
        else:
            self.unknown.append("CSI %s%s" % (n, final))

    def lines(self):
        return ["".join(cell[0] for cell in row).rstrip() for row in self.grid]

    def text(self):
        return "\n".join(self.lines())

    def cells(self):
        """The grid as one sees it: the colour of the letter does not show on a blank that is neither lit nor underlined."""
        def seen(cell):
            char, style = cell
            if char == " ":
                style = ";".join(part for part in re.findall(r"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\d+", style)
                                 if part in ("4", "7") or part.startswith("48") or re.fullmatch("4[0-7]|10[0-7]", part)
                                 or "7" in style.split(";"))
            return char, style
        return [[seen(cell) for cell in row] for row in self.grid]

    def left_behind(self):
        """What a program must not leave switched."""
        left = [name for mode, name in (("1049", "alternate screen"), ("2004", "bracketed paste"), ("1000", "mouse"),
                                        ("1002", "mouse"), ("1003", "mouse"), ("1006", "mouse"), ("1", "cursor keys"),
                                        ("keypad", "keypad"), ("insert", "insert mode")) if self.modes.get(mode)]
        if not self.modes.get("25"):
            left.append("cursor hidden")
        if not self.modes.get("7"):
            left.append("no wrapping")
        if self.style:
            left.append("style " + self.style)
        if (self.top, self.bottom) != (0, self.rows - 1):
            left.append("scrolling region")
        return left
