// SPDX-License-Identifier: MIT
// Loads a library that clib's toolkit has made into Node.js, by koffi. Nothing is declared: the
// library says itself what is in it (clib/ffi/describe.h).
//
//     const sampler = require('./clib.cjs').load('./libsampler.so');
//     const count = new sampler.WordCount();
//     console.log(count.add('so'), count.most_frequent);
//     count.close();
//
// An integer is a number, and a BigInt where a number is not exact; text is a string, bytes are a
// Buffer; a list or tuple is an Array, a set a Set, a dict a Map (an object may be passed), a
// structure a plain object, none is null. A failure is a RangeError, a TypeError, or the Error of
// its name here. What another thread calls back waits for the event loop.
'use strict';
const koffi = require('koffi');

const MAGIC = 0x42494C43, FORMAT = 2;
const KIND = {
    NONE: 0, INT64: 4, UINT64: 8, FLOAT: 9, DOUBLE: 10, BOOL: 11, STATUS: 12, TEXT: 13, BYTES: 14, WRITABLE: 15,
    SEQUENCE: 16, WRITABLE_SEQUENCE: 17, HANDLE: 18, STRUCT: 19, STRUCT_POINTER: 20, CALLBACK: 21,
    KEPT_CALLBACK: 22, OPTIONAL: 24, LIST: 25, SET: 26, DICT: 27, TUPLE: 28, VARIANT: 29, ENUM: 30, PATH: 32,
    DURATION: 33, TIME: 34, FUNCTION: 36,
};
const ROLE = {
    FUNCTION: 0, METHOD: 1, CONSTRUCTOR: 2, DESTRUCTOR: 3, PROPERTY: 4, PIN: 5, UNPIN: 6, SUPPORT: 7, SETTER: 8,
    CONSTANT: 9,
};
const VALUE_FLAGS = 0x3F, FUNCTION_FLAGS = 0x7; // that are known here
const CONST = 1, NULLABLE = 2, CALLED_ONCE = 8, GIVEN = 16;
const NUMBERS = [null, 'int8_t', 'int16_t', 'int32_t', 'int64_t', 'uint8_t', 'uint16_t', 'uint32_t', 'uint64_t',
    'float', 'double'];
const ARRAYS = [null, Int8Array, Int16Array, Int32Array, BigInt64Array, Uint8Array, Uint16Array, Uint32Array,
    BigUint64Array, Float32Array, Float64Array];
const E_CALLBACK = -10, E_STOP_ITERATION = -11;
const UNLOCKED = 1;

// The structures of describe.h, each as far as it is read here.
const record = (text) => koffi.struct(Object.fromEntries(text.trim().split(/\s+/).map((each) => {
    const [name, type] = each.split(':');
    return [name, { u: 'uint32_t', n: 'uint64_t', i: 'int64_t', d: 'double', s: 'const char*' }[type] ?? 'void*'];
})));
const VALUE = record(`size:u kind:u element:u flags:u name:s type callback offset:n default_value parts
    part_count:n count:n`);
const DEFAULT = record('size:u flags:u integer:i number:d text:s');
const FUNCTION = record(`size:u role:u flags:u checksum:u hash:n symbol:s name:s doc:s owner result parameters
    parameter_count:n address entry`);
const TYPE = record(`size:u kind:u flags:u checksum:u hash:n symbol:s name:s doc:s byte_size:n alignment:n members
    member_count:n python scope base`);
const EXCEPTION = record('size:u checksum:u status:i name:s doc:s base builtin:s members member_count:n');
const MODULE = record(`size:u magic:u format:u checksum:u name:s version:s toolkit:s doc:s types type_count:n
    functions function_count:n live callback_failed set_interpreter_lock forget_callbacks python
    set_signal_check raise_later set_exception_forgetting symbol_of exceptions exception_count:n`);
const ITEM_SIZE = 24, OUTCOME_SIZE = 120;

// The records of an array; each says how long it is.
function records(address, count, type) {
    const all = [];
    for (let left = Number(count); left > 0; --left) {
        const found = koffi.decode(address, type);
        all.push({ ...found, at: address });
        address += BigInt(found.size);
    }
    return all;
}

// A value with its parts.
function values(address, count) {
    return records(address, count, VALUE).map((value) => ({
        ...value, count: Number(value.count), parts: values(value.parts, value.part_count),
        default: value.default_value === null ? null : koffi.decode(value.default_value, DEFAULT),
    }));
}

class ClibError extends Error {
    constructor(message, status) {
        super(message);
        this.name = this.constructor.name;
        this.status = status;
    }
}

// What a function throws whose arguments cannot be passed: of overloads, the next is tried.
class Unfit {
    constructor(error) { this.error = error; }
}

