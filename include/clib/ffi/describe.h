/* How a library made with clib's toolkit describes itself: the table that clib_describe() returns,
 * in plain C, for bindings in any language. It can be read, and used, alone.
 *
 * Rule for edits: add only. A member is added at the end of its struct, a number after the last one
 * of its enum; nothing is changed or removed.
 *
 * Reading it. Every struct begins with its own size, and an array of them is walked in steps of
 * that size, so a reader of an older clib skips what was added since. A reader leaves out what has
 * a kind, or needs a flag, that it does not know. Everything is constant and lives as long as the
 * library is loaded; no pointer is NULL but where it is said; names and docs are UTF-8,
 * NUL-terminated.
 *
 * Results. An integer or status result that is negative, and a pointer that is NULL, is a failure.
 * A failed function with another result returns false, NaN or a structure of zeros, and
 * last_status() is then negative; if it has not failed, last_status() is CLIB_OK after it.
 * last_error() is the sentence to a failure. All of these are about the calling thread. */
#ifndef CLIB_FFI_DESCRIBE_H
#define CLIB_FFI_DESCRIBE_H

/* NOLINTBEGIN(modernize-*): C reads this too. */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CLIB_DESCRIPTION_MAGIC 0x42494C43U /* "CLIB" in memory, on a little-endian machine */
#define CLIB_DESCRIPTION_FORMAT 1U         /* another number is another layout: do not read on */

/* What a value is in C. One value is one parameter of the caller's, also where it is two or three
 * in C. */
enum clib_kind {
    CLIB_KIND_NONE = 0, /* the result of a callback that has none */
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
    CLIB_KIND_STATUS = 12,   /* int64_t: a clib_status; as a result it says nothing but success */
    CLIB_KIND_TEXT = 13,     /* const char*: NUL-terminated UTF-8. A result is to be copied before
                                the thread's next call */
    CLIB_KIND_BYTES = 14,    /* const char*, size_t: text, or bytes to read; what a callback gets is
                                text. A result: const uint8_t*, bytes as many as last_text() says */
    CLIB_KIND_WRITABLE = 15, /* char*, size_t: bytes to write */
    CLIB_KIND_SEQUENCE = 16, /* const T*, size_t: numbers or structures to read */
    CLIB_KIND_WRITABLE_SEQUENCE = 17, /* T*, size_t: numbers to write */
    CLIB_KIND_HANDLE = 18,         /* T*: an object; a result is a new one, the caller's to free */
    CLIB_KIND_STRUCT = 19,         /* T: a structure */
    CLIB_KIND_STRUCT_POINTER = 20, /* const T* to read; T* to read and write */
    CLIB_KIND_CALLBACK = 21,       /* R (*)(..., void* context), void* context */
    CLIB_KIND_KEPT_CALLBACK = 22,  /* the same and void (*release)(void* context), which is called
                                      when the library will not call the function any more */
    CLIB_KIND_ADDRESS = 23         /* char*: an address as it is, for memory of somebody else's */
};

enum clib_value_flag {
    CLIB_VALUE_CONST = 1,      /* the pointer is to const */
    CLIB_VALUE_NULLABLE = 2,   /* NULL may be passed, and means that there is none */
    CLIB_VALUE_DEFAULT = 4,    /* it may be left out; then it is default_value, or NULL */
    CLIB_VALUE_CALLED_ONCE = 8 /* a callback that the library calls once, now or later, unless the
                                  function that takes it fails */
};

/* For CPython, what clib.py fills in before it uses the thunks: references that it keeps. */
typedef struct clib_python_function {
    void* fallback; /* called for what the thunk does not do itself */
    void* raise;    /* called with the status and the object when the function has failed */
} clib_python_function;

typedef struct clib_python_type {
    void* type; /* the type object */
} clib_python_type;

typedef struct clib_python {
    uint32_t size;
    uint32_t name_count;
    const char* const* names; /* of what is needed of Python, in the order of its addresses */
    /* At head_offset an object has its handle, then the list of its weak references, and then 8
     * bytes that are the library's own, and 0 at first. Returns 0, and -1 if that was done before,
     * by another binding or interpreter of the process. */
    int (*bind)(const void* const* addresses, size_t count, size_t head_offset);
    void (*trace)(int is_traced); /* whether all objects are made by the fallbacks */
    /* Of a callable that gets another and what it has returned, if that is no usual number, and
     * returns the number; (None, None) if a library has called back too late. */
    void (*check_results)(void* callable);
} clib_python;

