# SPDX-License-Identifier: MIT
"""The functions of clib.h as ctypes has to be told of them: name, result, parameters. Handles are
void pointers here, so that a test can pass anything at all for one."""

import ctypes
import os

Deleter = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)

text, pointer = ctypes.c_char_p, ctypes.c_void_p
size, number = ctypes.c_size_t, ctypes.c_int64

SIGNATURES = {
    "clib_version": (text,),
    "clib_version_at_least": (number, number, number, number),
    "clib_last_error": (text,),
    "clib_last_status": (number,),
    "clib_last_size": (number,),
    "clib_describe": (pointer,),
    "clib_status_name": (text, number),
    "clib_add_one": (number, pointer, size),
    "clib_counter_new": (pointer,),
    "clib_counter_next": (number, pointer),
    "clib_counter_reserve": (number, pointer, number),
    "clib_counter_value": (number, pointer),
    "clib_counter_reset": (number, pointer),
    "clib_counter_free": (number, pointer),
    "clib_counter_live": (number,),
    "clib_char_buffer_new": (pointer, text, size),
    "clib_char_buffer_size": (number, pointer),
    "clib_char_buffer_at": (number, pointer, number),
    "clib_char_buffer_set": (number, pointer, number, number),
    "clib_char_buffer_read": (number, pointer, number, pointer, size),
    "clib_char_buffer_write": (number, pointer, number, text, size),
    "clib_char_buffer_add_one": (number, pointer),
    "clib_char_buffer_assign": (number, pointer, text, size),
    "clib_char_buffer_append": (number, pointer, text, size),
    "clib_char_buffer_insert": (number, pointer, number, text, size),
    "clib_char_buffer_erase": (number, pointer, number, number),
    "clib_char_buffer_resize": (number, pointer, number),
    "clib_char_buffer_clear": (number, pointer),
    "clib_char_buffer_pin": (pointer, pointer),
    "clib_char_buffer_unpin": (number, pointer),
    "clib_char_buffer_free": (number, pointer),
    "clib_char_buffer_live": (number,),
    "clib_c_string_new": (pointer, text, size),
    "clib_c_string_adopt": (pointer, pointer, Deleter, pointer),
    "clib_c_string_size": (number, pointer),
    "clib_c_string_read": (number, pointer, pointer, size),
    "clib_c_string_text": (text, pointer),
    "clib_c_string_pin": (pointer, pointer),
    "clib_c_string_unpin": (number, pointer),
    "clib_c_string_free": (number, pointer),
    "clib_c_string_live": (number,),
}


class Library:
    """libclib.so with its signatures declared: clib.counter_new() calls clib_counter_new. The names
    of the functions that were used are kept in `used`."""

    def __init__(self, path=None):
        self.used = set()
        self._library = ctypes.CDLL(path or os.environ["CLIB_LIBRARY"])
        for name, (result, *parameters) in SIGNATURES.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, parameters

    def __getattr__(self, name):
        self.used.add("clib_" + name)
        return getattr(self._library, "clib_" + name)

    def message(self):
        """This thread's last failure."""
        return self.last_error().decode()
