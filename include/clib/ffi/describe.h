/* SPDX-License-Identifier: MIT
 *
 * How a library made with clib's toolkit describes itself: the table that clib_describe() returns,
 * in plain C, for bindings in any language. This header needs no other one.
 *
 * Rule for edits: add only. A new member goes to the end of its struct, a new number after the last
 * one of its enum. Nothing is changed or removed. Any other change takes another format number, and
 * readers refuse a format that they do not know.
 *
 * Reading it. Every struct begins with its own size, and an array is walked in steps of that size,
 * so an older reader skips newer members. A reader leaves out a function or type with a kind or a
 * flag that it does not know. Everything is constant and lives as long as the library is loaded.
 * No pointer is NULL unless its comment says so. Names and docs are UTF-8, NUL-terminated.
 *
 * Two ways to call a function. Code written by hand calls the C symbol and follows the rule of its
 * header: NULL or a negative int64_t is a failure, and after any other result NAME_last_status()
 * tells. A binding calls `entry` with an outcome record of its own: nothing that runs between the
 * call and the reading can change what is read. */
#ifndef CLIB_FFI_DESCRIBE_H
#define CLIB_FFI_DESCRIBE_H

/* NOLINTBEGIN(modernize-*): C reads this too. */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CLIB_DESCRIPTION_MAGIC 0x42494C43U /* "CLIB" in memory, on a little-endian machine */
#define CLIB_DESCRIPTION_FORMAT 2U         /* another number is another layout: do not read on */

/* What a value is in C. One value is one parameter of the caller's, also where it is two or three
 * in C. */
enum clib_kind {
    CLIB_KIND_NONE = 0, /* void: a result only */
    CLIB_KIND_INT8 = 1, /* int8_t, and so on */
    CLIB_KIND_INT16 = 2,
    CLIB_KIND_INT32 = 3,
    CLIB_KIND_INT64 = 4,
    CLIB_KIND_UINT8 = 5,
    CLIB_KIND_UINT16 = 6,
    CLIB_KIND_UINT32 = 7,
    CLIB_KIND_UINT64 = 8, /* size_t too */
    CLIB_KIND_FLOAT = 9,
    CLIB_KIND_DOUBLE = 10,
    CLIB_KIND_BOOL = 11,
    CLIB_KIND_STATUS = 12,   /* int64_t: a clib_status. As a result it says nothing but success */
    CLIB_KIND_TEXT = 13,     /* const char*: NUL-terminated UTF-8 */
    CLIB_KIND_BYTES = 14,    /* const char*, size_t: text, or bytes to read; a callback gets text.
                                A result: const uint8_t*, whose length is in the outcome */
    CLIB_KIND_WRITABLE = 15, /* char*, size_t: bytes to write */
    CLIB_KIND_SEQUENCE = 16, /* const T*, size_t: numbers or structures to read */
    CLIB_KIND_WRITABLE_SEQUENCE = 17, /* T*, size_t: numbers to write */
    CLIB_KIND_HANDLE = 18,         /* T*: an object; a result is a new one, the caller's to free, or
                                      one that the caller has already */
    CLIB_KIND_STRUCT = 19,         /* T: a structure */
    CLIB_KIND_STRUCT_POINTER = 20, /* const T* to read; T* to read and write */
    CLIB_KIND_CALLBACK = 21,       /* R (*)(..., void* context), void* context */
    CLIB_KIND_KEPT_CALLBACK = 22,  /* the same and void (*release)(void* context), which is called
                                      when the library will not call the function any more */
    CLIB_KIND_ADDRESS = 23,        /* char*: an address as it is, for memory of somebody else's */
    /* Values that hold others, their parts: const clib_item*. A result is in the outcome's data. */
    CLIB_KIND_OPTIONAL = 24, /* nothing, or a value of its one part */
    CLIB_KIND_LIST = 25,     /* values of its one part, in a row */
    CLIB_KIND_SET = 26,      /* the same, each once */
    CLIB_KIND_DICT = 27,     /* keys of its first part, each once, and values of its second */
    CLIB_KIND_TUPLE = 28,    /* a value of each part */
    CLIB_KIND_VARIANT = 29,  /* a value of one of its parts */
    CLIB_KIND_ENUM = 30,     /* a member of an enum, or flags: the integer that `element` says */
    CLIB_KIND_COMPLEX = 31,  /* clib_complex; clib_complex_float, if `element` says so */
    CLIB_KIND_PATH = 32,     /* const char*: the path of a file, NUL-terminated, of any bytes */
    CLIB_KIND_DURATION = 33, /* int64_t: nanoseconds. A default is a number of seconds */
    CLIB_KIND_TIME = 34,     /* int64_t: nanoseconds since 1970 began in UTC */
    CLIB_KIND_OBJECT = 35,   /* clib_object: an object of the caller's. A result is the caller's to
                                release */
    CLIB_KIND_FUNCTION = 36, /* clib_function_call, void* context, void (*release)(void* context): a
                                function that the library may keep. Its first part is the result,
                                the others are the arguments */
    CLIB_KIND_SLICE = 37,    /* int64_t start, stop, step: a part of a sequence, before it is known
                                how long that is. INT64_MAX and INT64_MIN are its ends */
    CLIB_KIND_ARRAY = 38,  /* const clib_array*: elements like its one part, in `count` dimensions,
                              or in any if that is 0. A result: clib_array*, the caller's to
                              release */
    CLIB_KIND_FLOAT16 = 39 /* a floating-point number of 16 bits: the elements of an array only */
};

