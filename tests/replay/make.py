#!/usr/bin/env python3
"""make.py [FOLDER]: writes the recordings of stories.py into the folder (default: this one)."""

import os
import sys

from stories import STORIES

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    for story in STORIES:
        with open(os.path.join(folder, story.__name__ + ".trace"), "w", encoding="ascii", newline="") as out:
            out.write(story().text())


if __name__ == "__main__":
    main()
