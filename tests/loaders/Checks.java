// SPDX-License-Identifier: MIT
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What the loader for Java must do: java Checks SAMPLER [REGEX] */
public final class Checks {
    private static int checks;

    private Checks() {}

    private static void same(Object found, Object expected) {
        checks += 1;
        if (!Objects.deepEquals(found, expected)) {
            throw new AssertionError("check " + checks + ": found " + found + ", expected " + expected);
        }
    }

    private static <T extends Throwable> T refused(Class<T> type, String expected, Runnable call) {
        try {
            call.run();
        } catch (Throwable thrown) {
            same(thrown.getMessage(), expected);
            same(type.isInstance(thrown) ? type : thrown.getClass(), type);
            return type.cast(thrown);
        }
        throw new AssertionError("nothing was thrown, but: " + expected);
    }

    private static Clib.Callback callback(Clib.Callback callable) {
        return callable;
    }

    public static void main(String[] arguments) throws InterruptedException {
        Clib.Library sampler = Clib.load(arguments[0]);
        same(sampler.leftOut(), Map.of());
        same(sampler.constant("MOST_WORDS"), 1000L);
        values(sampler);
        objects(sampler);
        callbacks(sampler);
        if (arguments.length > 1) { regex(Clib.load(arguments[1])); }
        System.out.println(checks + " checks");
    }

    private static void values(Clib.Library sampler) {
        // Numbers, bools
        same(sampler.call("next", 5), 6L);
        same(sampler.call("next", -128L), -127L);
        refused(ArithmeticException.class, "next: number is 128, outside the range of int8_t",
            () -> sampler.call("next", 128));
        refused(IllegalArgumentException.class, "next: number must be an integer, not Double",
            () -> sampler.call("next", 1.5));
        refused(IllegalArgumentException.class, "next: number must be an integer, not null", () -> sampler.call("next"));
        refused(IllegalArgumentException.class, "next takes 1 arguments, not 2", () -> sampler.call("next", 1, 2));
        same(sampler.call("greatest"), new BigInteger("18446744073709551615"));
        same(sampler.call("after", 1L << 62), (1L << 62) + 1);
        same(sampler.call("negated", true), false);
        refused(IllegalArgumentException.class, "negated: value must be a Boolean, not Integer",
            () -> sampler.call("negated", 0));

        // Text and bytes, whole
        same(sampler.call("reversed", "a\0b"), "b\0a");
        same(sampler.call("reversed", "x".repeat(1000)), "x".repeat(1000));
        same(sampler.call("reversed", ""), "");
        same(sampler.call("sum", new byte[] {1, 2, -1}), 258L);
        same(sampler.call("counting", 3), new byte[] {0, 1, 2});
        same(((byte[]) sampler.call("counting", 200)).length, 200);
        same(sampler.call("text.length", "ä"), 2L);

        // Numbers in a row
        same(sampler.call("mean", List.of(1, 2, 3, 4)), 2.5);
        double[] numbers = {1, 2, 3};
        sampler.call("scale", numbers);
        same(numbers, new double[] {2, 4, 6});
        sampler.call("scale", numbers, 0.5);
        same(numbers, new double[] {1, 2, 3});
        refused(IllegalArgumentException.class, "mean: values must be double[], not String",
            () -> sampler.call("mean", "text"));
        refused(IllegalArgumentException.class, "mean: values must be double[], not float[]",
            () -> sampler.call("mean", new float[3]));

        // Enums, with a default
        Object up = sampler.constant("Order.up");
        Object down = sampler.constant("Order.down");
        same(sampler.call("opposite", up), down);
        same(down.toString(), "Order.down");
        same(sampler.call("sorted", List.of("b", "c", "a")), List.of("a", "b", "c"));
        same(sampler.call("sorted", List.of("b", "c", "a"), down), List.of("c", "b", "a"));
        refused(IllegalArgumentException.class, "opposite: way must be a member of Order, not Integer",
            () -> sampler.call("opposite", 1));

        // Values that hold others
        same(sampler.call("places", List.of("a", "b", "a")), Map.of("a", List.of(0L, 2L), "b", List.of(1L)));
        same(sampler.call("places", List.of()), Map.of());
        same(sampler.call("total", Map.of("a", 1, "b", 2)), 3L);
        same(sampler.call("primes", Set.of(2, 4, 7)), Set.of(2L, 7L));
        same(sampler.call("divided", 17, 5), List.of(3L, 2L));
        same(Arrays.asList(sampler.call("twice", 4), sampler.call("twice", "ab")), List.of(8L, "abab"));
        refused(IllegalArgumentException.class, "twice: value must be of one of its types, not Boolean",
            () -> sampler.call("twice", true));
        refused(IllegalArgumentException.class, "sorted: words[1] must be a String or byte[], not Integer",
            () -> sampler.call("sorted", List.of("a", 1)));
        refused(IllegalArgumentException.class, "sorted: words must be a List, not String",
            () -> sampler.call("sorted", "abc"));

        // Structures
        same(sampler.call("middle", Map.of("x", 0, "y", 0), Map.of("x", 4, "y", 2)), Map.of("x", 2.0, "y", 1.0));
        same(sampler.call("mirrored", List.of(Map.of("x", 1, "y", 2))), List.of(Map.of("x", 2.0, "y", 1.0)));
        refused(IllegalArgumentException.class, "middle: b must be a Map of a Point, not Integer",
            () -> sampler.call("middle", Map.of("x", 0, "y", 0), 5));

        // Exceptions of the library's own, overloads
        Clib.Failure failure = refused(Clib.Failure.class, "there is no digit at 2", () -> sampler.call("parse", "12x\0ä"));
        same(Arrays.asList(failure.name(), failure.member("offset"), failure.member("rest"), failure.status()),
            List.of("ParseError", 2L, "x\0ä", -501L));
        same(Arrays.asList(sampler.call("after", 1), sampler.call("after", "x")), List.of(2L, "xa"));
        refused(IllegalArgumentException.class, "after has no overload for these arguments; the last says: "
            + "after: text must be a String or byte[], not Boolean", () -> sampler.call("after", true));
        refused(Clib.Failure.class, "divided: by is 0; pass another number", () -> sampler.call("divided", 1, 0));
    }