/* Complex numbers. In memory they are those of C and C++; as a parameter, not everywhere. */
typedef struct clib_complex {
    double real;
    double imag;
} clib_complex;
typedef struct clib_complex_float {
    float real;
    float imag;
} clib_complex_float;

/* What C++ does with an object that it looks at in no way. Any thread may call them. */
typedef struct clib_object_functions {
    void (*retain)(void* object);
    void (*release)(void* object); /* not called after forget_callbacks(release) */
} clib_object_functions;
typedef struct clib_object {
    void* object;
    const clib_object_functions* functions; /* NULL if there is no object: None in Python */
} clib_object;

enum clib_array_code {
    CLIB_ARRAY_INTEGER = 0,
    CLIB_ARRAY_NATURAL = 1, /* an unsigned integer */
    CLIB_ARRAY_REAL = 2,
    CLIB_ARRAY_STRUCTURE = 3, /* of as many bytes as `lanes` says, with `bits` 8 */
    CLIB_ARRAY_COMPLEX = 5,   /* of `bits` with both of its parts */
    CLIB_ARRAY_BOOL = 6
};

enum clib_array_flag {
    CLIB_ARRAY_READONLY = 1 /* nobody writes to its elements */
};

/* Numbers in memory, in one dimension or more. It begins as the DLTensor of DLPack does. */
typedef struct clib_array {
    void* data;             /* the first element; NULL only if there is none */
    int32_t device_type;    /* 1, the memory of this process */
    int32_t device_id;      /* 0 */
    int32_t rank;           /* how many dimensions there are */
    uint8_t code;           /* of an element: clib_array_code */
    uint8_t bits;           /* of an element */
    uint16_t lanes;         /* 1; of a structure, its bytes */
    const int64_t* shape;   /* how many elements there are in each dimension */
    const int64_t* strides; /* from one element to the next in each dimension, in elements; NULL if
                               they lie in a row, those of the last dimension side by side */
    uint64_t byte_offset;   /* 0 */
    uint64_t flags;         /* clib_array_flag; what is below is clib's own */
    void* owner;            /* whatever its maker needs */
    void (*release)(struct clib_array* array); /* of a result: called once, when nobody uses its
                                                  elements any more; else NULL */
} clib_array;