function wrong(where, expected, argument) {
    const type = argument === null ? 'null' : typeof argument === 'object' ? argument.constructor?.name ?? 'object'
        : typeof argument;
    return new TypeError(`${where} must be ${expected}, not ${type}`);
}

function checkedInteger(argument, kind, where) {
    if (typeof argument !== 'bigint' && !Number.isInteger(argument)) { throw wrong(where, 'an integer', argument); }
    const bits = BigInt(8 << ((kind - 1) % 4)), number = BigInt(argument);
    const fitting = kind <= KIND.INT64 ? BigInt.asIntN(Number(bits), number) : BigInt.asUintN(Number(bits), number);
    if (fitting !== number) {
        throw new RangeError(`${where} is ${argument}, outside the range of ${NUMBERS[kind]}`);
    }
    return number;
}
const exact = (number) => typeof number === 'bigint' && BigInt(Number(number)) === number &&
    Number.isSafeInteger(Number(number)) ? Number(number) : number;

function checkedNumber(argument, where) {
    if (typeof argument !== 'number') { throw wrong(where, 'a number', argument); }
    return argument;
}
function checkedBool(argument, where) {
    if (typeof argument !== 'boolean') { throw wrong(where, 'a boolean', argument); }
    return argument;
}
function bytesOf(argument, where) {
    if (typeof argument === 'string') { return Buffer.from(argument); }
    if (ArrayBuffer.isView(argument)) {
        return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
    }
    if (argument instanceof ArrayBuffer) { return Buffer.from(argument); }
    throw wrong(where, 'a string, a Buffer or an array of numbers', argument);
}
const copyAt = (address, size) => size ? Buffer.from(new Uint8Array(koffi.view(address, size))) : Buffer.alloc(0);

// Memory of C for one call.
class Arena {
    blocks = [];
    allocate(size) {
        const address = koffi.alloc('uint8_t', Math.max(size, 1));
        this.blocks.push(address);
        return address;
    }
    copy(data) {
        const address = this.allocate(data.length + 1);
        const memory = new Uint8Array(koffi.view(address, data.length + 1));
        memory.set(data);
        memory[data.length] = 0;
        return address;
    }
    free() {
        this.blocks.forEach(koffi.free);
    }
}

// Functions that C++ has, by the number that is their context; and what they have thrown during the
// outermost call, by number.
const callbacks = new Map();
let lastCallback = 0, thrown = [], depth = 0;

// Calls, and tells C++ if that fails.
function guarded(callback, call) {
    try {
        return call();
    } catch (error) {
        callback.library.callbackFailed(thrown.push(error));
        return E_CALLBACK;
    }
}

const TAKE = koffi.proto('void', ['void*', 'void*']);
const callFunction = koffi.register((items, take, receiver, context) => {
    const callback = callbacks.get(Number(context));
    return guarded(callback, () => {
        const { library, value: { parts: [result, ...parts] } } = callback, arena = new Arena();
        const row = new DataView(koffi.view(items, ITEM_SIZE));
        const returned = callback.callable(...library.row(row, 0, (i) => parts[i]));
        if (result.kind !== KIND.NONE) {
            try {
                const item = arena.allocate(ITEM_SIZE);
                library.writeItem(new DataView(koffi.view(item, ITEM_SIZE)), 0, returned, result, arena,
                    'the result of a function');
                koffi.call(take, TAKE, receiver, item);
            } finally { arena.free(); }
        }
        return 0;
    });
}, koffi.pointer(koffi.proto('int64_t', ['void*', 'void*', 'void*', 'uint64_t'])));
const release = koffi.register((context) => { callbacks.delete(Number(context)); },
    koffi.pointer(koffi.proto('void', ['uint64_t'])));

const STATE = Symbol('state');
const isComposite = (kind) => kind >= KIND.OPTIONAL && kind <= KIND.VARIANT;
const isInteger = (kind) => kind >= 1 && kind <= 8;
const isText = (kind) => kind === KIND.TEXT || kind === KIND.BYTES || kind === KIND.PATH;

class Library {
    types = new Map(); // by address: a class, the members of an enum, a structure of koffi, a submodule
    classBySymbol = new Map();
    exceptions = new Map();
    trampolines = new Map();
    objects = new Map(); // by handle: a WeakRef
    held = new Map(); // by handle: how many objects of JavaScript have it, or have had it
    outcomes = [];
    found = { left_out: {} };

