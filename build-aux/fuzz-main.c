/*
 * fuzz-main: runs a fuzz target over saved inputs, where libFuzzer's own main is not linked.
 *
 * Each argument is a file; a name is printed before its bytes are used, so that a crash tells which it was. Behind the
 * argument --broken, small files are also run cut off at each byte, and with each byte changed in several ways.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 600 /* bytes of an input that is worth breaking at each of them */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *read_whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    long length;
    uint8_t *data;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0) {
        perror(path);
        exit(2);
    }
    rewind(file);
    /* Exactly as large as the input: one byte read too far is one that a sanitizer sees. */
    data = malloc(length > 0 ? (size_t)length : 1);
    if (data == NULL || fread(data, 1, (size_t)length, file) != (size_t)length) {
        perror(path);
        exit(2);
    }
    fclose(file);
    *size = (size_t)length;
    return data;
}

/* On a copy of exactly that size. */
static void run_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        exit(2);
    if (size > 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_broken(uint8_t *data, size_t size)
{
    static const uint8_t others[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '\n', '"'};
    for (size_t cut = 0; cut < size; cut++)
        run_copy(data, cut);
    for (size_t i = 0; i < size; i++) {
        uint8_t whole = data[i];
        for (size_t k = 0; k < sizeof others; k++) {
            data[i] = others[k];
            run_copy(data, size);
        }
        for (unsigned bit = 0; bit < 8; bit++) {
            data[i] = whole ^ (uint8_t)(1u << bit);
            run_copy(data, size);
        }
        data[i] = whole;
    }
}

int main(int argc, char **argv)
{
    int broken = argc > 1 && strcmp(argv[1], "--broken") == 0;

    for (int i = 1 + broken; i < argc; i++) {
        size_t size = 0;
        uint8_t *data = read_whole(argv[i], &size);

        printf("# %s\n", argv[i]);
        fflush(stdout);
        LLVMFuzzerTestOneInput(data, size);
        if (broken && size <= SMALL)
            run_broken(data, size);
        free(data);
    }
    return 0;
}