enum clib_value_flag {
    CLIB_VALUE_CONST = 1,       /* the pointer is to const; of an array, nobody writes to it */
    CLIB_VALUE_NULLABLE = 2,    /* NULL may be passed or returned, and means that there is none */
    CLIB_VALUE_DEFAULT = 4,     /* it may be left out; then it is default_value, or NULL */
    CLIB_VALUE_CALLED_ONCE = 8, /* a callback that the library calls once, now or later, unless the
                                   function that takes it fails */
    CLIB_VALUE_GIVEN = 16, /* an object that the library owns from then on: its handle is freed */
    CLIB_VALUE_KEYWORD_ONLY = 32, /* Python passes it by its name; such parameters are the last */
    CLIB_VALUE_STRIDED = 64,      /* an array whose elements need not lie in a row */
    CLIB_VALUE_CONVERTIBLE = 128, /* a binding copies another array for it, and lists */
    CLIB_VALUE_LENT = 256,    /* an array inside the object that the function takes: it is lent, and
                                 given back by release() */
    CLIB_VALUE_BORROWED = 512 /* an argument of a callable: its handle is not the callable's to
                                 free. If the item's alternative is 1, it ends with the call */
};

/* A value that is part of another one, or holds such. The items of a result lie in one block: its
 * release frees them all, but not the objects behind their handles. A binding that takes such a
 * handle over sets the item's kind to CLIB_KIND_NONE; release frees the object of any other.
 *
 *     {"a": [1], "b": []}, a DICT of TEXT and LIST of INT64:
 *
 *     DICT, count 4 --> TEXT "a" | LIST, count 1 | TEXT "b" | LIST, count 0
 *                                      |
 *                                      '--> INT64 1
 */
typedef struct clib_item {
    uint32_t kind; /* the clib_kind of the value. An OPTIONAL or VARIANT is the value that it holds,
                      or CLIB_KIND_NONE */
    uint32_t alternative; /* of a VARIANT: which of its parts the value is of, from 0; else 0 */
    union {
        int64_t integer;  /* of a signed integer, bool (0 or 1) or status */
        uint64_t natural; /* of an unsigned integer */
        double number;    /* of a float or double */
        const char* text; /* of TEXT and BYTES; a result has a NUL behind it */
        const struct clib_item*
            items;             /* of LIST, SET and TUPLE; of DICT, keys and values in turn */
        const void* structure; /* of a STRUCT */
        void* handle;          /* of a HANDLE */
    } value;
    uint64_t count; /* of bytes of a text or structure, or of items; of a DICT, keys and values
                       together; else 0 */
} clib_item;

/* How a library calls a function that it was given. `arguments` is a TUPLE, which lives during the
 * call. The function passes its result, if it has one, to take(receiver, result), once, and
 * returns 0; or it returns a negative number, and has failed (callback_failed below). */
typedef void (*clib_take_result)(void* receiver, const clib_item* result);
typedef int64_t (*clib_function_call)(const clib_item* arguments, clib_take_result take,
                                      void* receiver, void* context);

enum clib_call_flag {
    CLIB_CALL_UNLOCKED = 1 /* the calling thread does not hold the interpreter's lock, whatever the
                              function is */
};

/* What one call came to. The caller owns the record and sets its size and flags; the call writes
 * every other member, and nothing else does. After a failure `data` is the sentence. It begins with
 * the function's symbol, which a binding replaces by the name that its users know. Between its NUL
 * and `length` lie the details of the failure: parts of text, each after a NUL, and each with a
 * letter before it. w: what an exception of the library's own says, whole. m: the next of its
 * members, as text; a path, if the operating system has refused something. c: the next exception
 * that is carried in it, "status errno exception sentence", whose own parts follow. A NUL inside a
 * part is written as the bytes C0 80. */
typedef struct clib_outcome {
    uint16_t size;
    uint16_t flags;       /* clib_call_flag */
    int32_t error_number; /* the errno of a refusal by the operating system, else 0 */
    int64_t status;       /* CLIB_OK, or the negative code of a failure */
    uint64_t exception;   /* the number passed to callback_failed() for this failure, else 0 */
    const char* data;     /* a TEXT or BYTES result, or a sentence: NUL-terminated; the clib_item of
                             a result that holds others; else NULL */
    uint64_t length;      /* of data, in bytes, without the NUL */
    void (*release)(void* owner); /* NULL, or call it once, with owner, when data was read */
    void* owner;   /* of a HANDLE result that is no failure: the handle, so that a binding which is
                      interrupted before it reads the returned value can free it */
    char room[64]; /* where data lies, if it is shorter than this; nothing is to be released then */
} clib_outcome;

