# Read after the Makefile (see run): the programs of this layer.
SCREEN = $(call executables,$(call programs,screen,test))
$(eval $(call program,screen,test,))
screen-programs: $(SCREEN)
.PHONY: screen-programs
