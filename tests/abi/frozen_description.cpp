// SPDX-License-Identifier: MIT
// The table of describe.h, written down a second time. That this file compiles is the test.
//
// Rule for edits: lines are only added, none is changed or removed. A new format number begins
// anew.
#include <clib/ffi/describe.h>

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace {

#define RULE "no number, offset or type of the table changes; what is new comes at the end"

#define NUMBER(number, name) static_assert((name) == (number), RULE)

#define MEMBER(offset, type, structure, name)                                                   \
    static_assert(                                                                              \
        offsetof(structure, name) == (offset) && std::same_as<decltype(structure::name), type>, \
        RULE)

NUMBER(0x42494C43, CLIB_DESCRIPTION_MAGIC);
NUMBER(2, CLIB_DESCRIPTION_FORMAT);

NUMBER(0, CLIB_KIND_NONE);
NUMBER(1, CLIB_KIND_INT8);
NUMBER(2, CLIB_KIND_INT16);
NUMBER(3, CLIB_KIND_INT32);
NUMBER(4, CLIB_KIND_INT64);
NUMBER(5, CLIB_KIND_UINT8);
NUMBER(6, CLIB_KIND_UINT16);
NUMBER(7, CLIB_KIND_UINT32);
NUMBER(8, CLIB_KIND_UINT64);
NUMBER(9, CLIB_KIND_FLOAT);
NUMBER(10, CLIB_KIND_DOUBLE);
NUMBER(11, CLIB_KIND_BOOL);
NUMBER(12, CLIB_KIND_STATUS);
NUMBER(13, CLIB_KIND_TEXT);
NUMBER(14, CLIB_KIND_BYTES);
NUMBER(15, CLIB_KIND_WRITABLE);
NUMBER(16, CLIB_KIND_SEQUENCE);
NUMBER(17, CLIB_KIND_WRITABLE_SEQUENCE);
NUMBER(18, CLIB_KIND_HANDLE);
NUMBER(19, CLIB_KIND_STRUCT);
NUMBER(20, CLIB_KIND_STRUCT_POINTER);
NUMBER(21, CLIB_KIND_CALLBACK);
NUMBER(22, CLIB_KIND_KEPT_CALLBACK);
NUMBER(23, CLIB_KIND_ADDRESS);
NUMBER(24, CLIB_KIND_OPTIONAL);
NUMBER(25, CLIB_KIND_LIST);
NUMBER(26, CLIB_KIND_SET);
NUMBER(27, CLIB_KIND_DICT);
NUMBER(28, CLIB_KIND_TUPLE);
NUMBER(29, CLIB_KIND_VARIANT);
NUMBER(30, CLIB_KIND_ENUM);
NUMBER(31, CLIB_KIND_COMPLEX);
NUMBER(32, CLIB_KIND_PATH);
NUMBER(33, CLIB_KIND_DURATION);
NUMBER(34, CLIB_KIND_TIME);
NUMBER(35, CLIB_KIND_OBJECT);
NUMBER(36, CLIB_KIND_FUNCTION);
NUMBER(37, CLIB_KIND_SLICE);
NUMBER(38, CLIB_KIND_ARRAY);
NUMBER(39, CLIB_KIND_FLOAT16);

NUMBER(1, CLIB_VALUE_CONST);
NUMBER(2, CLIB_VALUE_NULLABLE);
NUMBER(4, CLIB_VALUE_DEFAULT);
NUMBER(8, CLIB_VALUE_CALLED_ONCE);
NUMBER(16, CLIB_VALUE_GIVEN);
NUMBER(32, CLIB_VALUE_KEYWORD_ONLY);
NUMBER(64, CLIB_VALUE_STRIDED);
NUMBER(128, CLIB_VALUE_CONVERTIBLE);
NUMBER(256, CLIB_VALUE_LENT);
NUMBER(512, CLIB_VALUE_BORROWED);

NUMBER(0, CLIB_ARRAY_INTEGER);
NUMBER(1, CLIB_ARRAY_NATURAL);
NUMBER(2, CLIB_ARRAY_REAL);
NUMBER(3, CLIB_ARRAY_STRUCTURE);
NUMBER(5, CLIB_ARRAY_COMPLEX);
NUMBER(6, CLIB_ARRAY_BOOL);
NUMBER(1, CLIB_ARRAY_READONLY);

NUMBER(0, CLIB_ROLE_FUNCTION);
NUMBER(1, CLIB_ROLE_METHOD);
NUMBER(2, CLIB_ROLE_CONSTRUCTOR);
NUMBER(3, CLIB_ROLE_DESTRUCTOR);
NUMBER(4, CLIB_ROLE_PROPERTY);
NUMBER(5, CLIB_ROLE_PIN);
NUMBER(6, CLIB_ROLE_UNPIN);
NUMBER(7, CLIB_ROLE_SUPPORT);
NUMBER(8, CLIB_ROLE_SETTER);
NUMBER(9, CLIB_ROLE_CONSTANT);
NUMBER(10, CLIB_ROLE_OVERRIDE);
NUMBER(11, CLIB_ROLE_TRAVERSE);

NUMBER(1, CLIB_FUNCTION_MAY_BLOCK);
NUMBER(2, CLIB_FUNCTION_NOT_EXPORTED);
NUMBER(4, CLIB_FUNCTION_IMPLICIT);
NUMBER(1, CLIB_CALL_UNLOCKED);

NUMBER(2, CLIB_TYPE_DYNAMIC_ATTRIBUTES);
NUMBER(1, CLIB_TYPE_HANDLE);
NUMBER(2, CLIB_TYPE_STRUCT);
NUMBER(3, CLIB_TYPE_ENUM);
NUMBER(4, CLIB_TYPE_MODULE);
NUMBER(1, CLIB_TYPE_FLAGS);

using any_function = void (*)();
using text = const char*;

MEMBER(0, std::uint32_t, clib_value, size);
MEMBER(4, std::uint32_t, clib_value, kind);
MEMBER(8, std::uint32_t, clib_value, element);
MEMBER(12, std::uint32_t, clib_value, flags);
MEMBER(16, text, clib_value, name);
MEMBER(24, const clib_type*, clib_value, type);
MEMBER(32, const clib_function*, clib_value, callback);
MEMBER(40, std::uint64_t, clib_value, offset);
MEMBER(48, const clib_default*, clib_value, default_value);
MEMBER(56, const clib_value*, clib_value, parts);
MEMBER(64, std::uint64_t, clib_value, part_count);
MEMBER(72, std::uint64_t, clib_value, count);

MEMBER(0, void (*)(void*), clib_object_functions, retain);
MEMBER(8, void (*)(void*), clib_object_functions, release);
MEMBER(0, void*, clib_object, object);
MEMBER(8, const clib_object_functions*, clib_object, functions);
MEMBER(0, double, clib_complex, real);
MEMBER(8, double, clib_complex, imag);
MEMBER(0, float, clib_complex_float, real);
MEMBER(4, float, clib_complex_float, imag);

// As DLPack has the first ones.
MEMBER(0, void*, clib_array, data);
MEMBER(8, std::int32_t, clib_array, device_type);
MEMBER(12, std::int32_t, clib_array, device_id);
MEMBER(16, std::int32_t, clib_array, rank);
MEMBER(20, std::uint8_t, clib_array, code);
MEMBER(21, std::uint8_t, clib_array, bits);
MEMBER(22, std::uint16_t, clib_array, lanes);
MEMBER(24, const std::int64_t*, clib_array, shape);
MEMBER(32, const std::int64_t*, clib_array, strides);
MEMBER(40, std::uint64_t, clib_array, byte_offset);
MEMBER(48, std::uint64_t, clib_array, flags);
MEMBER(56, void*, clib_array, owner);
MEMBER(64, void (*)(clib_array*), clib_array, release);

MEMBER(0, void*, clib_python_array, type);
MEMBER(8, any_function, clib_python_array, get_buffer);
MEMBER(16, any_function, clib_python_array, dealloc);
MEMBER(24, std::uint64_t, clib_python_array, byte_size);

MEMBER(0, clib_python_type, clib_python_structure, base);
MEMBER(24, std::uint64_t, clib_python_structure, byte_size);
MEMBER(32, void* (*)(void*, void*, void*), clib_python_structure, make);
MEMBER(40, void (*)(void*), clib_python_structure, free);
MEMBER(48, int (*)(void*, void*, void*), clib_python_structure, init);
MEMBER(56, void* (*)(void*, void*, int), clib_python_structure, compare);
MEMBER(64, int (*)(void*, void*, int), clib_python_structure, get_buffer);
MEMBER(72, const clib_python_member*, clib_python_structure, members);
MEMBER(80, void* const*, clib_python_structure, names);
MEMBER(88, text, clib_python_structure, format);

MEMBER(0, void* (*)(void*, void*), clib_python_member, get);
MEMBER(8, int (*)(void*, void*, void*), clib_python_member, set);

MEMBER(0, std::uint32_t, clib_default, size);
MEMBER(4, std::uint32_t, clib_default, flags);
MEMBER(8, std::int64_t, clib_default, integer);
MEMBER(16, double, clib_default, number);
MEMBER(24, text, clib_default, text);

MEMBER(0, std::uint32_t, clib_function, size);
MEMBER(4, std::uint32_t, clib_function, role);
MEMBER(8, std::uint32_t, clib_function, flags);
MEMBER(12, std::uint32_t, clib_function, checksum);
MEMBER(16, std::uint64_t, clib_function, hash);
MEMBER(24, text, clib_function, symbol);
MEMBER(32, text, clib_function, name);
MEMBER(40, text, clib_function, doc);
MEMBER(48, const clib_type*, clib_function, owner);
MEMBER(56, const clib_value*, clib_function, result);
MEMBER(64, const clib_value*, clib_function, parameters);
MEMBER(72, std::uint64_t, clib_function, parameter_count);
MEMBER(80, any_function, clib_function, address);
MEMBER(88, any_function, clib_function, entry);
MEMBER(96, any_function, clib_function, python_call);
MEMBER(104, any_function, clib_function, python_slot);
MEMBER(112, clib_python_function*, clib_function, python);
MEMBER(120, const char* const*, clib_function, parameter_docs);

MEMBER(0, std::uint32_t, clib_type, size);
MEMBER(4, std::uint32_t, clib_type, kind);
MEMBER(8, std::uint32_t, clib_type, flags);
MEMBER(12, std::uint32_t, clib_type, checksum);
MEMBER(16, std::uint64_t, clib_type, hash);
MEMBER(24, text, clib_type, symbol);
MEMBER(32, text, clib_type, name);
MEMBER(40, text, clib_type, doc);
MEMBER(48, std::uint64_t, clib_type, byte_size);
MEMBER(56, std::uint64_t, clib_type, alignment);
MEMBER(64, const clib_value*, clib_type, members);
MEMBER(72, std::uint64_t, clib_type, member_count);
MEMBER(80, clib_python_type*, clib_type, python);
MEMBER(88, const clib_type*, clib_type, scope);
MEMBER(96, const clib_type*, clib_type, base);
MEMBER(104, const clib_type* const*, clib_type, more_bases);
MEMBER(112, std::uint64_t, clib_type, more_base_count);

using release_lock = void* (*)();
using acquire_lock = void (*)(void* released);
using release_context = void (*)(void* context);
using counts_type = std::int64_t (*)(text symbol);
using takes_exception = void (*)(std::uint64_t exception);
using takes_lock = void (*)(release_lock, acquire_lock);
using takes_release = void (*)(release_context);

MEMBER(0, std::uint32_t, clib_module, size);
MEMBER(4, std::uint32_t, clib_module, magic);
MEMBER(8, std::uint32_t, clib_module, format);
MEMBER(12, std::uint32_t, clib_module, checksum);
MEMBER(16, text, clib_module, name);
MEMBER(24, text, clib_module, version);
MEMBER(32, text, clib_module, toolkit);
MEMBER(40, text, clib_module, doc);
MEMBER(48, const clib_type*, clib_module, types);
MEMBER(56, std::uint64_t, clib_module, type_count);
MEMBER(64, const clib_function*, clib_module, functions);
MEMBER(72, std::uint64_t, clib_module, function_count);
MEMBER(80, counts_type, clib_module, live);
MEMBER(88, takes_exception, clib_module, callback_failed);
MEMBER(96, takes_lock, clib_module, set_interpreter_lock);
MEMBER(104, takes_release, clib_module, forget_callbacks);
MEMBER(112, const clib_python*, clib_module, python);

using takes_signals = void (*)(int (*)(), int (*)(), void (*)(int),
                               void (*)(void**, void**, void**), void (*)(void*, void*, void*),
                               int (*)(int (*)(void*), void*), void (*)(void*));
MEMBER(120, takes_signals, clib_module, set_signal_check);
MEMBER(128, int (*)(void*, void*, void*), clib_module, raise_later);
MEMBER(136, void (*)(takes_exception), clib_module, set_exception_forgetting);
MEMBER(144, text (*)(const void*), clib_module, symbol_of);
MEMBER(152, const clib_exception*, clib_module, exceptions);
MEMBER(160, std::uint64_t, clib_module, exception_count);
MEMBER(168, void (*)(std::int64_t, text, std::uint64_t), clib_module, exception_raised);

MEMBER(0, std::uint32_t, clib_exception, size);
MEMBER(4, std::uint32_t, clib_exception, checksum);
MEMBER(8, std::int64_t, clib_exception, status);
MEMBER(16, text, clib_exception, name);
MEMBER(24, text, clib_exception, doc);
MEMBER(32, const clib_exception*, clib_exception, base);
MEMBER(40, text, clib_exception, builtin);
MEMBER(48, const clib_value*, clib_exception, members);
MEMBER(56, std::uint64_t, clib_exception, member_count);

MEMBER(0, std::uint32_t, clib_item, kind);
MEMBER(4, std::uint32_t, clib_item, alternative);
MEMBER(8, std::int64_t, clib_item, value.integer);
MEMBER(8, std::uint64_t, clib_item, value.natural);
MEMBER(8, double, clib_item, value.number);
MEMBER(8, text, clib_item, value.text);
MEMBER(8, const clib_item*, clib_item, value.items);
MEMBER(8, const void*, clib_item, value.structure);
MEMBER(8, void*, clib_item, value.handle);
MEMBER(16, std::uint64_t, clib_item, count);

MEMBER(0, std::uint16_t, clib_outcome, size);
MEMBER(2, std::uint16_t, clib_outcome, flags);
MEMBER(4, std::int32_t, clib_outcome, error_number);
MEMBER(8, std::int64_t, clib_outcome, status);
MEMBER(16, std::uint64_t, clib_outcome, exception);
MEMBER(24, text, clib_outcome, data);
MEMBER(32, std::uint64_t, clib_outcome, length);
MEMBER(40, release_context, clib_outcome, release);
MEMBER(48, void*, clib_outcome, owner);
MEMBER(56, char[64], clib_outcome, room);

using binds = int (*)(const void* const* addresses, std::size_t count, std::size_t head_offset);

MEMBER(0, std::uint32_t, clib_python, size);
MEMBER(4, std::uint32_t, clib_python, name_count);
MEMBER(8, const text*, clib_python, names);
MEMBER(16, binds, clib_python, bind);
MEMBER(24, void (*)(int), clib_python, trace);
MEMBER(32, void (*)(void*), clib_python, check_results);
MEMBER(40, void* (*)(std::uint64_t), clib_python, object_of);
MEMBER(48, int (*)(void*, std::uint64_t), clib_python, put_handle);
MEMBER(56, std::uint64_t (*)(void*), clib_python, take_handle);
MEMBER(64, void (*)(), clib_python, unbind);
MEMBER(72, void (*)(void*, void*, void (*)(void*)), clib_python, set_callables);
MEMBER(80, void (*)(void*), clib_python, set_converter);
MEMBER(88, void (*)(void*), clib_python, tell_exceptions);
MEMBER(96, void**, clib_python, exceptions);
MEMBER(0, void*, clib_python_function, fallback);
MEMBER(8, void*, clib_python_function, raise);
MEMBER(16, text, clib_python_function, names);
MEMBER(0, void*, clib_python_type, type);
MEMBER(8, void*, clib_python_type, spare);
MEMBER(0, std::uint64_t, clib_python_members, count);
MEMBER(8, const std::int64_t*, clib_python_members, numbers);
MEMBER(16, void* const*, clib_python_members, objects);
MEMBER(16, void*, clib_python_type, made);

static_assert(std::same_as<clib_describe_function, const clib_module* (*)()>, RULE);

}  // namespace