    constructor(path) {
        this.file = koffi.load(path);
        const address = this.file.func('clib_describe', 'void*', [])();
        this.module = koffi.decode(address, MODULE);
        if (this.module.magic !== MAGIC || this.module.format !== FORMAT) {
            throw new Error(`${path} is of format ${this.module.format}, and this loader reads ${FORMAT}`);
        }
        const proto = (result, ...types) => koffi.proto(result, types);
        this.callbackFailed = koffi.decode(this.module.callback_failed, proto('void', 'uint64_t'));
        this.symbolOf = koffi.decode(this.module.symbol_of, proto('const char*', 'uint64_t'));
        this.registry = new FinalizationRegistry((handle) => this.drop(handle, false));
        // When JavaScript ends, C++ is told not to call or release its functions any more.
        const forget = koffi.decode(this.module.forget_callbacks, proto('void', 'void*'));
        process.on('exit', () => forget(release));
        this.readTypes();
        this.readExceptions();
        this.readFunctions();
    }

    // --- Objects ---

    handleOf(argument, type, where) {
        const expected = this.types.get(type);
        if (!(argument instanceof expected)) { throw wrong(where, `a ${expected.name}`, argument); }
        const { handle } = argument[STATE];
        if (handle === null) { throw new ClibError(`${where} is a closed ${expected.name}; pass a live one`, -4); }
        return handle;
    }

    // The object for a handle that C++ has returned.
    adopt(handle, type) {
        if (!handle) { return null; }
        handle = BigInt(handle);
        const known = this.objects.get(handle)?.deref();
        if (known) { return known; }
        const symbol = this.symbolOf(handle);
        const found = (symbol && this.classBySymbol.get(symbol)) ?? this.types.get(type);
        const object = Object.create(found.prototype);
        object[STATE] = { handle };
        this.objects.set(handle, new WeakRef(object));
        const held = this.held.get(handle) ?? { count: 0, free: found.free };
        held.count += 1;
        this.held.set(handle, held);
        this.registry.register(object, handle, object);
        return object;
    }

    // Frees the object of a handle, unless another object of JavaScript has it by now.
    drop(handle, isExplicit) {
        const held = this.held.get(handle);
        if (!held) { return; } // it was freed by close()
        if (isExplicit) {
            held.free(handle, true); // throws if it is in use, and then nothing has changed
            this.forget(handle);
            return;
        }
        held.count -= 1;
        if (held.count === 0) {
            this.forget(handle);
            held.free(handle, false);
        }
    }
    forget(handle) {
        this.held.delete(handle);
        this.objects.delete(handle);
    }
    close(object) {
        const { handle } = object[STATE];
        if (handle === null) { return; }
        this.drop(handle, true);
        this.registry.unregister(object);
        object[STATE].handle = null;
    }
    // C++ owns the object now.
    give(object) {
        this.forget(object[STATE].handle);
        this.registry.unregister(object);
        object[STATE].handle = null;
    }

    // --- Items: values that are part of another one ---

    numberOf(argument, value, where) {
        const members = this.types.get(value.type);
        if (argument?.of === members) { return argument.number; }
        if (members.isFlags && Number.isInteger(argument)) { return argument; }
        throw wrong(where, `a member of ${members.ownName}`, argument);
    }
    memberOf(number, type) {
        return this.types.get(type).byNumber.get(Number(number)) ?? exact(number);
    }

    writeItem(view, at, argument, value, arena, where) {
        const { kind, parts } = value;
        let content = 0n, count = 0, alternative = 0;
        if (kind === KIND.OPTIONAL || (kind === KIND.HANDLE && value.flags & NULLABLE)) {
            if (argument === null || argument === undefined) {
                new Uint8Array(view.buffer, view.byteOffset + at, ITEM_SIZE).fill(0);
                return;
            }
            if (kind === KIND.OPTIONAL) {
                this.writeItem(view, at, argument, parts[0], arena, where);
                return;
            }
        }
        if (kind === KIND.VARIANT) {
            for (const [i, part] of parts.entries()) {
                try {
                    this.writeItem(view, at, argument, part, arena, where);
                } catch { continue; }
                view.setUint32(at + 4, i, true);
                return;
            }
            throw wrong(where, 'of one of its types', argument);
        } else if (isComposite(kind)) {
            const row = this.rowOf(argument, value, where);
            const address = arena.allocate(row.length * ITEM_SIZE);
            if (row.length) {
                const items = new DataView(koffi.view(address, row.length * ITEM_SIZE));
                row.forEach(([each, part], i) => this.writeItem(items, i * ITEM_SIZE, each, part, arena,
                    `${where}[${i}]`));
            }
            content = address;
            count = row.length;
        } else if (isText(kind)) {
            const data = bytesOf(argument, where);
            content = arena.copy(data);
            count = data.length;
        } else if (kind === KIND.FLOAT || kind === KIND.DOUBLE) {
            view.setFloat64(at + 8, checkedNumber(argument, where), true);
            content = view.getBigUint64(at + 8, true);
        } else if (kind === KIND.BOOL) {
            content = checkedBool(argument, where) ? 1n : 0n;
        } else if (kind === KIND.ENUM) {
            content = BigInt(this.numberOf(argument, value, where));
        } else if (kind === KIND.STRUCT) {
            const type = this.types.get(value.type);
            content = arena.allocate(koffi.sizeof(type));
            koffi.encode(content, type, argument);
            count = koffi.sizeof(type);
        } else if (kind === KIND.HANDLE) {
            content = this.handleOf(argument, value.type, where);
        } else {
            content = checkedInteger(argument, isInteger(kind) ? kind : KIND.INT64, where);
        }
        view.setUint32(at, kind, true);
        view.setUint32(at + 4, alternative, true);
        view.setBigUint64(at + 8, BigInt.asUintN(64, content), true);
        view.setBigUint64(at + 16, BigInt(count), true);
    }