    private static void objects(Clib.Library sampler) throws InterruptedException {
        Clib.Instance count = sampler.make("WordCount", 3);
        for (String word : "so it goes so it goes so".split(" ")) { count.call("add", word); }
        same(count.call("all"), Map.of("goes", 2L, "it", 2L, "so", 3L));
        same(Arrays.asList(count.call("__len__"), count.get("most_frequent"), count.get("limit")), List.of(3L, "so", 3L));
        same(Arrays.asList(count.call("times", "so"), count.call("times", "none")), Arrays.asList(3L, null));
        refused(IllegalArgumentException.class, "WordCount.add: word is empty; pass at least one letter",
            () -> count.call("add", ""));
        refused(IndexOutOfBoundsException.class, "WordCount.add: the limit is reached; set a higher one",
            () -> count.call("add", "new"));
        count.set("limit", 4);
        same(count.call("add", "new"), 1L);
        Map<Object, Object> pairs = new TreeMap<>();
        for (Object pair : count) { pairs.put(((List<?>) pair).get(0), ((List<?>) pair).get(1)); }
        same(pairs, count.call("all"));
        Clib.Instance other = sampler.make("WordCount");
        same(sampler.call("largest", List.of(other, count)) == count, true);
        same(sampler.call("largest", List.of()), null);
        refused(IllegalArgumentException.class, "largest: counts[0] must be a WordCount, not String",
            () -> sampler.call("largest", List.of("count")));
        Clib.Instance longer = sampler.make("LongWordCount", 3);
        same(longer.isInstanceOf("WordCount"), true);
        same(Arrays.asList(longer.call("add_long", "so"), longer.call("add_long", "goes"), longer.call("__len__")),
            List.of(0L, 1L, 1L));
        same(sampler.call("largest", List.of(longer)) == longer, true);

        // Close, give away, collect
        other.close();
        other.close();
        refused(IllegalStateException.class, "WordCount.add: self is a closed WordCount; pass a live one",
            () -> other.call("add", "x"));
        Clib.Instance given = sampler.make("WordCount");
        given.call("add", "one");
        same(sampler.call("finished", given), 1L);
        refused(IllegalStateException.class, "finished: count is a closed WordCount; pass a live one",
            () -> sampler.call("finished", given));
        Object alive = sampler.call("WordCount.alive");
        for (int i = 0; i < 1000; ++i) { sampler.make("WordCount"); }
        for (int i = 0; i < 100 && !alive.equals(sampler.call("WordCount.alive")); ++i) {
            System.gc();
            Thread.sleep(10);
        }
        same(sampler.call("WordCount.alive"), alive);
    }