/* For CPython: references that the binding fills in before it uses the thunks. */
typedef struct clib_python_function {
    void* fallback;    /* called for what the thunk does not do itself; if it has put another one in
                          its place, that is called then, and its own result is dropped */
    void* raise;       /* called as raise(status, sentence, errno, exception, object or None,
                          details) when the function has failed; it raises */
    const char* names; /* "symbol: ", and after its NUL "Name.method: ": how the sentence of a
                          failure begins, and how it does in Python; NULL at first. The thunk raises
                          what is no more than a sentence itself then, if its class is known */
} clib_python_function;

typedef struct clib_python_type {
    void* type;  /* the type object */
    void* spare; /* the library's own; NULL at first. Of an enum, a clib_python_members */
    void* made;  /* the class of the objects that functions return: the type, or one derived from
                    it */
} clib_python_type;

/* The members of an enum, each number once. */
typedef struct clib_python_members {
    uint64_t count;
    const int64_t* numbers; /* the least first; as int64_t also where they are uint64_t */
    void* const* objects;   /* in the same order */
} clib_python_members;

/* The class of arrays, for which a library asks by set_converter() when it returns the first one.
 * An object has at head_offset: its clib_array*, the list of its weak references, the object that
 * the array is inside of, or NULL, the class of its elements if they are structures, or NULL, and
 * what is the library's own. */
typedef struct clib_python_array {
    void* type;               /* the binding fills it in */
    void (*get_buffer)(void); /* bf_getbuffer */
    void (*dealloc)(void);    /* tp_dealloc */
    uint64_t byte_size;       /* of an object, from head_offset on */
} clib_python_array;

/* A member of a structure, as PyGetSetDef has it. */
typedef struct clib_python_member {
    void* (*get)(void* object, void* closure);
    int (*set)(void* object, void* value, void* closure);
} clib_python_member;

/* A structure. Its type begins with it. An object has at head_offset: the address of its bytes, the
 * list of its weak references, the object that the bytes are a part of, or NULL; then its own
 * bytes. What the functions do not do themselves, and the reasons of what fails, they ask of the
 * converter (set_converter). */
typedef struct clib_python_structure {
    clib_python_type base;
    uint64_t byte_size;                                       /* from head_offset on */
    void* (*make)(void* type, void* arguments, void* names);  /* tp_new */
    void (*free)(void* object);                               /* tp_dealloc */
    int (*init)(void* object, void* arguments, void* names);  /* tp_init */
    void* (*compare)(void* left, void* right, int operation); /* tp_richcompare */
    int (*get_buffer)(void* object, void* view, int flags);   /* bf_getbuffer */
    const clib_python_member* members;                        /* as many as the type has */
    void* const* names; /* their names in Python, which the binding fills in */
    const char* format; /* of a buffer, the same */
} clib_python_structure;