    // What a composite holds, each with its part.
    rowOf(argument, value, where) {
        const { kind, parts } = value;
        if (kind === KIND.DICT) {
            if (argument === null || typeof argument !== 'object') { throw wrong(where, 'a Map', argument); }
            const entries = argument instanceof Map ? [...argument] : Object.entries(argument);
            return entries.flatMap(([key, each]) => [[key, parts[0]], [each, parts[1]]]);
        }
        if (typeof argument === 'string' || typeof argument?.[Symbol.iterator] !== 'function') {
            throw wrong(where, kind === KIND.SET ? 'a Set' : 'an Array', argument);
        }
        const all = [...argument], expected = kind === KIND.TUPLE ? parts.length : value.count || all.length;
        if (all.length !== expected) {
            throw new ClibError(`${where} must have ${expected} values, not ${all.length}`, -3);
        }
        return all.map((each, i) => [each, parts[kind === KIND.TUPLE ? i : 0]]);
    }

    // The values of the items that an item holds.
    row(view, at, partOf) {
        const count = Number(view.getBigUint64(at + 16, true));
        if (count === 0) { return []; }
        const items = new DataView(koffi.view(view.getBigUint64(at + 8, true), count * ITEM_SIZE));
        return Array.from({ length: count }, (_, i) => this.readItem(items, i * ITEM_SIZE, partOf(i)));
    }

    readItem(view, at, value) {
        const { kind, parts } = value, content = view.getBigUint64(at + 8, true);
        if (view.getUint32(at, true) === KIND.NONE) { return null; }
        if (kind === KIND.OPTIONAL) { return this.readItem(view, at, parts[0]); }
        if (kind === KIND.VARIANT) { return this.readItem(view, at, parts[view.getUint32(at + 4, true)]); }
        if (kind === KIND.LIST) { return this.row(view, at, () => parts[0]); }
        if (kind === KIND.TUPLE) { return this.row(view, at, (i) => parts[i]); }
        if (kind === KIND.SET) { return new Set(this.row(view, at, () => parts[0])); }
        if (kind === KIND.DICT) {
            const row = this.row(view, at, (i) => parts[i % 2]);
            return new Map(row.flatMap((key, i) => i % 2 ? [] : [[key, row[i + 1]]]));
        }
        if (isText(kind)) {
            const data = copyAt(content, Number(view.getBigUint64(at + 16, true)));
            return kind === KIND.BYTES ? data : data.toString();
        }
        if (kind === KIND.FLOAT || kind === KIND.DOUBLE) { return view.getFloat64(at + 8, true); }
        if (kind === KIND.BOOL) { return content !== 0n; }
        if (kind === KIND.ENUM) { return this.memberOf(BigInt.asIntN(64, content), value.type); }
        if (kind === KIND.STRUCT) { return koffi.decode(content, this.types.get(value.type)); }
        if (kind === KIND.HANDLE) {
            const object = this.adopt(content, value.type);
            view.setUint32(at, KIND.NONE, true); // it has an owner now
            return object;
        }
        return exact(kind >= 5 && kind <= 8 ? content : BigInt.asIntN(64, content));
    }

    // --- Calls ---

    cType(value) {
        const { kind } = value;
        if (NUMBERS[kind]) { return NUMBERS[kind]; }
        if (kind === KIND.BOOL) { return 'bool'; }
        if (kind === KIND.ENUM) { return NUMBERS[value.element]; }
        if (kind === KIND.STRUCT) {
            const type = this.types.get(value.type);
            if (!type) { throw new TypeError('its structure has a member of a kind that is not known here'); }
            return type;
        }
        if ([KIND.STATUS, KIND.DURATION, KIND.TIME].includes(kind)) { return 'int64_t'; }
        return 'void*';
    }

