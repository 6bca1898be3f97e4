/* SPDX-License-Identifier: MIT
 *
 * Passes memory of C to C++ functions that take arrays, and releases the array that one returns.
 * smooth.h was made by python3 -m clib header libsmooth.so. */
#include "smooth.h"

#include <inttypes.h>
#include <stdio.h>

static void print(const clib_array* array) {
    const double* const data = array->data;
    for (int64_t i = 0; i < array->shape[0]; ++i) {
        for (int64_t j = 0; j < array->shape[1]; ++j) {
            printf(" %6.2f", data[i * array->strides[0] + j * array->strides[1]]);
        }
        printf("\n");
    }
}

int main(void) {
    double numbers[3][4] = {{0, 0, 0, 0}, {0, 60, 0, 0}, {0, 0, 0, 0}};
    const int64_t shape[] = {3, 4};
    const int64_t strides[] = {4, 1};
    clib_array values = {0};
    values.data = numbers;
    values.device_type = 1;
    values.rank = 2;
    values.code = CLIB_ARRAY_REAL;
    values.bits = 64;
    values.lanes = 1;
    values.shape = shape;
    values.strides = strides; /* NULL would say the same */

    if (smooth_load(clib_describe) != 0) {
        fprintf(stderr, "libsmooth.so is not the library that smooth.h was made of\n");
        return 1;
    }
    clib_array* const smoothed = smooth_values(&values);
    if (smoothed == NULL) {
        fprintf(stderr, "%s\n", smooth_last_error());
        return 1;
    }
    print(smoothed);
    smoothed->release(smoothed);

    printf("twice of that:\n");
    smooth_scale(&values, 2);
    print(&values);

    values.bits = 32; /* which is not what is there */
    if (smooth_values(&values) == NULL) { printf("%s\n", smooth_last_error()); }
    values.bits = 64;
    values.flags = CLIB_ARRAY_READONLY;
    smooth_scale(&values, 2);
    if (smooth_last_status() < 0) { printf("%s\n", smooth_last_error()); }
    return 0;
}
