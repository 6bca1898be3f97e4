# SPDX-License-Identifier: MIT
"""The C header."""

from __future__ import annotations

from ..declaration import c_declaration, c_names, c_type
from ..kinds import is_known_function, is_known_type, of
from ..kinds.enumeration import integer_of, numbers_of
from ..layout import ENUM_TYPE, HANDLE_TYPE, STRUCT_TYPE
from .text import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..description import Description, ExceptionInfo, Function, Type


def header_text(description: Description) -> str:
    """The header of a library."""
    guard = f"{description.name.upper()}_H"
    in_table = [each for each in description.functions
                if is_known_function(each) and not each.is_exported
                and each.symbol.startswith(f"{description.name}_")]
    title = _c_comment(f"{description.name} {description.version}"
                       f"{': ' + description.doc if description.doc else ''}")[0]
    lines = [title[:-len(" */")],
             " *",
             f" * NULL or a negative int64_t is a failure: {description.name}_last_error() is its "
             "sentence and",
             f" * {description.name}_last_status() its code. After any other result "
             f"{description.name}_last_status() tells: it is",
             " * negative if the function failed. All of these are about the calling thread's last call. "
             "Text that is",
             " * returned is copied before the thread's next call. */",
             f"#ifndef {guard}", f"#define {guard}", "", "#include <stdbool.h>",
             "#include <stddef.h>", "#include <stdint.h>", "",
             *(["#include <clib/ffi/describe.h>", ""] if in_table else []),
             "#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    for of_type in filter(is_known_type, description.types):
        if of_type.kind == HANDLE_TYPE:
            lines += _c_comment(of_type.doc)
            lines.append(f"typedef struct {of_type.symbol} {of_type.symbol};")
        elif of_type.kind == ENUM_TYPE:
            lines += [*_c_comment(of_type.doc), *_enum_lines(of_type)]
        elif of_type.kind == STRUCT_TYPE:
            lines += [*_c_comment(of_type.doc), f"typedef struct {of_type.symbol} {{",
                      *(f"    {c_type(member)} {name};" for member, name in
                        zip(of_type.members, c_names(of_type.members))),
                      f"}} {of_type.symbol};"]
    if description.exceptions:
        lines += ["", "enum {"]
        for exception in description.exceptions:
            lines += [f"    {each}" for each in _c_comment(exception.doc)]
            lines.append(f"    {constant_name(description, exception)} = {exception.status},")
        lines.append("};")
    lines.append("")
    for function in description.functions:
        if not is_known_function(function):
            lines += _c_comment(f"{function.symbol}() needs a newer clib than this one")
        elif function.is_exported:
            lines += [*_c_comment(function.full_doc), c_declaration(function)]
        elif function not in in_table:  # it may be named as one of another library
            lines += _c_comment(f"{function.symbol}() has no symbol; call its entry in the table")
    if in_table:
        lines += _table_functions(description, in_table)
    lines += ["", "/* All of this as a table; see clib/ffi/describe.h. */",
              *([] if in_table else ["struct clib_module;"]),
              f"const {'' if in_table else 'struct '}clib_module* clib_describe(void);", "",
              "#ifdef __cplusplus", "}", "#endif", "", "#endif"]
    return "\n".join(lines) + "\n"


_LOAD = """/* These have no symbols: call {name}_load(clib_describe) once before them, with the clib_describe()
 * of this library. It returns 0, or the number of functions that the library does not have as they
 * are here. */
extern void (*{name}_functions[{count}])(void);
void (*{name}_functions[{count}])(void) __attribute__((weak)) = {{0}};

static inline int {name}_load(clib_describe_function describe) {{
    static const struct {{
        const char* symbol;
        uint64_t hash;
    }} wanted[] = {{
{wanted}
    }};
    const clib_module* const module = describe();
    const char* at = (const char*)module->functions;
    int missing = {count};
    for (uint64_t i = 0; i < module->function_count; ++i) {{
        const clib_function* const function = (const clib_function*)at;
        for (int j = 0; j < {count}; ++j) {{
            const char* left = wanted[j].symbol;
            const char* right = function->symbol;
            if (wanted[j].hash != function->hash) {{ continue; }}
            while (*left != 0 && *left == *right) {{ ++left; ++right; }}
            if (*left == *right) {{
                {name}_functions[j] = function->address;
                --missing;
            }}
        }}
        at += function->size;
    }}
    return missing;
}}
"""


def _table_functions(description: Description, functions: list[Function]) -> list[str]:
    """Inline functions that call those without symbols by their addresses."""
    lines = ["", _LOAD.format(
        name=description.name, count=len(functions),
        wanted="\n".join(f'        {{"{each.symbol}", UINT64_C({each.hash})}},'
                         for each in functions))]
    for place, function in enumerate(functions):
        names = c_names(function.parameters)
        parts = [of(value).c_parameter(value, name, names)
                 for value, name in zip(function.parameters, names)]
        result = c_type(function.result)
        declared = ", ".join(parts) or "void"
        passed = ", ".join(name for value, name in zip(function.parameters, names)
                           for name in of(value).c_names(value, name, names))
        lines += [*_c_comment(function.full_doc),
                  f"static inline {result} {function.symbol}({declared}) {{",
                  f"    typedef {result} (*{function.symbol}_type)({declared});",  # as no parameter is named
                  f"    {'' if result == 'void' else 'return '}"
                  f"(({function.symbol}_type){description.name}_functions[{place}])({passed});", "}"]
    return lines


def _enum_lines(of_type: Type) -> list[str]:
    """An enum of C has numbers of int alone: its type is the integer, and its members macros."""
    integer = integer_of(of_type.members[0].kind)
    ending = {"int64_t": "LL", "uint64_t": "ULL"}.get(integer.c_name, "")
    lines = [f"typedef {integer.c_name} {of_type.symbol};"]
    for member, (_, number) in zip(of_type.members, numbers_of(of_type)):
        text = f"(-{-(number + 1)}{ending} - 1)" if number < 0 else f"{number}{ending}"
        lines += _c_comment(member.default if isinstance(member.default, str) else "")
        lines.append(f"#define {of_type.symbol}_{member.name} (({of_type.symbol}){text})")
    return lines


def constant_name(description: Description, exception: ExceptionInfo) -> str:
    """The name in C of the status of an exception: CONFIG_E_PARSE_ERROR."""
    words = "".join([f"_{each}" if each.isupper() and place and not before.isupper() else each
                     for place, (before, each) in enumerate(zip(f"_{exception.name}",
                                                               exception.name))])
    return f"{description.name}_E_{words}".upper()


def _c_comment(doc: str) -> list[str]:
    if not doc:
        return []
    first, *more = _in_comment(doc).split("\n")
    return ["\n".join([f"/* {first}", *[f" * {line}" for line in more]]) + " */"]


def _in_comment(doc: str) -> str:
    return printable(doc).replace("*/", "* /").replace("/*", "/ *").replace("??/", "? ?/")