    // A function of C for all callbacks of a signature.
    trampoline(address) {
        if (this.trampolines.has(address)) { return this.trampolines.get(address); }
        const signature = koffi.decode(address, FUNCTION), types = [], readers = [];
        const [result] = values(signature.result, 1);
        for (const part of values(signature.parameters, signature.parameter_count)) {
            types.push(part.kind === KIND.HANDLE ? 'uint64_t' : this.cType(part));
            if (part.kind === KIND.BYTES) {
                types.push('size_t');
                readers.push((next) => copyAt(next(), Number(next())).toString());
            } else if (part.kind === KIND.TEXT) {
                types[types.length - 1] = 'const char*';
                readers.push((next) => next());
            } else if (part.kind === KIND.ENUM) {
                readers.push((next) => this.memberOf(next(), part.type));
            } else if (NUMBERS[part.kind] || part.kind === KIND.BOOL || part.kind === KIND.STRUCT) {
                readers.push((next) => next());
            } else { throw new TypeError(`kind ${part.kind} of a callback is not known here`); }
        }
        const hasResult = result.kind !== KIND.NONE;
        const proto = koffi.proto(hasResult ? 'int64_t' : 'void', [...types, 'uint64_t']);
        const made = koffi.register((...given) => {
            const callback = callbacks.get(Number(given.pop())), next = () => given.shift();
            return guarded(callback, () => {
                const returned = callback.callable(...readers.map((read) => read(next)));
                return hasResult ? checkedInteger(returned ?? 0, KIND.INT64, 'the result of a function') : undefined;
            });
        }, koffi.pointer(proto));
        this.trampolines.set(address, made);
        return made;
    }

    // How an argument is passed: the C types, and a function that returns the C arguments.
    passing(value, where) {
        const { kind, flags } = value, isNullable = (flags & NULLABLE) !== 0;
        if (flags & ~VALUE_FLAGS) { throw new TypeError(`${where} has a flag that is not known here`); }
        const isNone = (argument) => isNullable && (argument === null || argument === undefined);
        const one = (type, convert) => [[type], (argument, call) => [convert(argument, call)]];
        if (isInteger(kind)) { return one(NUMBERS[kind], (argument) => checkedInteger(argument, kind, where)); }
        if (kind === KIND.FLOAT || kind === KIND.DOUBLE) {
            return one(NUMBERS[kind], (argument) => checkedNumber(argument, where));
        }
        if ([KIND.STATUS, KIND.DURATION, KIND.TIME].includes(kind)) {
            return one('int64_t', (argument) => checkedInteger(argument, KIND.INT64, where));
        }
        if (kind === KIND.BOOL) { return one('bool', (argument) => checkedBool(argument, where)); }
        if (kind === KIND.ENUM) {
            return one(NUMBERS[value.element], (argument) => this.numberOf(argument, value, where));
        }
        if (kind === KIND.TEXT || kind === KIND.PATH) {
            return one('void*', (argument) => {
                if (isNone(argument)) { return null; }
                const data = bytesOf(argument, where);
                if (data.includes(0)) {
                    throw new ClibError(`${where} has a NUL in it, at which C would cut it; remove it`, -3);
                }
                return Buffer.concat([data, Buffer.alloc(1)]);
            });
        }
        if (kind === KIND.BYTES) {
            return [['void*', 'size_t'], (argument) => {
                if (isNone(argument)) { return [null, 0]; }
                const data = bytesOf(argument, where);
                return [data.length ? data : Buffer.alloc(1), data.length];
            }];
        }
        if (kind === KIND.WRITABLE) {
            return [['void*', 'size_t'], (argument) => {
                if (!ArrayBuffer.isView(argument)) { throw wrong(where, 'a Buffer', argument); }
                return [argument, argument.byteLength];
            }];
        }
        if (kind === KIND.SEQUENCE || kind === KIND.WRITABLE_SEQUENCE) {
            return [['void*', 'size_t'], this.passingSequence(value, where)];
        }
        if (kind === KIND.HANDLE) {
            return one('uint64_t', (argument, call) => {
                if (isNone(argument)) { return 0; }
                if (flags & GIVEN) { call.given.push(argument); }
                return this.handleOf(argument, value.type, where);
            });
        }
        if (kind === KIND.STRUCT || kind === KIND.STRUCT_POINTER) {
            const type = this.cType({ ...value, kind: KIND.STRUCT }), { name } = this.names.get(value.type);
            const pointer = flags & CONST ? koffi.pointer(type) : koffi.inout(koffi.pointer(type));
            return one(kind === KIND.STRUCT ? type : pointer, (argument) => {
                if (isNone(argument)) { return null; }
                if (argument === null || typeof argument !== 'object') { throw wrong(where, `a ${name}`, argument); }
                return argument;
            });
        }
        if ([KIND.CALLBACK, KIND.KEPT_CALLBACK, KIND.FUNCTION].includes(kind)) {
            const isKept = kind !== KIND.CALLBACK;
            const pointer = kind === KIND.FUNCTION ? callFunction : this.trampoline(value.callback);
            return [['void*', 'uint64_t', 'void*'].slice(0, isKept ? 3 : 2), (argument, call) => {
                if (isNone(argument)) { return isKept ? [null, 0, null] : [null, 0]; }
                if (typeof argument !== 'function') { throw wrong(where, 'a function', argument); }
                const number = ++lastCallback;
                callbacks.set(number, { library: this, callable: argument, value });
                call.callbacks.push([number, isKept || (flags & CALLED_ONCE) !== 0]);
                return isKept ? [pointer, number, release] : [pointer, number];
            }];
        }
        if (isComposite(kind)) {
            return one('void*', (argument, call) => {
                const item = call.arena.allocate(ITEM_SIZE);
                this.writeItem(new DataView(koffi.view(item, ITEM_SIZE)), 0, argument, value, call.arena, where);
                return item;
            });
        }
        throw new TypeError(`kind ${kind} is not known here`);
    }

