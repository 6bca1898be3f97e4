/* SPDX-License-Identifier: MIT */
/* Embeds a Python, several times one after the other: embedding LIBPYTHON LIVES SCRIPT. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef void (*initialize)(void);
typedef int (*run)(const char* script);
typedef int (*finalize)(void);

int main(int count, char** arguments) {
    void* const python = count == 4 ? dlopen(arguments[1], RTLD_NOW | RTLD_GLOBAL) : NULL;
    if (python == NULL) {
        fprintf(stderr, "there is no such Python\n");
        return 2;
    }
    int failed = 0;
    for (int life = atoi(arguments[2]); life > 0; --life) {
        ((initialize)(size_t)dlsym(python, "Py_Initialize"))();
        failed |= ((run)(size_t)dlsym(python, "PyRun_SimpleString"))(arguments[3]);
        failed |= ((finalize)(size_t)dlsym(python, "Py_FinalizeEx"))();
    }
    return failed != 0;
}