typedef struct clib_python {
    uint32_t size;
    uint32_t name_count;
    const char* const* names; /* of the functions and objects of Python that the thunks use */
    /* Passes their addresses, in the order of the names. An object has at head_offset: its handle,
     * the list of its weak references, and 8 bytes of the library's own, 0 at first. For the main
     * interpreter only. Returns 0, or -1 if another binding of it has called this before. */
    int (*bind)(const void* const* addresses, size_t count, size_t head_offset);
    void (*trace)(int is_traced); /* whether the fallbacks make all objects */
    /* Sets a Python callable check(callable, result) that turns an unusual result of a callable
     * into an int, or raises. It is called with (None, None) when a library calls back too late. */
    void (*check_results)(void* callable);
    /* Returns the native object that has a handle, borrowed, or NULL. The handle may be stale. */
    void* (*object_of)(uint64_t handle);
    /* Gives a native object a handle, unless it has one. Returns whether it did. */
    int (*put_handle)(void* object, uint64_t handle);
    /* Takes a native object's handle away. Returns the handle, or 0 if the object had none. */
    uint64_t (*take_handle)(void* object);
    /* Who has called bind() says that the interpreter begins to end, with its lock held. Native
     * calls may be made until it has ended; another interpreter may call bind() after that. */
    void (*unbind)(void);
    /* Sets what is called for callables that the library may keep: convert(callable, result, kind)
     * returns an unusual result in its usual type, or raises; keep(type, value, traceback,
     * callable) returns the number of an exception; release is forgotten when the interpreter ends.
     */
    void (*set_callables)(void* convert, void* keep, void (*release)(void* context));
    /* Sets a Python callable convert(kind, is_argument, object). Of an argument it returns the int,
     * str or bytes that C gets, or None if it is not of the usual type; else the object is such a
     * value of C, and it returns what Python gets. */
    void (*set_converter)(void* callable);
    /* Sets a Python callable tell(exception, traceback, callable). If what the callable has raised
     * is an exception of the library's own, it calls exception_raised(), keeps the exception, and
     * returns its number; else 0. NULL if the library has none. */
    void (*tell_exceptions)(void* callable);
    /* 64 classes of exceptions that live for ever; NULL at first. The one at i is made with the
     * sentence alone of a failure with status -i. */
    void** exceptions;
} clib_python;

/* What a parameter is if it is left out. */
typedef struct clib_default {
    uint32_t size;
    uint32_t flags;   /* none yet */
    int64_t integer;  /* of an integer, a bool or an enum */
    double number;    /* of a float or double */
    const char* text; /* of text or bytes; else NULL */
} clib_default;

/* A parameter, a result, or a member of a structure or enum. */
typedef struct clib_value {
    uint32_t size;
    uint32_t kind;                        /* clib_kind */
    uint32_t element;                     /* the clib_kind of a sequence's elements, of an
                                             enum's numbers, or of a complex's parts */
    uint32_t flags;                       /* clib_value_flag */
    const char* name;                     /* "" for a result, and in the signature of a callback */
    const struct clib_type* type;         /* of a handle, a structure or an enum, else NULL */
    const struct clib_function* callback; /* the signature of a callback, else NULL */
    uint64_t offset;                      /* of a member, in bytes; of an enum's, its number */
    const struct clib_default* default_value; /* NULL if there is none, or if it is NULL itself; of
                                                 an enum's member, its doc is the text, or NULL */
    const struct clib_value* parts;           /* of a value that holds others, else NULL */
    uint64_t part_count;
    uint64_t count; /* of a list that always has as many items: their number; else 0 */
} clib_value;

/* Functions, methods and constructors of one name and owner are overloads: one function, which
 * calls the first whose arguments fit. */
enum clib_role {
    CLIB_ROLE_FUNCTION = 0,    /* of the module; of a type, one that does not take an object */
    CLIB_ROLE_METHOD = 1,      /* its first parameter is the object. The name may be one of Python's
                                  special ones, "__len__" for example, for what it stands for */
    CLIB_ROLE_CONSTRUCTOR = 2, /* makes an object */
    CLIB_ROLE_DESTRUCTOR = 3,  /* frees it: at most one a type */
    CLIB_ROLE_PROPERTY = 4,    /* a method without other parameters, read as an attribute */
    CLIB_ROLE_PIN = 5,      /* lends the address of the object's bytes, as many as __len__ says */
    CLIB_ROLE_UNPIN = 6,    /* gives it back */
    CLIB_ROLE_SUPPORT = 7,  /* last_error and its like, for callers that have no binding */
    CLIB_ROLE_SETTER = 8,   /* sets the property of its name: takes the object and the value */
    CLIB_ROLE_CONSTANT = 9, /* takes nothing, returns always the same: a binding asks once */
    /* takes the number that the type's function _add_overrides has returned, and a function that
     * virtual functions of this name call, with their object first. Returns the bit for that in
     * _set_overrides */
    CLIB_ROLE_OVERRIDE = 10,
    CLIB_ROLE_TRAVERSE = 11 /* the object lets go of all callables and objects of its caller's that
                               it holds. For CPython: python_slot is its tp_traverse, and
                               python_call its tp_clear */
};

