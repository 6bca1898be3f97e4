// SPDX-License-Identifier: MIT
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Loads a library that clib's toolkit has made into Java 22 and later, by java.lang.foreign. Nothing
 * is declared: the library says itself what is in it (clib/ffi/describe.h).
 *
 * <pre>
 * Clib.Library sampler = Clib.load("./libsampler.so");
 * try (Clib.Instance count = sampler.make("WordCount")) {
 *     System.out.println(count.call("add", "so") + " " + count.get("most_frequent"));
 * }
 * </pre>
 *
 * An integer is a Long, and a BigInteger where it is larger; a float is a Double, text a String, bytes
 * are a byte[]; a list or tuple is a List, a set a Set, a dict a Map, a structure a Map of its members,
 * none is null. A function is a {@link Callback}. A failure is a {@link Failure}, or what Java throws
 * in such a case.
 */
public final class Clib {
    private static final int MAGIC = 0x42494C43;
    private static final int FORMAT = 2;
    private static final int NONE = 0, INT64 = 4, UINT64 = 8, FLOAT = 9, DOUBLE = 10, BOOL = 11, STATUS = 12,
            TEXT = 13, BYTES = 14, WRITABLE = 15, SEQUENCE = 16, WRITABLE_SEQUENCE = 17, HANDLE = 18, STRUCT = 19,
            STRUCT_POINTER = 20, CALLBACK = 21, KEPT_CALLBACK = 22, OPTIONAL = 24, LIST = 25, SET = 26, DICT = 27,
            TUPLE = 28, VARIANT = 29, ENUM = 30, PATH = 32, DURATION = 33, TIME = 34, FUNCTION = 36;
    private static final int CONSTRUCTOR = 2, DESTRUCTOR = 3, PROPERTY = 4, PIN = 5, UNPIN = 6, SUPPORT = 7,
            SETTER = 8, CONSTANT = 9;
    private static final int VALUE_FLAGS = 0x3F, FUNCTION_FLAGS = 0x7; // that are known here
    private static final int NULLABLE = 2, CALLED_ONCE = 8, GIVEN = 16;
    private static final int UNLOCKED = 1;
    private static final int E_CALLBACK = -10, E_STOP_ITERATION = -11;
    private static final int ITEM_SIZE = 24, OUTCOME_SIZE = 120;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Cleaner CLEANER = Cleaner.create();
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfByte INT8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort INT16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfDouble REAL = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    /** The layouts of the kinds 1 to 10. */
    private static final ValueLayout[] NUMBERS = {null, ValueLayout.JAVA_BYTE, ValueLayout.JAVA_SHORT,
        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_BYTE, ValueLayout.JAVA_SHORT,
        ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_FLOAT, ValueLayout.JAVA_DOUBLE};
    private static final String[] NAMES = {null, "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t",
        "uint32_t", "uint64_t", "float", "double"};

    private Clib() {}

    /** Loads a library, which stays until Java ends. */
    public static Library load(String path) {
        return new Library(path);
    }

    /** What C++ may call. */
    @FunctionalInterface
    public interface Callback {
        Object call(Object... arguments) throws Throwable;
    }

    /** A member of an enum of C++, {@code Order.up} for example. */
    public record Member(String of, String name, long number) {
        @Override
        public String toString() {
            return of + "." + name;
        }
    }

    /** A failure for which Java has no exception, or one of the library's own. */
    public static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final String name;
        private final long status;
        private final transient Map<String, Object> members = new LinkedHashMap<>();

        private Failure(String name, String sentence, long status) {
            super(sentence);
            this.name = name;
            this.status = status;
        }

        /** The name of the library's own exception, or "Error". */
        public String name() {
            return name;
        }

        public long status() {
            return status;
        }

