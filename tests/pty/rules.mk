# Read after the Makefile (see run): the program of this layer, the only one of the tests that has the real terminal.
build/tests/pty/stage: build/tests/pty/stage.o build/tui/term_curses.o build/fakes.a build/rooms.a
	$(call quietly,LINK)$(LINK) -o $@ build/tests/pty/stage.o build/tui/term_curses.o build/fakes.a build/rooms.a \
	    $(NCURSES_LIBS) $(ENGINE_LIBS)
build/tests/pty/stage.o: | build/tui/term_curses.o
pty-programs: build/tests/pty/stage
.PHONY: pty-programs
