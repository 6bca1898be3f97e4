/* SPDX-License-Identifier: MIT
 *
 * Calls a C++ function that takes a list and returns a dict of lists. tally.h was made by
 * python3 -m clib header libtally.so. */
#include "tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static clib_item text_item(const char* text) {
    clib_item item = {CLIB_KIND_BYTES, 0, {0}, 0};
    item.value.text = text;
    item.count = strlen(text);
    return item;
}

int main(void) {
    clib_item words[] = {text_item("so"), text_item("it"), text_item("goes"), text_item("so")};
    clib_item list = {CLIB_KIND_LIST, 0, {0}, sizeof words / sizeof *words};
    list.value.items = words;

    if (tally_load(clib_describe) != 0) {
        fprintf(stderr, "libtally.so is not the library that tally.h was made of\n");
        return 1;
    }
    const clib_item* const places = tally_places(&list);
    if (places == NULL) {
        fprintf(stderr, "%s\n", tally_last_error());
        return 1;
    }
    for (uint64_t i = 0; i < places->count; i += 2) {
        const clib_item* const word = &places->value.items[i];
        const clib_item* const row = &places->value.items[i + 1];
        printf("%s:", word->value.text);
        for (uint64_t j = 0; j < row->count; ++j) {
            printf(" %" PRId64, row->value.items[j].value.integer);
        }
        printf("\n");
    }

    list.kind = CLIB_KIND_SET; /* which is none that the function takes */
    if (tally_places(&list) == NULL) { printf("%s\n", tally_last_error()); }
    return 0;
}