    passingSequence(value, where) {
        const { element } = value, NumberArray = ARRAYS[element];
        if (!NumberArray) {
            const type = this.cType({ ...value, kind: KIND.STRUCT }), size = koffi.sizeof(type);
            return (argument, call) => {
                const all = [...argument], memory = call.arena.allocate(all.length * size);
                all.forEach((each, i) => koffi.encode(memory, i * size, type, each));
                return [memory, all.length];
            };
        }
        return (argument) => {
            if (Array.isArray(argument) && value.kind === KIND.SEQUENCE) {
                argument = NumberArray.from(argument.map((each) => isInteger(element)
                    ? NumberArray === BigInt64Array || NumberArray === BigUint64Array
                        ? checkedInteger(each, element, where) : Number(checkedInteger(each, element, where))
                    : checkedNumber(each, where)));
            }
            if (!(argument instanceof NumberArray)) { throw wrong(where, `a ${NumberArray.name}`, argument); }
            return [argument.length ? argument : new NumberArray(1), argument.length];
        };
    }

    // How a result is read: the C type, and a function of what was returned and the outcome.
    reading(value) {
        const { kind } = value;
        if (kind === KIND.NONE || kind === KIND.STATUS) { return ['int64_t', () => undefined]; }
        if (isText(kind)) {
            return ['int64_t', (_, outcome) => {
                const data = copyAt(outcome.getBigUint64(24, true), Number(outcome.getBigUint64(32, true)));
                return kind === KIND.BYTES ? data : data.toString();
            }];
        }
        if (isComposite(kind)) {
            return ['int64_t', (_, outcome) => this.readItem(
                new DataView(koffi.view(outcome.getBigUint64(24, true), ITEM_SIZE)), 0, value)];
        }
        if (kind === KIND.HANDLE) { return ['uint64_t', (handle) => this.adopt(handle, value.type)]; }
        if (kind === KIND.ENUM) { return [this.cType(value), (number) => this.memberOf(number, value.type)]; }
        if (NUMBERS[kind] || [KIND.BOOL, KIND.STRUCT, KIND.DURATION, KIND.TIME].includes(kind)) {
            return [this.cType(value), (result) => result];
        }
        throw new TypeError(`kind ${kind} is not known here`);
    }

    defaultOf(value) {
        if (value.default === null) { return null; }
        const { integer, number, text } = value.default, { kind } = value;
        if (text !== null) { return text; }
        if (kind === KIND.FLOAT || kind === KIND.DOUBLE) { return number; }
        if (kind === KIND.DURATION) { return number * 1e9; }
        if (kind === KIND.BOOL) { return integer !== 0; }
        return kind === KIND.ENUM ? this.memberOf(integer, value.type) : integer;
    }

    // Calls an entry with an outcome record that no other call uses.
    withOutcome(call) {
        const [address, outcome] = this.outcomes.pop() ?? (() => {
            const memory = koffi.alloc('uint64_t', Math.ceil((OUTCOME_SIZE + 8) / 8));
            return [memory, new DataView(koffi.view(memory, OUTCOME_SIZE))];
        })();
        outcome.setUint16(0, OUTCOME_SIZE, true);
        outcome.setUint16(2, UNLOCKED, true);
        outcome.setBigUint64(40, 0n, true);
        try {
            return call(address, outcome);
        } finally {
            const releaseOutcome = outcome.getBigUint64(40, true);
            if (releaseOutcome) { koffi.call(releaseOutcome, RELEASE, outcome.getBigUint64(48, true)); }
            this.outcomes.push([address, outcome]);
        }
    }