enum clib_function_flag {
    CLIB_FUNCTION_MAY_BLOCK = 1, /* it may take long: let go of an interpreter's lock meanwhile */
    CLIB_FUNCTION_NOT_EXPORTED = 2, /* the library exports no symbol for it: use address or entry */
    CLIB_FUNCTION_IMPLICIT = 4      /* a constructor that a binding also calls for an argument which
                                       is none of its type, where a const pointer is to be passed */
};

typedef struct clib_function {
    uint32_t size;
    uint32_t role;      /* clib_role */
    uint32_t flags;     /* clib_function_flag */
    uint32_t checksum;  /* of everything below but the addresses; see
                           clib/ffi/detail/describe/checksum.hpp */
    uint64_t hash;      /* of the signature: symbol, kinds, types, layouts of structures */
    const char* symbol; /* its name in C; "" for the signature of a callback */
    const char* name;   /* its name in the module, or in its type */
    const char* doc;    /* one line, or "" */
    const struct clib_type* owner; /* the type that it belongs to, or NULL */
    const clib_value* result;
    const clib_value* parameters; /* a method's object is the first of them, named "self" */
    uint64_t parameter_count;
    void (*address)(void); /* the function of that symbol */
    void (*entry)(void);   /* R entry(clib_outcome*, parameters...). R is the C type of the result;
                              for TEXT, BYTES, STATUS, NONE and what holds other values it is
                              int64_t, the status. What a
                              failed call returns is a hint, and outcome.status decides: -1 of a
                              signed integer, the greatest of an unsigned one, NaN, false, NULL, a
                              structure of zeros. Unless the function may block, or the flags of the
                              outcome say so, the calling thread holds the interpreter's lock */
    void (*python_call)(void); /* METH_FASTCALL | METH_KEYWORDS, of a function or method; the same
                                   for close() and __exit__() of a destructor's type; tp_alloc of
                                   a constructor's; else NULL */
    void (*python_slot)(
        void); /* by its role or name: tp_init of a constructor, tp_dealloc, the
                  getter of a property, a setter, bf_getbuffer, bf_releasebuffer, sq_length of
                  __len__, tp_iternext of __next__; else NULL */
    clib_python_function* python;
    const char* const* parameter_docs; /* what each parameter is, or ""; NULL if none says so */
} clib_function;

enum clib_type_kind {
    CLIB_TYPE_HANDLE = 1,
    CLIB_TYPE_STRUCT = 2,
    CLIB_TYPE_ENUM = 3,
    CLIB_TYPE_MODULE = 4 /* a submodule: functions belong to it, and types are in it */
};

enum clib_type_flag {
    CLIB_TYPE_FLAGS = 1, /* an enum whose members are combined: any number is one of it */
    CLIB_TYPE_DYNAMIC_ATTRIBUTES = 2 /* a binding lets anybody set attributes of its objects */
};

typedef struct clib_type {
    uint32_t size;
    uint32_t kind;             /* clib_type_kind */
    uint32_t flags;            /* clib_type_flag */
    uint32_t checksum;         /* of everything below but the scope */
    uint64_t hash;             /* of a structure's layout, or of an enum's */
    const char* symbol;        /* its name in C */
    const char* name;          /* its name in the module */
    const char* doc;           /* one line, or "" */
    uint64_t byte_size;        /* of a structure or an enum, else 0 */
    uint64_t alignment;        /* of a structure or an enum, else 0 */
    const clib_value* members; /* of a structure, in the order of their offsets; of an enum */
    uint64_t member_count;
    clib_python_type* python;      /* of a handle or an enum; the beginning of a structure's
                                      clib_python_structure; else NULL */
    const struct clib_type* scope; /* the type or submodule that it is in, or NULL */
    const struct clib_type* base;  /* of a handle: a type before this one, whose functions take
                                      handles of this one, too; else NULL */
    const struct clib_type* const* more_bases; /* if it has several: those after the first */
    uint64_t more_base_count;
} clib_type;