        public Object member(String of) {
            return members.get(of);
        }
    }

    // --- The description, as records: each as far as it is read here ---

    private record Value(int kind, int element, int flags, String name, long type, long callback, long offset,
                         long fallback, List<Value> parts, long count) {
        static List<Value> array(long at, long count) {
            List<Value> all = new ArrayList<>();
            for (long left = count; left > 0; --left) {
                all.add(new Value(int32(at + 4), int32(at + 8), int32(at + 12), text(at + 16), int64(at + 24),
                    int64(at + 32), int64(at + 40), int64(at + 48), array(int64(at + 56), int64(at + 64)),
                    int64(at + 72)));
                at += int32(at);
            }
            return all;
        }

        boolean isNullable() {
            return (flags & NULLABLE) != 0;
        }
    }

    private record Function(long at, int role, String symbol, String name, long owner, Value result,
                            List<Value> parameters, long entry) {
        static Function at(long at) {
            return new Function(at, int32(at + 4), text(at + 24), text(at + 32), int64(at + 48),
                Value.array(int64(at + 56), 1).get(0), Value.array(int64(at + 64), int64(at + 72)), int64(at + 88));
        }
    }

    private static final class Type {
        final long at, base, scope;
        final int kind;
        final boolean isFlags;
        final String symbol, name;
        final List<Value> members;
        final long size;
        GroupLayout layout; // of a structure
        final Map<String, List<Method>> functions = new HashMap<>(); // by role and name
        MethodHandle free;
        Function destructor;

        Type(long at) {
            this.at = at;
            kind = int32(at + 4);
            isFlags = (int32(at + 8) & 1) != 0;
            symbol = text(at + 24);
            name = text(at + 32);
            size = int64(at + 48);
            members = Value.array(int64(at + 64), int64(at + 72));
            scope = int64(at + 88);
            base = int64(at + 96);
        }
    }

    private record OwnException(String name, List<Value> members) {}

    private static int int32(long at) {
        return ALL.get(INT32, at);
    }

    private static long int64(long at) {
        return ALL.get(LONG, at);
    }

    private static String text(long at) {
        long address = int64(at);
        return address == 0 ? null : ALL.getString(address);
    }

    private static byte[] bytes(long address, long size) {
        return size == 0 ? new byte[0] : ALL.asSlice(address, size).toArray(ValueLayout.JAVA_BYTE);
    }

    private static MethodHandle function(long address, MemoryLayout result, MemoryLayout... parameters) {
        return LINKER.downcallHandle(MemorySegment.ofAddress(address), result == null
            ? FunctionDescriptor.ofVoid(parameters) : FunctionDescriptor.of(result, parameters));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException raise(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static Object invoke(MethodHandle handle, Object... arguments) {
        try {
            return handle.invokeWithArguments(arguments);
        } catch (Throwable thrown) {
            throw raise(thrown);
        }
    }

    // --- Checks of arguments ---

    /** What a function throws whose arguments cannot be passed: of overloads, the next is tried. */
    private static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient RuntimeException error;

        Unfit(RuntimeException error) {
            super(null, null, false, false);
            this.error = error;
        }
    }

    private static IllegalArgumentException wrong(String where, String expected, Object argument) {
        return new IllegalArgumentException(where + " must be " + expected + ", not "
            + (argument == null ? "null" : argument.getClass().getSimpleName()));
    }

    private static long integer(Object argument, int kind, String where) {
        BigInteger number;
        if (argument instanceof BigInteger big) {
            number = big;
        } else if (argument instanceof Long || argument instanceof Integer || argument instanceof Short
            || argument instanceof Byte) {
            number = BigInteger.valueOf(((Number) argument).longValue());
        } else {
            throw wrong(where, "an integer", argument);
        }
        int bits = 8 << ((kind - 1) % 4);
        boolean isFit = kind <= INT64 ? number.bitLength() < bits : number.signum() >= 0 && number.bitLength() <= bits;
        if (!isFit) {
            throw new ArithmeticException(where + " is " + argument + ", outside the range of " + NAMES[kind]);
        }
        return number.longValue();
    }

    private static double real(Object argument, String where) {
        if (argument instanceof Number number && !(argument instanceof BigInteger)) { return number.doubleValue(); }
        throw wrong(where, "a number", argument);
    }

    private static boolean bool(Object argument, String where) {
        if (argument instanceof Boolean is) { return is; }
        throw wrong(where, "a Boolean", argument);
    }

    private static byte[] encoded(Object argument, String where) {
        if (argument instanceof byte[] data) { return data; }
        if (argument instanceof CharSequence text) { return text.toString().getBytes(StandardCharsets.UTF_8); }
        throw wrong(where, "a String or byte[]", argument);
    }

    /** A number of C, in the type that C wants. */
    private static Object narrowed(long number, int kind) {
        return switch ((kind - 1) % 4) {
            case 0 -> (byte) number;
            case 1 -> (short) number;
            case 2 -> (int) number;
            default -> number;
        };
    }

    /** A number of C as Java has it. */
    private static Object widened(Object number, int kind) {
        if (kind == FLOAT || kind == DOUBLE) { return ((Number) number).doubleValue(); }
        long value = ((Number) number).longValue();
        if (kind <= INT64) { return value; }
        if (kind < UINT64) { return value & ((1L << (8 << (kind - 5))) - 1); }
        return value >= 0 ? (Object) value : new BigInteger(Long.toUnsignedString(value));
    }

    private static boolean isInteger(int kind) {
        return kind >= 1 && kind <= UINT64;
    }

    private static boolean isNanoseconds(int kind) {
        return kind == STATUS || kind == DURATION || kind == TIME;
    }

    private static boolean isText(int kind) {
        return kind == TEXT || kind == BYTES || kind == PATH;
    }

    private static boolean isComposite(int kind) {
        return kind >= OPTIONAL && kind <= VARIANT;
    }

    // --- What C++ calls ---

    private record Kept(Library library, Callback callable, Value value) {}

    private static final Map<Long, Kept> CALLBACKS = new ConcurrentHashMap<>();
    private static final Map<Long, Throwable> THROWN = new ConcurrentHashMap<>();
    private static final AtomicLong LAST = new AtomicLong();
    /** What was thrown in this thread during its outermost call; null outside of calls. */
    private static final ThreadLocal<List<Long>> OF_THREAD = new ThreadLocal<>();

    private interface Step {
        long run() throws Throwable;
    }

    /** Calls, and tells C++ if that fails. */
    private static long guarded(Kept kept, Step step) {
        try {
            return step.run();
        } catch (Throwable thrown) {
            long number = LAST.incrementAndGet();
            THROWN.put(number, thrown);
            if (OF_THREAD.get() != null) { OF_THREAD.get().add(number); }
            invoke(kept.library.callbackFailed, number);
            return E_CALLBACK;
        }
    }

    private static long callFunction(MemorySegment items, MemorySegment take, MemorySegment receiver, long context) {
        Kept kept = CALLBACKS.get(context);
        return guarded(kept, () -> {
            List<Value> parts = kept.value.parts;
            List<Object> arguments = kept.library.row(items.address(), parts.subList(1, parts.size()));
            Object returned = kept.callable.call(arguments.toArray());
            if (parts.get(0).kind == NONE) { return 0; }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment item = arena.allocate(ITEM_SIZE, 8);
                kept.library.write(item, returned, parts.get(0), arena, "the result of a function");
                invoke(function(take.address(), null, POINTER, POINTER), receiver, item);
            }
            return 0;
        });
    }

    private static void release(long context) {
        CALLBACKS.remove(context);
    }

    private static MemorySegment stub(String name, MethodType type) {
        try {
            MethodHandle handle = MethodHandles.lookup().findStatic(Clib.class, name, type);
            MemoryLayout[] parameters = type.parameterList().stream().map(
                each -> (MemoryLayout) (each == long.class ? ValueLayout.JAVA_LONG : POINTER)).toArray(MemoryLayout[]::new);
            return LINKER.upcallStub(handle, type.returnType() == void.class ? FunctionDescriptor.ofVoid(parameters)
                : FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters), Arena.global());
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static final MemorySegment CALL_FUNCTION = stub("callFunction", MethodType.methodType(long.class,
        MemorySegment.class, MemorySegment.class, MemorySegment.class, long.class));
    private static final MemorySegment RELEASE = stub("release", MethodType.methodType(void.class, long.class));

    /** What C calls for one signature of callbacks. */
    private static final class Trampoline {
        private final Library library;
        private final Function signature;

        Trampoline(Library library, Function signature) {
            this.library = library;
            this.signature = signature;
        }

        Object call(Object[] given) {
            Kept kept = CALLBACKS.get((Long) given[given.length - 1]);
            return guarded(kept, () -> {
                List<Object> arguments = new ArrayList<>();
                int at = 0;
                for (Value each : signature.parameters) {
                    Object argument = given[at++];
                    if (each.kind == BYTES) {
                        argument = new String(bytes(((MemorySegment) argument).address(), (Long) given[at++]),
                            StandardCharsets.UTF_8);
                    } else if (each.kind == TEXT || each.kind == PATH) {
                        long address = ((MemorySegment) argument).address();
                        argument = address == 0 ? null : ALL.getString(address);
                    } else if (each.kind == ENUM) {
                        argument = library.member(((Number) argument).longValue(), each.type);
                    } else if (each.kind == STRUCT) {
                        argument = library.structure(((MemorySegment) argument), each.type);
                    } else if (each.kind != BOOL) {
                        argument = widened(argument, each.kind);
                    }
                    arguments.add(argument);
                }
                Object returned = kept.callable.call(arguments.toArray());
                return signature.result.kind == NONE || returned == null ? 0
                    : integer(returned, INT64, "the result of a function");
            });
        }
    }

    // --- Calls ---

    /** What one argument is in C, and what is done with it after the call. */
    private static final class Call {
        final Arena arena;
        final List<Object> row = new ArrayList<>();
        final List<Runnable> afterwards = new ArrayList<>();
        final List<Long> callbacks = new ArrayList<>(); // those that C++ does not keep if the call succeeds
        final List<Long> all = new ArrayList<>();

        Call(Arena arena) {
            this.arena = arena;
        }
    }

    private interface Passing {
        void pass(Object argument, Call call);
    }

    private interface Reading {
        Object read(Object returned, MemorySegment outcome);
    }

    /** One function of C++. */
    private static final class Method {
        private final Library library;
        private final Function function;
        private final String name;
        private final List<Passing> passing = new ArrayList<>();
        private final List<Object> fallbacks = new ArrayList<>();
        private final Reading reading;
        private final MethodHandle entry;
        private final boolean returnsStructure;

        Method(Library library, Function function, String name) {
            this.library = library;
            this.function = function;
            this.name = name;
            List<MemoryLayout> layouts = new ArrayList<>(List.of(POINTER));
            for (Value each : function.parameters) {
                passing.add(library.passing(each, name + ": " + each.name, layouts));
                fallbacks.add(library.fallback(each));
            }
            reading = library.reading(function.result);
            int kind = function.result.kind;
            MemoryLayout result = kind == NONE || isText(kind) || isComposite(kind) ? ValueLayout.JAVA_LONG
                : library.layout(function.result);
            returnsStructure = kind == STRUCT;
            entry = Clib.function(function.entry, result, layouts.toArray(MemoryLayout[]::new));
        }

        Object call(Object... given) {
            if (given.length > passing.size()) {
                throw new Unfit(new IllegalArgumentException(
                    name + " takes " + passing.size() + " arguments, not " + given.length));
            }
            boolean isOutermost = OF_THREAD.get() == null;
            if (isOutermost) { OF_THREAD.set(new ArrayList<>()); }
            Call call = null;
            boolean isDone = false;
            try (Arena arena = Arena.ofConfined()) {
                call = new Call(arena);
                MemorySegment outcome = newOutcome(arena);
                if (returnsStructure) { call.row.add(arena); }
                call.row.add(outcome);
                for (int i = 0; i < passing.size(); ++i) {
                    Object argument = i < given.length ? given[i] : null;
                    try {
                        passing.get(i).pass(argument == null ? fallbacks.get(i) : argument, call);
                    } catch (RuntimeException error) { throw new Unfit(error); }
                }
                Object returned = invoke(entry, call.row.toArray());
                try {
                    if (outcome.get(LONG, 8) < 0) { throw raise(library.failure(outcome, function, name)); }
                    isDone = true;
                    call.afterwards.forEach(Runnable::run);
                    return reading.read(returned, outcome);
                } finally {
                    finish(outcome);
                }
            } finally {
                if (call != null) { (isDone ? call.callbacks : call.all).forEach(CALLBACKS::remove); }
                if (isOutermost) {
                    OF_THREAD.get().forEach(THROWN::remove);
                    OF_THREAD.remove();
                }
            }
        }
    }

    private static MemorySegment newOutcome(Arena arena) {
        MemorySegment outcome = arena.allocate(OUTCOME_SIZE, 8);
        outcome.set(INT16, 0, (short) OUTCOME_SIZE);
        outcome.set(INT16, 2, (short) UNLOCKED);
        return outcome;
    }

    private static void finish(MemorySegment outcome) {
        long release = outcome.get(LONG, 40);
        if (release != 0) { invoke(function(release, null, ValueLayout.JAVA_LONG), outcome.get(LONG, 48)); }
    }

    /** An object of C++. */
    public static final class Instance implements AutoCloseable, Iterable<Object> {
        private final Library library;
        private final Type type;
        private long handle; // 0 if it is closed, or C++ owns it
        private Cleaner.Cleanable cleanable;

        private Instance(Library library, Type type, long handle) {
            this.library = library;
            this.type = type;
            this.handle = handle;
        }

        /** The name of its class. */
        public String className() {
            return type.name;
        }

        public boolean isInstanceOf(String name) {
            for (Type each = type; each != null; each = library.types.get(each.base)) {
                if (each.name.equals(name)) { return true; }
            }
            return false;
        }

        public Object call(String name, Object... arguments) {
            return library.callMethod(type, "m " + name, this, arguments);
        }

        public Object get(String name) {
            return library.callMethod(type, "g " + name, this);
        }

        public void set(String name, Object value) {
            library.callMethod(type, "s " + name, this, value);
        }

        /** Frees the object of C++, once. Throws, and changes nothing, if it is in use. */
        @Override
        public void close() {
            if (handle == 0) { return; }
            library.free(type, handle, true);
            give();
        }

        public boolean isClosed() {
            return handle == 0;
        }

        /** C++ owns the object now, or it is gone. */
        private void give() {
            library.forget(handle);
            handle = 0;
        }

        @Override
        public Iterator<Object> iterator() {
            Instance from = library.find(type, "m __next__") != null ? this : (Instance) call("__iter__");
            return new Iterator<>() {
                private Object next;
                private boolean isRead;
                private boolean hasEnded;

                @Override
                public boolean hasNext() {
                    if (!isRead && !hasEnded) {
                        try {
                            next = from.call("__next__");
                            isRead = true;
                        } catch (NoSuchElementException end) { hasEnded = true; }
                    }
                    return isRead;
                }

                @Override
                public Object next() {
                    if (!hasNext()) { throw new NoSuchElementException(); }
                    isRead = false;
                    return next;
                }
            };
        }

        @Override
        public String toString() {
            return handle != 0 && library.find(type, "m __str__") != null ? (String) call("__str__") : type.name;
        }
    }

    /** One library. */
    public static final class Library {
        private final Map<Long, Type> types = new LinkedHashMap<>();
        private final Map<String, Type> bySymbol = new HashMap<>();
        private final Map<String, Type> byName = new HashMap<>();
        private final Map<Long, OwnException> exceptions = new HashMap<>();
        private final Map<Long, MemorySegment> trampolines = new HashMap<>();
        private final Map<String, List<Method>> functions = new HashMap<>();
        private final Map<String, Object> constants = new HashMap<>();
        private final Map<String, String> leftOut = new HashMap<>();
        private final Map<Long, WeakReference<Instance>> objects = new HashMap<>();
        /** How many objects of Java have a handle, or have had it. */
        private final Map<Long, Integer> held = new HashMap<>();
        private final MethodHandle callbackFailed;
        private final MethodHandle symbolOf;

        private Library(String path) {
            SymbolLookup symbols = SymbolLookup.libraryLookup(java.nio.file.Path.of(path).toAbsolutePath(), Arena.global());
            MemorySegment describe = symbols.find("clib_describe").orElseThrow();
            long module = ((MemorySegment) invoke(function(describe.address(), POINTER))).address();
            if (int32(module + 4) != MAGIC || int32(module + 8) != FORMAT) {
                throw new IllegalArgumentException(path + " is of format " + int32(module + 8)
                    + ", and this loader reads " + FORMAT);
            }
            callbackFailed = function(int64(module + 88), null, ValueLayout.JAVA_LONG);
            symbolOf = function(int64(module + 144), POINTER, ValueLayout.JAVA_LONG);
            // When Java ends, C++ is told not to call or release its functions any more.
            MethodHandle forget = function(int64(module + 104), null, POINTER);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> invoke(forget, RELEASE)));
            readTypes(int64(module + 48), int64(module + 56));
            readExceptions(int64(module + 152), int64(module + 160));
            readFunctions(int64(module + 64), int64(module + 72));
        }

        /** Calls a function: "mean", "WordCount.alive", "text.length". */
        public Object call(String name, Object... arguments) {
            return callFirst(functions.get(name), name, arguments);
        }

        /** Makes an object of a class. */
        public Instance make(String className, Object... arguments) {
            return (Instance) callFirst(functions.get(className), className, arguments);
        }

        /** A constant, or a member of an enum: "MOST_WORDS", "Order.up". */
        public Object constant(String name) {
            if (!constants.containsKey(name)) { throw new NoSuchElementException("there is no constant " + name); }
            return constants.get(name);
        }

        /** What is left out, with the reason. */
        public Map<String, String> leftOut() {
            return Collections.unmodifiableMap(leftOut);
        }

        /** The names of all functions. */
        public Set<String> functions() {
            return Collections.unmodifiableSet(functions.keySet());
        }

        // --- Objects ---

        private List<Method> find(Type type, String key) {
            for (Type each = type; each != null; each = types.get(each.base)) {
                if (each.functions.containsKey(key)) { return each.functions.get(key); }
            }
            return null;
        }

        private Object callMethod(Type type, String key, Instance self, Object... arguments) {
            Object[] row = new Object[arguments.length + 1];
            row[0] = self;
            System.arraycopy(arguments, 0, row, 1, arguments.length);
            return callFirst(find(type, key), type.name + "." + key.substring(2), row);
        }

        private static Object callFirst(List<Method> overloads, String name, Object... arguments) {
            if (overloads == null) { throw new NoSuchElementException("there is no " + name); }
            RuntimeException last = null;
            for (Method each : overloads) {
                try {
                    return each.call(arguments);
                } catch (Unfit unfit) { last = unfit.error; }
            }
            if (overloads.size() == 1) { throw last; }
            throw new IllegalArgumentException(name + " has no overload for these arguments; the last says: "
                + last.getMessage());
        }

        private long handle(Object argument, long type, String where) {
            Type expected = types.get(type);
            if (!(argument instanceof Instance instance && instance.library == this
                && instance.isInstanceOf(expected.name))) {
                throw wrong(where, "a " + expected.name, argument);
            }
            if (instance.handle == 0) {
                throw new IllegalStateException(where + " is a closed " + expected.name + "; pass a live one");
            }
            return instance.handle;
        }

        /** The object for a handle that C++ has returned. */
        private synchronized Instance adopt(long handle, long type) {
            if (handle == 0) { return null; }
            WeakReference<Instance> known = objects.get(handle);
            Instance object = known == null ? null : known.get();
            if (object != null) { return object; }
            long symbol = ((MemorySegment) invoke(symbolOf, handle)).address();
            Type found = symbol == 0 ? types.get(type) : bySymbol.getOrDefault(ALL.getString(symbol), types.get(type));
            object = new Instance(this, found, handle);
            object.cleanable = CLEANER.register(object, () -> drop(found, handle));
            objects.put(handle, new WeakReference<>(object));
            held.merge(handle, 1, Integer::sum);
            return object;
        }

        /** Frees the object of a handle, unless another object of Java has it by now. */
        private void drop(Type type, long handle) {
            synchronized (this) {
                Integer count = held.get(handle);
                if (count == null) { return; } // it was freed by close()
                if (count > 1) {
                    held.put(handle, count - 1);
                    return;
                }
                forget(handle);
            }
            free(type, handle, false);
        }

        private synchronized void forget(long handle) {
            held.remove(handle);
            objects.remove(handle);
        }

        private void free(Type type, long handle, boolean isExplicit) {
            Type owner = type;
            while (owner.free == null) { owner = types.get(owner.base); }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment outcome = newOutcome(arena);
                invoke(owner.free, outcome, handle);
                try {
                    if (isExplicit && outcome.get(LONG, 8) < 0) {
                        throw raise(failure(outcome, owner.destructor, type.name + ".close"));
                    }
                } finally {
                    finish(outcome);
                }
            }
        }

        // --- Items: values that are part of another one ---

        private long number(Object argument, Value value, String where) {
            Type type = types.get(value.type);
            if (argument instanceof Member member && member.of.equals(type.name)) { return member.number; }
            if (type.isFlags && argument instanceof Number number) { return number.longValue(); }
            throw wrong(where, "a member of " + type.name, argument);
        }

        private Object member(long number, long at) {
            Type type = types.get(at);
            for (Value each : type.members) {
                if (each.offset == number && !type.isFlags) { return constants.get(type.name + "." + each.name); }
            }
            return number;
        }

        private void write(MemorySegment item, Object argument, Value value, Arena arena, String where) {
            int kind = value.kind;
            long content = 0, count = 0;
            if (argument == null && (kind == OPTIONAL || (kind == HANDLE && value.isNullable()))) {
                item.fill((byte) 0);
                return;
            }
            if (kind == OPTIONAL) {
                write(item, argument, value.parts.get(0), arena, where);
                return;
            }
            if (kind == VARIANT) {
                for (int i = 0; i < value.parts.size(); ++i) {
                    try {
                        write(item, argument, value.parts.get(i), arena, where);
                    } catch (IllegalArgumentException | ArithmeticException unfit) { continue; }
                    item.set(INT32, 4, i);
                    return;
                }
                throw wrong(where, "of one of its types", argument);
            } else if (isComposite(kind)) {
                List<Object> row = rowOf(argument, value, where);
                MemorySegment items = arena.allocate(Math.max(row.size(), 1) * (long) ITEM_SIZE, 8);
                for (int i = 0; i < row.size(); ++i) {
                    Value part = value.parts.get(kind == TUPLE ? i : kind == DICT ? i % 2 : 0);
                    write(items.asSlice(i * (long) ITEM_SIZE, ITEM_SIZE), row.get(i), part, arena, where + "[" + i + "]");
                }
                content = items.address();
                count = row.size();
            } else if (isText(kind)) {
                byte[] data = encoded(argument, where);
                content = arena.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(data, data.length + 1)).address();
                count = data.length;
            } else if (kind == FLOAT || kind == DOUBLE) {
                content = Double.doubleToRawLongBits(real(argument, where));
            } else if (kind == BOOL) {
                content = bool(argument, where) ? 1 : 0;
            } else if (kind == ENUM) {
                content = number(argument, value, where);
            } else if (kind == STRUCT) {
                MemorySegment structure = structureOf(argument, value.type, arena, where);
                content = structure.address();
                count = structure.byteSize();
            } else if (kind == HANDLE) {
                content = handle(argument, value.type, where);
            } else {
                content = integer(argument, isInteger(kind) ? kind : INT64, where);
            }
            item.set(INT32, 0, kind);
            item.set(INT32, 4, 0);
            item.set(LONG, 8, content);
            item.set(LONG, 16, count);
        }

        /** What a composite holds, in a row. */
        private List<Object> rowOf(Object argument, Value value, String where) {
            List<Object> row = new ArrayList<>();
            if (value.kind == DICT) {
                if (!(argument instanceof Map<?, ?> map)) { throw wrong(where, "a Map", argument); }
                map.forEach((key, each) -> row.addAll(Arrays.asList(key, each)));
                return row;
            }
            if (argument instanceof Collection<?> collection && (value.kind != SET || argument instanceof Set)) {
                row.addAll(collection);
            } else if (value.kind != SET && argument != null && argument.getClass().isArray()) {
                for (int i = 0; i < Array.getLength(argument); ++i) { row.add(Array.get(argument, i)); }
            } else {
                throw wrong(where, value.kind == SET ? "a Set" : "a List", argument);
            }
            long expected = value.kind == TUPLE ? value.parts.size() : value.count;
            if (row.size() != expected && (value.kind == TUPLE || expected > 0)) {
                throw new IllegalArgumentException(where + " must have " + expected + " values, not " + row.size());
            }
            return row;
        }

        /** The values of the items that an item holds. */
        private List<Object> row(long at, List<Value> parts) {
            List<Object> row = new ArrayList<>();
            for (long i = 0; i < int64(at + 16); ++i) {
                row.add(read(int64(at + 8) + i * ITEM_SIZE, parts.get((int) (i % parts.size()))));
            }
            return row;
        }

        private Object read(long at, Value value) {
            if (int32(at) == NONE) { return null; }
            long content = int64(at + 8);
            switch (value.kind) {
                case OPTIONAL: return read(at, value.parts.get(0));
                case VARIANT: return read(at, value.parts.get(int32(at + 4)));
                case LIST: case TUPLE: return row(at, value.parts);
                case SET: return new LinkedHashSet<>(row(at, value.parts));
                case DICT:
                    Map<Object, Object> map = new LinkedHashMap<>();
                    Iterator<Object> row = row(at, value.parts).iterator();
                    while (row.hasNext()) { map.put(row.next(), row.next()); }
                    return map;
                case TEXT: case PATH: return new String(bytes(content, int64(at + 16)), StandardCharsets.UTF_8);
                case BYTES: return bytes(content, int64(at + 16));
                case FLOAT: case DOUBLE: return Double.longBitsToDouble(content);
                case BOOL: return content != 0;
                case ENUM: return member(content, value.type);
                case STRUCT: return structure(ALL.asSlice(content, int64(at + 16)), value.type);
                case HANDLE:
                    Instance object = adopt(content, value.type);
                    ALL.set(INT32, at, NONE); // it has an owner now
                    return object;
                default: return widened(content, value.kind == UINT64 ? UINT64 : INT64);
            }
        }

        // --- Structures ---

        private GroupLayout layoutOf(long type) {
            GroupLayout layout = types.get(type).layout;
            if (layout == null) { throw new UnsupportedOperationException("a structure has a member of an unknown kind"); }
            return layout;
        }

        private MemorySegment structureOf(Object argument, long at, Arena arena, String where) {
            Type type = types.get(at);
            if (!(argument instanceof Map<?, ?> map)) { throw wrong(where, "a Map of a " + type.name, argument); }
            MemorySegment structure = arena.allocate(layoutOf(at));
            fill(structure, map, type, where);
            return structure;
        }

        private void fill(MemorySegment structure, Map<?, ?> map, Type type, String where) {
            for (Value each : type.members) {
                Object content = map.get(each.name);
                String of = where + "." + each.name;
                if (each.kind == STRUCT) {
                    fill(structure.asSlice(each.offset, types.get(each.type).size), (Map<?, ?>) content,
                        types.get(each.type), of);
                } else if (each.kind == BOOL) {
                    structure.set(ValueLayout.JAVA_BOOLEAN, each.offset, bool(content, of));
                } else if (each.kind == DOUBLE) {
                    structure.set(REAL, each.offset, real(content, of));
                } else if (each.kind == FLOAT) {
                    structure.set(ValueLayout.JAVA_FLOAT_UNALIGNED, each.offset, (float) real(content, of));
                } else {
                    setInteger(structure, each.offset, integer(content, each.kind, of), each.kind);
                }
            }
        }

        private static void setInteger(MemorySegment memory, long at, long number, int kind) {
            switch ((kind - 1) % 4) {
                case 0 -> memory.set(INT8, at, (byte) number);
                case 1 -> memory.set(INT16, at, (short) number);
                case 2 -> memory.set(INT32, at, (int) number);
                default -> memory.set(LONG, at, number);
            }
        }

        private static Object numberAt(MemorySegment memory, long at, int kind) {
            if (kind == FLOAT) { return (double) memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at); }
            if (kind == DOUBLE) { return memory.get(REAL, at); }
            return widened(switch ((kind - 1) % 4) {
                case 0 -> (Number) memory.get(INT8, at);
                case 1 -> memory.get(INT16, at);
                case 2 -> memory.get(INT32, at);
                default -> memory.get(LONG, at);
            }, kind);
        }

        private Map<String, Object> structure(MemorySegment memory, long type) {
            Map<String, Object> found = new LinkedHashMap<>();
            for (Value each : types.get(type).members) {
                found.put(each.name, each.kind == STRUCT ? structure(memory.asSlice(each.offset), each.type)
                    : each.kind == BOOL ? memory.get(ValueLayout.JAVA_BOOLEAN, each.offset)
                    : numberAt(memory, each.offset, each.kind));
            }
            return found;
        }

        // --- Arguments and results ---

        private MemoryLayout layout(Value value) {
            if (value.kind > 0 && value.kind < NUMBERS.length) { return NUMBERS[value.kind]; }
            return switch (value.kind) {
                case BOOL -> ValueLayout.JAVA_BOOLEAN;
                case ENUM -> NUMBERS[value.element];
                case STRUCT -> layoutOf(value.type);
                case STATUS, DURATION, TIME, HANDLE -> ValueLayout.JAVA_LONG;
                case TEXT, PATH, BYTES, STRUCT_POINTER, OPTIONAL, LIST, SET, DICT, TUPLE, VARIANT -> POINTER;
                default -> throw new UnsupportedOperationException("kind " + value.kind + " is not known here");
            };
        }

        private MemorySegment trampoline(long at) {
            return trampolines.computeIfAbsent(at, address -> {
                Function signature = Function.at(address);
                List<MemoryLayout> layouts = new ArrayList<>();
                for (Value each : signature.parameters) {
                    layouts.add(layout(each));
                    if (each.kind == BYTES) { layouts.add(ValueLayout.JAVA_LONG); }
                    if (each.kind == HANDLE || each.kind == STRUCT_POINTER) {
                        throw new UnsupportedOperationException("kind " + each.kind + " of a callback is not known here");
                    }
                }
                layouts.add(ValueLayout.JAVA_LONG);
                MemoryLayout[] row = layouts.toArray(MemoryLayout[]::new);
                FunctionDescriptor descriptor = signature.result.kind == NONE ? FunctionDescriptor.ofVoid(row)
                    : FunctionDescriptor.of(ValueLayout.JAVA_LONG, row);
                try {
                    MethodHandle call = MethodHandles.lookup().findVirtual(Trampoline.class, "call",
                        MethodType.methodType(Object.class, Object[].class));
                    return LINKER.upcallStub(call.bindTo(new Trampoline(this, signature))
                        .asCollector(Object[].class, row.length).asType(descriptor.toMethodType()), descriptor,
                        Arena.global());
                } catch (ReflectiveOperationException impossible) {
                    throw new AssertionError(impossible);
                }
            });
        }

        /** How an argument is passed. Adds what it is in C. */
        private Passing passing(Value value, String where, List<MemoryLayout> layouts) {
            int kind = value.kind;
            if ((value.flags & ~VALUE_FLAGS) != 0) {
                throw new UnsupportedOperationException(where + " has a flag that is not known here");
            }
            if (kind == CALLBACK || kind == KEPT_CALLBACK || kind == FUNCTION) {
                return passingCallback(value, where, layouts);
            }
            if (kind == SEQUENCE || kind == WRITABLE_SEQUENCE || kind == WRITABLE) {
                layouts.addAll(List.of(POINTER, ValueLayout.JAVA_LONG));
                return passingSequence(value, where);
            }
            layouts.add(layout(value));
            if (isInteger(kind)) { return (argument, call) -> call.row.add(narrowed(integer(argument, kind, where), kind)); }
            if (isNanoseconds(kind)) { return (argument, call) -> call.row.add(integer(argument, INT64, where)); }
            if (kind == FLOAT) { return (argument, call) -> call.row.add((float) real(argument, where)); }
            if (kind == DOUBLE) { return (argument, call) -> call.row.add(real(argument, where)); }
            if (kind == BOOL) { return (argument, call) -> call.row.add(bool(argument, where)); }
            if (kind == ENUM) {
                return (argument, call) -> call.row.add(narrowed(number(argument, value, where), value.element));
            }
            if (kind == BYTES) {
                layouts.add(ValueLayout.JAVA_LONG);
                return (argument, call) -> {
                    boolean isNone = argument == null && value.isNullable();
                    byte[] data = isNone ? new byte[0] : encoded(argument, where);
                    call.row.add(isNone ? MemorySegment.NULL
                        : call.arena.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(data, data.length + 1)));
                    call.row.add((long) data.length);
                };
            }
            return (argument, call) -> {
                if (argument == null && value.isNullable()) {
                    call.row.add(kind == HANDLE ? (Object) 0L : MemorySegment.NULL);
                } else if (kind == TEXT || kind == PATH) {
                    byte[] data = encoded(argument, where);
                    for (byte each : data) {
                        if (each == 0) {
                            throw new IllegalArgumentException(where + " has a NUL in it, at which C would cut it; remove it");
                        }
                    }
                    call.row.add(call.arena.allocateFrom(ValueLayout.JAVA_BYTE, Arrays.copyOf(data, data.length + 1)));
                } else if (kind == HANDLE) {
                    call.row.add(handle(argument, value.type, where));
                    if ((value.flags & GIVEN) != 0) { call.afterwards.add(((Instance) argument)::give); }
                } else if (kind == STRUCT || kind == STRUCT_POINTER) {
                    call.row.add(structureOf(argument, value.type, call.arena, where));
                } else {
                    MemorySegment item = call.arena.allocate(ITEM_SIZE, 8);
                    write(item, argument, value, call.arena, where);
                    call.row.add(item);
                }
            };
        }

        private Passing passingCallback(Value value, String where, List<MemoryLayout> layouts) {
            boolean isKept = value.kind != CALLBACK;
            MemorySegment pointer = value.kind == FUNCTION ? CALL_FUNCTION : trampoline(value.callback);
            layouts.addAll(List.of(POINTER, ValueLayout.JAVA_LONG));
            if (isKept) { layouts.add(POINTER); }
            return (argument, call) -> {
                boolean isNone = argument == null && value.isNullable();
                if (!isNone && !(argument instanceof Callback)) { throw wrong(where, "a Callback", argument); }
                long number = isNone ? 0 : LAST.incrementAndGet();
                if (!isNone) {
                    CALLBACKS.put(number, new Kept(this, (Callback) argument, value));
                    call.all.add(number);
                    if (!isKept && (value.flags & CALLED_ONCE) == 0) { call.callbacks.add(number); }
                }
                call.row.add(isNone ? MemorySegment.NULL : pointer);
                call.row.add(number);
                if (isKept) { call.row.add(isNone ? MemorySegment.NULL : RELEASE); }
            };
        }

        /** Of an array of Java, C++ gets a copy; what C++ writes is copied back. */
        private Passing passingSequence(Value value, String where) {
            boolean isWritten = value.kind != SEQUENCE;
            int element = value.kind == WRITABLE ? 1 : value.element;
            if (element == 0 || element >= NUMBERS.length) {
                return (argument, call) -> {
                    List<Object> row = rowOf(argument, new Value(LIST, 0, 0, "", 0, 0, 0, 0, List.of(), 0), where);
                    MemorySegment all = call.arena.allocate(layoutOf(value.type), Math.max(row.size(), 1));
                    for (int i = 0; i < row.size(); ++i) {
                        all.asSlice(i * layoutOf(value.type).byteSize()).copyFrom(
                            structureOf(row.get(i), value.type, call.arena, where + "[" + i + "]"));
                    }
                    call.row.addAll(List.of(all, (long) row.size()));
                };
            }
            ValueLayout layout = NUMBERS[element];
            return (argument, call) -> {
                Object array = argument;
                if (!isWritten && argument instanceof Collection<?> collection) {
                    array = Array.newInstance(layout.carrier(), collection.size());
                    int i = 0;
                    for (Object each : collection) {
                        Array.set(array, i++, element == FLOAT ? (Object) (float) real(each, where)
                            : element == DOUBLE ? (Object) real(each, where)
                            : narrowed(integer(each, element, where), element));
                    }
                }
                if (array == null || array.getClass().componentType() != layout.carrier()) {
                    throw wrong(where, layout.carrier() + "[]", argument);
                }
                int size = Array.getLength(array);
                MemorySegment memory = call.arena.allocate(layout, Math.max(size, 1));
                MemorySegment.copy(heap(array), 0, memory, 0, size * layout.byteSize());
                call.row.addAll(List.of(memory, (long) size));
                if (isWritten) {
                    Object written = array;
                    call.afterwards.add(() -> MemorySegment.copy(memory, 0, heap(written), 0, size * layout.byteSize()));
                }
            };
        }

        private static MemorySegment heap(Object array) {
            return switch (array) {
                case byte[] all -> MemorySegment.ofArray(all);
                case short[] all -> MemorySegment.ofArray(all);
                case int[] all -> MemorySegment.ofArray(all);
                case long[] all -> MemorySegment.ofArray(all);
                case float[] all -> MemorySegment.ofArray(all);
                default -> MemorySegment.ofArray((double[]) array);
            };
        }

        private Reading reading(Value value) {
            int kind = value.kind;
            if (kind == NONE || kind == STATUS) { return (returned, outcome) -> null; }
            if (isText(kind)) {
                return (returned, outcome) -> {
                    byte[] data = bytes(outcome.get(LONG, 24), outcome.get(LONG, 32));
                    return kind == BYTES ? data : new String(data, StandardCharsets.UTF_8);
                };
            }
            if (isComposite(kind)) { return (returned, outcome) -> read(outcome.get(LONG, 24), value); }
            if (kind == HANDLE) { return (returned, outcome) -> adopt((Long) returned, value.type); }
            if (kind == ENUM) { return (returned, outcome) -> member(((Number) returned).longValue(), value.type); }
            if (kind == STRUCT) { return (returned, outcome) -> structure((MemorySegment) returned, value.type); }
            if (kind == BOOL) { return (returned, outcome) -> returned; }
            return (returned, outcome) -> widened(returned, isNanoseconds(kind) ? INT64 : kind);
        }

        private Object fallback(Value value) {
            long at = value.fallback;
            if (at == 0) { return null; }
            if (text(at + 24) != null) { return text(at + 24); }
            return switch (value.kind) {
                case FLOAT, DOUBLE -> ALL.get(REAL, at + 16);
                case DURATION -> (long) (ALL.get(REAL, at + 16) * 1e9);
                case BOOL -> int64(at + 8) != 0;
                case ENUM -> member(int64(at + 8), value.type);
                default -> widened(int64(at + 8), value.kind == UINT64 ? UINT64 : INT64);
            };
        }

        /** The exception for a failed call. */
        private Throwable failure(MemorySegment outcome, Function function, String name) {
            long status = outcome.get(LONG, 8);
            Throwable thrown = THROWN.remove(outcome.get(LONG, 16));
            if (status == E_CALLBACK && thrown != null) { return thrown; }
            String[] details = new String(bytes(outcome.get(LONG, 24), outcome.get(LONG, 32)),
                StandardCharsets.ISO_8859_1).split("\0", -1);
            for (int i = 0; i < details.length; ++i) {
                details[i] = new String(details[i].replace("\u00C0\u0080", "\0").getBytes(StandardCharsets.ISO_8859_1),
                    StandardCharsets.UTF_8);
            }
            String sentence = details[0].isEmpty() ? name + " has failed; the library does not say why" : details[0];
            if (sentence.startsWith(function.symbol + ": ")) {
                sentence = name + sentence.substring(function.symbol.length());
            }
            OwnException own = exceptions.get(status);
            if (own != null) { return ownFailure(own, sentence, status, details); }
            return switch ((int) status) {
                case -3 -> new IllegalArgumentException(sentence);
                case -4, -8 -> new IllegalStateException(sentence);
                case -5 -> new IndexOutOfBoundsException(sentence);
                case -6, -7, -16, -17 -> new ArithmeticException(sentence);
                case E_STOP_ITERATION, -12 -> new NoSuchElementException(sentence);
                case -14 -> new ClassCastException(sentence);
                case -25 -> new UnsupportedOperationException(sentence);
                default -> new Failure("Error", sentence, status);
            };
        }

        private static Failure ownFailure(OwnException own, String sentence, long status, String[] details) {
            List<String> contents = new ArrayList<>();
            for (String each : Arrays.asList(details).subList(1, details.length)) {
                if (each.startsWith("c")) { break; } // what follows is of its cause
                if (each.startsWith("w")) { sentence = each.substring(1); }
                if (each.startsWith("m")) { contents.add(each.substring(1)); }
            }
            Failure failure = new Failure(own.name, sentence, status);
            for (int i = 0; i < contents.size(); ++i) {
                Value member = own.members.get(i);
                String content = contents.get(i);
                failure.members.put(member.name, member.kind == BOOL ? (Object) (content.equals("1")
                    || content.equalsIgnoreCase("true")) : isInteger(member.kind) ? (Object) Long.parseLong(content)
                    : member.kind == FLOAT || member.kind == DOUBLE ? (Object) Double.parseDouble(content) : content);
            }
            return failure;
        }

        // --- The table ---

        private void readTypes(long at, long count) {
            for (long left = count; left > 0; --left) {
                Type type = new Type(at);
                types.put(at, type);
                byName.put(type.name, type);
                if (type.kind == 1) { bySymbol.put(type.symbol, type); }
                if (type.kind == 2) { type.layout = structureLayout(type); }
                if (type.kind == 3) {
                    for (Value each : type.members) {
                        constants.put(type.name + "." + each.name, new Member(type.name, each.name, each.offset));
                    }
                }
                at += int32(at);
            }
        }

        private GroupLayout structureLayout(Type type) {
            List<MemoryLayout> all = new ArrayList<>();
            long end = 0;
            for (Value each : type.members) {
                if (each.kind != BOOL && each.kind != STRUCT && !(each.kind > 0 && each.kind < NUMBERS.length)) { return null; }
                if (each.kind == STRUCT && types.get(each.type).layout == null) { return null; }
                if (each.offset > end) { all.add(MemoryLayout.paddingLayout(each.offset - end)); }
                MemoryLayout layout = layout(each);
                all.add(layout);
                end = each.offset + layout.byteSize();
            }
            if (type.size > end) { all.add(MemoryLayout.paddingLayout(type.size - end)); }
            return MemoryLayout.structLayout(all.toArray(MemoryLayout[]::new));
        }

        private void readExceptions(long at, long count) {
            Map<Long, OwnException> known = new HashMap<>();
            for (long left = count; left > 0; --left) {
                OwnException base = known.get(int64(at + 32));
                List<Value> members = new ArrayList<>(base == null ? List.of() : base.members);
                members.addAll(Value.array(int64(at + 48), int64(at + 56)));
                OwnException own = new OwnException(text(at + 16), members);
                known.put(at, own);
                exceptions.put(int64(at + 8), own);
                at += int32(at);
            }
        }

        private void readFunctions(long at, long count) {
            for (long left = count; left > 0; --left) {
                Function function = Function.at(at);
                Type owner = types.get(function.owner);
                String name = owner == null ? function.name : function.role == CONSTRUCTOR ? owner.name
                    : owner.name + "." + function.name;
                try {
                    add(function, owner, name);
                } catch (UnsupportedOperationException unknown) {
                    leftOut.put(name, unknown.getMessage());
                }
                at += int32(at);
            }
        }

        private void add(Function function, Type owner, String name) {
            int role = function.role;
            if (role == SUPPORT || role == PIN || role == UNPIN) { return; }
            if ((int32(function.at + 8) & ~FUNCTION_FLAGS) != 0) {
                throw new UnsupportedOperationException("it has a flag that is not known here");
            }
            if (role == DESTRUCTOR) {
                owner.destructor = function;
                owner.free = function(function.entry, ValueLayout.JAVA_LONG, POINTER, ValueLayout.JAVA_LONG);
                return;
            }
            Method method = new Method(this, function, name);
            if (role == CONSTANT) {
                constants.put(name, method.call());
            } else if (role == 1 || role == PROPERTY || role == SETTER) {
                String key = (role == 1 ? "m " : role == PROPERTY ? "g " : "s ") + function.name;
                owner.functions.computeIfAbsent(key, each -> new ArrayList<>()).add(method);
            } else {
                functions.computeIfAbsent(name, each -> new ArrayList<>()).add(method);
            }
        }
    }
}