    // The exception for a failed call.
    failure(outcome, of) {
        const status = Number(outcome.getBigInt64(8, true)), number = Number(outcome.getBigUint64(16, true));
        if (status === E_CALLBACK && number > 0 && number <= thrown.length) { return thrown[number - 1]; }
        const data = copyAt(outcome.getBigUint64(24, true), Number(outcome.getBigUint64(32, true)));
        let [sentence, ...details] = data.toString('latin1').split('\0').map(
            (part) => Buffer.from(part.replaceAll('\xC0\x80', '\0'), 'latin1').toString());
        sentence ||= `${of.fullName} has failed; the library does not say why`;
        if (sentence.startsWith(`${of.symbol}: `)) { sentence = of.fullName + sentence.slice(of.symbol.length); }
        const cause = details.findIndex((each) => each[0] === 'c');
        if (cause >= 0) { details = details.slice(0, cause); }
        const own = this.exceptions.get(status);
        if (own) {
            const error = new own.type(details.find((each) => each[0] === 'w')?.slice(1) ?? sentence, status);
            details.filter((each) => each[0] === 'm').forEach((each, i) => {
                const { kind, name } = own.members[i], text = each.slice(1);
                error[name] = kind === KIND.BOOL ? /^(1|true)$/i.test(text) : kind <= KIND.DOUBLE ? Number(text) : text;
            });
            return error;
        }
        const Type = { [-5]: RangeError, [-6]: RangeError, [-7]: RangeError, [-14]: TypeError }[status] ?? ClibError;
        const error = new Type(sentence, status);
        error.status = status;
        if (outcome.getInt32(4, true)) { error.errno = outcome.getInt32(4, true); }
        return error;
    }

    // Makes a function of JavaScript.
    bind(of) {
        if (of.flags & ~FUNCTION_FLAGS) { throw new TypeError('it has a flag that is not known here'); }
        const parameters = values(of.parameters, of.parameter_count), [result] = values(of.result, 1);
        const passing = parameters.map((value) => this.passing(value, `${of.fullName}: ${value.name}`));
        const defaults = parameters.map((value) => this.defaultOf(value));
        const [resultType, read] = this.reading(result);
        const entry = koffi.decode(of.entry, koffi.proto(resultType, ['void*', ...passing.flatMap(([types]) => types)]));
        return (...given) => {
            if (given.length > passing.length) {
                throw new Unfit(new TypeError(
                    `${of.fullName} takes ${passing.length} arguments, not ${given.length}`));
            }
            const call = { arena: new Arena(), callbacks: [], given: [] };
            let isKept = false;
            depth += 1;
            try {
                let row;
                try {
                    row = passing.flatMap(([, convert], i) => convert(given[i] ?? defaults[i], call));
                } catch (error) { throw new Unfit(error); }
                return this.withOutcome((address, outcome) => {
                    const returned = entry(address, ...row);
                    if (outcome.getBigInt64(8, true) < 0n) { throw this.failure(outcome, of); }
                    isKept = true;
                    call.given.forEach((object) => this.give(object));
                    return read(returned, outcome);
                });
            } finally {
                depth -= 1;
                call.callbacks.forEach(([number, mayStay]) => {
                    if (!(isKept && mayStay)) { callbacks.delete(number); }
                });
                call.arena.free();
                if (depth === 0) { thrown = []; }
            }
        };
    }

    // --- The table ---