/* An exception of the library's own. */
typedef struct clib_exception {
    uint32_t size;
    uint32_t checksum; /* of everything else, with the number of its base for the base */
    int64_t status;    /* of a call that has failed with it, from -501 down to -999 */
    const char* name;  /* its name in the module */
    const char* doc;   /* one line, or "" */
    const struct clib_exception* base; /* an exception before it in the list, or NULL */
    const char*
        builtin; /* the exception of Python that is its base too, "Error" for that of clib; or
                    "" if there is a base */
    const clib_value* members; /* numbers, bools and text, after those of the base */
    uint64_t member_count;
} clib_exception;

typedef struct clib_module {
    uint32_t size;
    uint32_t magic;
    uint32_t format;
    uint32_t checksum;   /* of name, version, doc, and the checksums of all types and functions */
    const char* name;    /* the prefix of NAME_last_error and its like too */
    const char* version; /* of the library */
    const char* toolkit; /* the version of clib that it was made with */
    const char* doc;     /* one line, or "" */
    const clib_type* types; /* a structure comes after those that are members of it */
    uint64_t type_count;
    const clib_function* functions; /* those of types too */
    uint64_t function_count;

    int64_t (*live)(const char* symbol); /* how many objects of a handle type are alive */
    /* A binding says so in the thread that called back, before the callback returns; one with a
     * result also returns a negative number. `exception` is the binding's own number for what the
     * callable raised, not 0: the outcome of the call that fails because of it brings it back. */
    void (*callback_failed)(uint64_t exception);
    /* Passes how a thread lets go of the interpreter's lock, and takes it again. acquire() gets
     * what release() returned. */
    void (*set_interpreter_lock)(void* (*release)(void), void (*acquire)(void* released));
    /* An interpreter that ends says so: callbacks with this release function are not called from
     * then on (the call fails), nor released. Waits, some seconds at most, until no thread calls
     * back. `release` may be NULL. The calling thread does not hold the interpreter's lock. */
    void (*forget_callbacks)(void (*release)(void* context));
    const clib_python* python;
    /* Passes what clib::ffi::interrupted() asks: the functions of CPython PyErr_CheckSignals,
     * PyGILState_Ensure, PyGILState_Release, PyErr_Fetch, PyErr_Restore, Py_AddPendingCall and
     * Py_IncRef; or NULL for all but the first, which then takes the interpreter's lock itself and
     * keeps what a handler raises. Those of the first binding of a process stay. */
    void (*set_signal_check)(int (*check)(void), int (*ensure)(void), void (*release)(int ensured),
                             void (*fetch)(void** type, void** value, void** traceback),
                             void (*restore)(void* type, void* value, void* traceback),
                             int (*add_pending_call)(int (*call)(void*), void* argument),
                             void (*refer)(void* object));
    /* Raises an exception of CPython in its main thread, which calls this, when it runs Python
     * next. Returns 0 if it cannot. */
    int (*raise_later)(void* type, void* value, void* traceback);
    /* Passes how a binding forgets an exception, by its number: C++ has dropped the failure that
     * callback_failed() was called for. On CPython its main thread calls it; elsewhere, any. */
    void (*set_exception_forgetting)(void (*forget)(uint64_t exception));
    /* Returns the symbol of the type that a live object of a listed class is of, or NULL. It may be
     * derived from that of the function which has returned the handle. */
    const char* (*symbol_of)(const void* handle);
    const clib_exception* exceptions; /* of the library's own */
    uint64_t exception_count;
    /* A binding says so before callback_failed(), in the same thread: what the callable has raised
     * is the exception of the library's own that has this status. `details` are its parts w and m,
     * as in an outcome, each after a NUL, but a float or double is the number of a double's bits.
     * NULL if the library has none. */
    void (*exception_raised)(int64_t status, const char* details, uint64_t length);
} clib_module;

/* Every library made with the toolkit exports this. Never NULL; may be called from any thread. */
typedef const clib_module* (*clib_describe_function)(void);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-*) */
#endif