    private static void callbacks(Clib.Library sampler) {
        same(sampler.call("composed", callback(x -> Math.sqrt((Double) x[0])), callback(x -> 4 * (Double) x[0] * (Double) x[0]),
            3), 6.0);
        same(sampler.call("count_up", 3, callback(number -> (Long) number[0] * (Long) number[0])), 14L);
        Clib.Instance count = sampler.make("WordCount");
        for (String word : List.of("a", "b", "c")) { count.call("add", word); }
        List<Object> visited = new ArrayList<>();
        count.call("each", callback(pair -> {
            visited.addAll(Arrays.asList(pair));
            return !pair[0].equals("b");
        }));
        same(visited, List.of("a", 1L, "b", 1L));
        IllegalStateException mine = new IllegalStateException("mine");
        Clib.Callback raise = callback(any -> { throw mine; });
        same(refused(IllegalStateException.class, "mine", () -> count.call("each", raise)) == mine, true);
        same(refused(IllegalStateException.class, "mine", () -> sampler.call("count_up", 3, raise)) == mine, true);
        refused(IllegalArgumentException.class, "the result of a function must be a number, not String",
            () -> sampler.call("composed", callback(x -> "x"), callback(x -> 1.0), 3));
        List<Object> heard = new ArrayList<>();
        count.call("listen", callback(pair -> heard.add(pair[0] + " " + pair[1])));
        System.gc();
        count.call("add", "a");
        count.call("add", "b");
        same(heard, List.of("a 2", "b 2"));
        count.call("listen", raise);
        same(refused(IllegalStateException.class, "mine", () -> count.call("add", "a")) == mine, true);
        // Four threads at once.
        same(IntStream.range(0, 4).parallel().mapToObj(i -> sampler.call("count_up", 50, callback(
            number -> (Long) number[0] * i))).toList(), List.of(0L, 1275L, 2550L, 3825L));
    }

    private static void regex(Clib.Library regex) {
        Clib.Instance pattern = regex.make("Pattern", "(\\w+)@(\\w+)");
        Clib.Instance match = (Clib.Instance) pattern.call("search", "write to me@home now");
        same(Arrays.asList(match.call("__len__"), match.call("__getitem__", 0), match.call("__getitem__", 1)),
            List.of(3L, "me@home", "me"));
        same(pattern.call("count", "a@b c@d\0e@f"), 3L);
        same(pattern.call("replace_all", "a@b", "\\2 at \\1"), "b at a");
        refused(IndexOutOfBoundsException.class, "Match.__getitem__: index is 9; pass one from 0 to 2",
            () -> match.call("__getitem__", 9));
        refused(IllegalArgumentException.class, "Pattern: missing ): (x", () -> regex.make("Pattern", "(x"));
        List<Object> found = new ArrayList<>();
        regex.make("PatternSet", "a\nb\nc").call("each", "cab", callback(number -> {
            found.add(number[0]);
            return null;
        }));
        same(Set.copyOf(found), Set.of(0L, 1L, 2L));
    }
}