    readTypes() {
        const library = this;
        this.names = new Map();
        for (const type of records(this.module.types, this.module.type_count, TYPE)) {
            const name = type.name.split('.').pop();
            this.names.set(type.at, type);
            let made;
            if (type.kind === 1) {
                const Base = this.types.get(type.base) ?? Object;
                made = { [name]: class extends Base {
                    constructor(...given) {
                        const object = made.create(...given);
                        return new.target === made ? object : Object.setPrototypeOf(object, new.target.prototype);
                    }
                    close() { library.close(this); }
                    [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() { this.close(); }
                } }[name];
                made.create = () => { throw new TypeError(`${name} has no constructor`); };
                this.classBySymbol.set(type.symbol, made);
            } else if (type.kind === 2) {
                try {
                    made = koffi.struct(Object.fromEntries(values(type.members, type.member_count).map(
                        (member) => [member.name, this.cType(member)])));
                    if (koffi.sizeof(made) !== Number(type.byte_size)) { continue; }
                } catch { continue; } // the functions that use it are left out
                this.types.set(type.at, made);
                continue; // any object with these members is one
            } else if (type.kind === 3) {
                made = {};
                const isSigned = (member) => member.kind <= KIND.INT64;
                Object.defineProperties(made, {
                    byNumber: { value: new Map() }, isFlags: { value: (type.flags & 1) !== 0 }, ownName: { value: name },
                });
                for (const member of values(type.members, type.member_count)) {
                    const number = exact(isSigned(member) ? BigInt.asIntN(64, BigInt(member.offset)) : member.offset);
                    const constant = Object.freeze({ of: made, name: member.name, number,
                        toString: () => `${name}.${member.name}` });
                    made[member.name] = constant;
                    made.byNumber.set(Number(number), constant);
                }
            } else if (type.kind === 4) {
                made = {};
            } else { continue; }
            this.types.set(type.at, made);
            (this.types.get(type.scope) ?? this.found)[name] = made;
        }
    }

    readExceptions() {
        const byAddress = new Map();
        for (const each of records(this.module.exceptions, this.module.exception_count, EXCEPTION)) {
            const base = byAddress.get(each.base), Base = base?.type ?? ClibError;
            const own = { type: { [each.name]: class extends Base {} }[each.name],
                members: [...base?.members ?? [], ...values(each.members, each.member_count)] };
            byAddress.set(each.at, own);
            this.exceptions.set(Number(each.status), own);
            this.found[each.name] = own.type;
        }
    }

    readFunctions() {
        const groups = new Map();
        for (const of of records(this.module.functions, this.module.function_count, FUNCTION)) {
            const owner = this.names.get(of.owner)?.name;
            of.fullName = of.role === ROLE.CONSTRUCTOR ? owner : owner ? `${owner}.${of.name}` : of.name;
            if ([ROLE.SUPPORT, ROLE.PIN, ROLE.UNPIN].includes(of.role)) { continue; }
            const key = `${of.role} ${of.fullName}`;
            try {
                const call = this.bind(of);
                if (!groups.has(key)) { groups.set(key, [of]); }
                groups.get(key).push(call);
            } catch (error) { this.found.left_out[of.fullName] = error.message; }
        }
        for (const [of, ...calls] of groups.values()) { this.add(of, overloaded(of.fullName, calls)); }
    }

    add(of, call) {
        const owner = this.types.get(of.owner) ?? this.found, library = this, { name } = of;
        if (of.role === ROLE.CONSTRUCTOR) {
            owner.create = call;
        } else if (of.role === ROLE.DESTRUCTOR) {
            const entry = koffi.decode(of.entry, koffi.proto('int64_t', ['void*', 'uint64_t']));
            owner.free = (handle, isExplicit) => library.withOutcome((address, outcome) => {
                entry(address, handle);
                if (isExplicit && outcome.getBigInt64(8, true) < 0n) { throw library.failure(outcome, of); }
            });
        } else if (of.role === ROLE.PROPERTY || of.role === ROLE.SETTER) {
            const known = Object.getOwnPropertyDescriptor(owner.prototype, name);
            Object.defineProperty(owner.prototype, name, { configurable: true,
                get: of.role === ROLE.PROPERTY ? function get() { return call(this); } : known?.get,
                set: of.role === ROLE.SETTER ? function set(value) { call(this, value); } : known?.set });
        } else if (of.role === ROLE.METHOD) {
            addMethod(owner.prototype, name, function method(...given) { return call(this, ...given); });
        } else {
            owner[name] = of.role === ROLE.CONSTANT ? call() : call;
        }
    }
}

const RELEASE = koffi.proto('void', ['uint64_t']);

// Of the functions of one name, the first whose arguments can be passed.
function overloaded(name, calls) {
    return (...given) => {
        let last;
        for (const call of calls) {
            try {
                return call(...given);
            } catch (error) {
                if (!(error instanceof Unfit)) { throw error; }
                last = error.error;
            }
        }
        if (calls.length === 1) { throw last; }
        throw new TypeError(`${name} has no overload for these arguments; the last says: ${last.message}`);
    };
}

// Special names of Python, by what they are in JavaScript.
function addMethod(prototype, name, method) {
    if (name === '__len__') {
        Object.defineProperty(prototype, 'length', { configurable: true, get: method });
    } else if (name === '__iter__') {
        prototype[Symbol.iterator] = method;
    } else if (name === '__next__') {
        prototype.next = function next() {
            try {
                return { value: method.call(this), done: false };
            } catch (error) {
                if (error.status === E_STOP_ITERATION) { return { value: undefined, done: true }; }
                throw error;
            }
        };
        prototype[Symbol.iterator] ??= function iterator() { return this; };
    } else {
        prototype[{ __str__: 'toString', __getitem__: 'at', __setitem__: 'put', __contains__: 'has' }[name] ?? name] =
            method;
        if (name === '__getitem__') {
            prototype[Symbol.iterator] ??= function* iterator() {
                for (let i = 0; i < this.length; ++i) { yield this.at(i); }
            };
        }
    }
}

module.exports = { load: (path) => new Library(path).found, ClibError };