/* What a parameter is if it is left out. */
typedef struct clib_default {
    uint32_t size;
    uint32_t flags;   /* none yet */
    int64_t integer;  /* of an integer or bool */
    double number;    /* of a float or double */
    const char* text; /* of text or bytes; else NULL */
} clib_default;

/* A parameter, a result, or a member of a structure. */
typedef struct clib_value {
    uint32_t size;
    uint32_t kind;                        /* clib_kind */
    uint32_t element;                     /* the clib_kind of a sequence's elements */
    uint32_t flags;                       /* clib_value_flag */
    const char* name;                     /* "" for a result, and in the signature of a callback */
    const struct clib_type* type;         /* of a handle or a structure, else NULL */
    const struct clib_function* callback; /* the signature of a callback, else NULL */
    uint64_t offset;                      /* of a member, in bytes */
    const struct clib_default* default_value; /* NULL if there is none, or if it is NULL itself */
} clib_value;

enum clib_role {
    CLIB_ROLE_FUNCTION = 0,    /* of the module; of a type, one that does not take an object */
    CLIB_ROLE_METHOD = 1,      /* its first parameter is the object. The name may be one of Python's
                                  special ones, "__len__" for example, for what it stands for */
    CLIB_ROLE_CONSTRUCTOR = 2, /* makes an object: at most one a type */
    CLIB_ROLE_DESTRUCTOR = 3,  /* frees it: at most one a type */
    CLIB_ROLE_PROPERTY = 4,    /* a method without other parameters, read as an attribute */
    CLIB_ROLE_PIN = 5,    /* lends the address of the object's bytes, as many as __len__ says */
    CLIB_ROLE_UNPIN = 6,  /* gives it back */
    CLIB_ROLE_SUPPORT = 7 /* last_error and its like, for callers that have no binding */
};

enum clib_function_flag {
    CLIB_FUNCTION_MAY_BLOCK = 1 /* it may take long: let go of an interpreter's lock meanwhile */
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
    void (*entry)(void);   /* the same for bindings, which know these rules. While it runs and the
                              function may not block, the calling thread is taken to hold the
                              interpreter's lock. A TEXT result of "\xFF" stands for last_text(), as
                              a long one and one with embedded NULs do */
    void (*python_call)(void); /* METH_FASTCALL | METH_KEYWORDS, of a function or method; tp_alloc
                                  of a constructor's type; else NULL */
    void (*python_slot)(void); /* by its role or name: tp_init of a constructor, tp_dealloc, the
                                  getter of a property, bf_getbuffer, bf_releasebuffer, sq_length of
                                  __len__, tp_iternext of __next__; else NULL */
    clib_python_function* python;
} clib_function;

enum clib_type_kind { CLIB_TYPE_HANDLE = 1, CLIB_TYPE_STRUCT = 2 };

typedef struct clib_type {
    uint32_t size;
    uint32_t kind;             /* clib_type_kind */
    uint32_t flags;            /* none yet */
    uint32_t checksum;         /* of everything below */
    uint64_t hash;             /* of a structure's layout */
    const char* symbol;        /* its name in C */
    const char* name;          /* its name in the module */
    const char* doc;           /* one line, or "" */
    uint64_t byte_size;        /* of a structure, else 0 */
    uint64_t alignment;        /* of a structure, else 0 */
    const clib_value* members; /* of a structure, in the order of their offsets */
    uint64_t member_count;
    clib_python_type* python; /* of a handle, else NULL */
} clib_type;

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

    const char* (*last_error)(void); /* this thread's last failure; "" before the first */
    int64_t (*last_status)(void);    /* its code */
    int64_t (*last_errno)(void);     /* its errno, if the operating system refused, else 0 */
    const uint8_t* (*last_text)(size_t* size); /* this thread's last TEXT or BYTES result */
    void (*forget_text)(void);                 /* frees it */
    int64_t (*live)(const char* symbol);       /* how many objects of a handle type are alive */
    void (*callback_failed)(void); /* a callback says so before it returns; one with a result also
                                      returns a negative number */
    /* How a thread that holds the interpreter's lock lets go of it and takes it again; NULL, NULL
     * before it was called. release() returns what acquire() is to be given. */
    void (*set_interpreter_lock)(void* (*release)(void), void (*acquire)(void* released));
    /* An interpreter says this when it ends: kept callbacks with this release function are neither
     * called any more, which fails, nor released. */
    void (*forget_callbacks)(void (*release)(void* context));
    const clib_python* python;
} clib_module;

/* Every library made with the toolkit exports this. Never NULL; may be called from any thread. */
typedef const clib_module* (*clib_describe_function)(void);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-*) */
#endif
