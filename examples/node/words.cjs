// SPDX-License-Identifier: MIT
// Calls a C++ library from Node.js: node words.cjs libsampler.so
'use strict';
const sampler = require('./clib.cjs').load(process.argv[2]);

const text = 'so it goes so it goes so'.split(' ');

const count = new sampler.WordCount();
count.listen((word, times) => {
    if (times === 3) { console.log(`a callback:   ${word} came for the third time`); }
});
text.forEach((word) => count.add(word));
console.log(`an object:    ${count.length} words, and ${count.most_frequent} is the most frequent`);

console.log(`iteration:    ${[...count].map(([word, times]) => `${word} ${times}`).join(', ')}`);
console.log(`containers:   so is at ${sampler.places(text).get('so').join(', ')}`);
console.log(`an enum:      ${sampler.sorted(['b', 'c', 'a'], sampler.Order.down).join(', ')}`);

const numbers = Float64Array.of(1, 2, 3);
sampler.scale(numbers, 10);
console.log(`numbers:      ${numbers[2]}, in place, from which the mean is ${sampler.mean(numbers)}`);

for (const call of [
    () => count.add(''),
    () => sampler.next(128),
    () => sampler.parse('12x'),
    () => { count.close(); count.add('closed'); },
]) {
    try {
        call();
    } catch (error) { console.log(`refused:      ${error.message}`); }
}
