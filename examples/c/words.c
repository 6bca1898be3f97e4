/* SPDX-License-Identifier: MIT */
/* clib from C99, through clib.h alone: a counter, a buffer that C writes into, an owned string, and
 * what a mistake looks like. */
#include <clib.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For calls that can only fail if memory runs out: NULL and negative results end the program. */
static void require(int succeeded) {
    if (!succeeded) {
        fprintf(stderr, "%s\n", clib_last_error());
        exit(1);
    }
}

static void number_the_words(const char* const* words, size_t count) {
    clib_counter* numbers = clib_counter_new();
    clib_char_buffer* line = clib_char_buffer_new(NULL, 0);
    require(numbers != NULL && line != NULL);

    for (size_t i = 0; i < count; ++i) {
        char number[32];
        const int size =
            snprintf(number, sizeof number, "%" PRId64 ":", clib_counter_next(numbers));
        require(clib_char_buffer_append(line, number, (size_t)size) == CLIB_OK);
        require(clib_char_buffer_append(line, words[i], strlen(words[i])) == CLIB_OK);
        require(clib_char_buffer_append(line, " ", 1) == CLIB_OK);
    }

    /* The address may be written through; while it is lent, the buffer cannot move. */
    char* text = clib_char_buffer_pin(line);
    require(text != NULL);
    text[clib_char_buffer_size(line) - 1] = '.';
    printf("buffer:  %s\n", text);
    if (clib_char_buffer_clear(line) == CLIB_E_BUSY) { printf("refused: %s\n", clib_last_error()); }

    require(clib_char_buffer_unpin(line) == CLIB_OK);
    require(clib_char_buffer_free(line) == CLIB_OK);
    require(clib_counter_free(numbers) == CLIB_OK);
}

static void give_back(char* text, void* context) {
    printf("deleter: %s \"%s\"\n", (const char*)context, text);
    free(text);
}

static void own_a_string(const char* phrase) {
    static char context[] = "gives back";
    char* text = malloc(strlen(phrase) + 1);
    if (text == NULL) { return; }
    strcpy(text, phrase);

    clib_c_string* owner = clib_c_string_adopt(text, give_back, context);
    require(owner != NULL);
    printf("string:  %" PRId64 " chars\n", clib_c_string_size(owner));
    require(clib_c_string_free(owner) == CLIB_OK);

    const clib_status status = clib_c_string_free(owner); /* a mistake: it is free already */
    printf("refused: %s (%s)\n", clib_last_error(), clib_status_name(status));
}

int main(void) {
    const char* const words[] = {"I", "was", "written", "in", "C"};
    number_the_words(words, sizeof words / sizeof words[0]);
    own_a_string("I was written in C");
    return clib_counter_live() + clib_char_buffer_live() + clib_c_string_live() == 0 ? 0 : 1;
}
