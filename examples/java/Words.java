// SPDX-License-Identifier: MIT
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Calls a C++ library from Java: java --enable-native-access=ALL-UNNAMED Words.java libsampler.so */
public final class Words {
    private Words() {}

    public static void main(String[] arguments) {
        Clib.Library sampler = Clib.load(arguments[0]);
        List<String> text = List.of("so it goes so it goes so".split(" "));

        Clib.Instance count = sampler.make("WordCount");
        count.call("listen", (Clib.Callback) heard -> {
            if (heard[1].equals(3L)) { System.out.println("a callback:   " + heard[0] + " came for the third time"); }
            return null;
        });
        text.forEach(word -> count.call("add", word));
        System.out.printf("an object:    %s words, and %s is the most frequent%n", count.call("__len__"),
            count.get("most_frequent"));

        StringJoiner pairs = new StringJoiner(", ");
        for (Object pair : count) { pairs.add(((List<?>) pair).get(0) + " " + ((List<?>) pair).get(1)); }
        System.out.println("iteration:    " + pairs);
        System.out.println("containers:   so is at " + joined((List<?>) ((Map<?, ?>) sampler.call("places", text)).get("so")));
        System.out.println("an enum:      " + joined((List<?>) sampler.call("sorted", List.of("b", "c", "a"),
            sampler.constant("Order.down"))));

        double[] numbers = {1, 2, 3};
        sampler.call("scale", numbers, 10);
        System.out.printf("numbers:      %.0f, in place, from which the mean is %.0f%n", numbers[2],
            sampler.call("mean", numbers));

        List<Runnable> calls = List.of(
            () -> count.call("add", ""),
            () -> sampler.call("next", 128),
            () -> sampler.call("parse", "12x"),
            () -> {
                count.close();
                count.call("add", "closed");
            });
        for (Runnable call : calls) {
            try {
                call.run();
            } catch (RuntimeException error) { System.out.println("refused:      " + error.getMessage()); }
        }
    }

    private static String joined(List<?> all) {
        return String.join(", ", all.stream().map(Object::toString).toList());
    }
}
