// SPDX-License-Identifier: MIT
// What the loader for Node.js must do: node --expose-gc checks.cjs LOADER SAMPLER [REGEX]
'use strict';
const assert = require('node:assert/strict');
const [, , loader, path, regexPath] = process.argv;
const { load, ClibError } = require(loader);
const sampler = load(path);
let checks = 0;

function same(found, expected) {
    checks += 1;
    assert.deepEqual(found, expected);
}
function refused(type, expected, call) {
    checks += 1;
    let error;
    try {
        call();
    } catch (thrown) { error = thrown; }
    assert.ok(error, `nothing was thrown, but: ${expected}`);
    assert.equal(error.message, expected);
    assert.ok(error instanceof type, `${error.constructor.name} is no ${type.name}`);
    return error;
}

same(sampler.left_out, {});
same(sampler.MOST_WORDS, 1000);

// Numbers, bools
same(sampler.next(5), 6);
same(sampler.next(-128), -127);
refused(RangeError, 'next: number is 128, outside the range of int8_t', () => sampler.next(128));
refused(TypeError, 'next: number must be an integer, not number', () => sampler.next(1.5));
refused(TypeError, 'next: number must be an integer, not null', () => sampler.next());
refused(TypeError, 'next takes 1 arguments, not 2', () => sampler.next(1, 2));
same(sampler.greatest(), 18446744073709551615n);
same(sampler.after(9007199254740992n), 9007199254740993n);
same(sampler.after(2 ** 40), 2 ** 40 + 1);
same(sampler.negated(true), false);
refused(TypeError, 'negated: value must be a boolean, not number', () => sampler.negated(0));

// Text and bytes, whole
same(sampler.reversed('a\0b'), 'b\0a');
same(sampler.reversed('x'.repeat(1000)), 'x'.repeat(1000));
same(sampler.reversed(''), '');
same(sampler.sum(Buffer.from([1, 2, 255])), 258);
same(sampler.sum(Uint16Array.of(257)), 2);
same(sampler.sum(''), 0);
same(sampler.counting(3), Buffer.from([0, 1, 2]));
same(sampler.counting(200).length, 200);
same(sampler.text.length('ä'), 2);

// Numbers in a row
same(sampler.mean([1, 2, 3, 4]), 2.5);
const numbers = Float64Array.of(1, 2, 3);
sampler.scale(numbers);
same([...numbers], [2, 4, 6]);
sampler.scale(numbers.subarray(1), 0.5);
same([...numbers], [2, 2, 3]);
refused(TypeError, 'mean: values must be a Float64Array, not string', () => sampler.mean('text'));
refused(TypeError, 'mean: values must be a Float64Array, not Float32Array', () => sampler.mean(new Float32Array(3)));
refused(TypeError, 'scale: values must be a Float64Array, not Array', () => sampler.scale([1]));

// Enums, with a default
same(sampler.opposite(sampler.Order.up), sampler.Order.down);
same(String(sampler.Order.down), 'Order.down');
same(sampler.sorted(['b', 'c', 'a']), ['a', 'b', 'c']);
same(sampler.sorted(['b', 'c', 'a'], sampler.Order.down), ['c', 'b', 'a']);
refused(TypeError, 'opposite: way must be a member of Order, not number', () => sampler.opposite(1));

// Values that hold others
same(sampler.places(['a', 'b', 'a']), new Map([['a', [0, 2]], ['b', [1]]]));
same(sampler.places([]), new Map());
same(sampler.total({ a: 1, b: 2 }), 3);
same(sampler.total(new Map([['a', 1]])), 1);
same(sampler.primes(new Set([2, 4, 7])), new Set([2, 7]));
same(sampler.divided(17, 5), [3, 2]);
same([sampler.twice(4), sampler.twice('ab')], [8, 'abab']);
refused(TypeError, 'twice: value must be of one of its types, not boolean', () => sampler.twice(true));
refused(TypeError, 'sorted: words[1] must be a string, a Buffer or an array of numbers, not number',
    () => sampler.sorted(['a', 1]));
refused(TypeError, 'sorted: words must be an Array, not string', () => sampler.sorted('abc'));

// Structures
same(sampler.middle({ x: 0, y: 0 }, { x: 4, y: 2 }), { x: 2, y: 1 });
same(sampler.mirrored([{ x: 1, y: 2 }]), [{ x: 2, y: 1 }]);
refused(TypeError, 'middle: b must be a Point, not number', () => sampler.middle({ x: 0, y: 0 }, 5));

// Objects
const count = new sampler.WordCount(3);
for (const word of 'so it goes so it goes so'.split(' ')) { count.add(word); }
same(count.all(), new Map([['goes', 2], ['it', 2], ['so', 3]]));
same([count.length, count.most_frequent, count.limit], [3, 'so', 3]);
same([count.times('so'), count.times('none')], [3, null]);
refused(ClibError, 'WordCount.add: word is empty; pass at least one letter', () => count.add(''));
same(refused(RangeError, 'WordCount.add: the limit is reached; set a higher one', () => count.add('new')).status, -5);
count.limit = 4;
same(count.add('new'), 1);
same(new Map(count), count.all());
let other = new sampler.WordCount();
same(sampler.largest([other, count]) === count, true);
same(sampler.largest([]), null);
refused(TypeError, 'largest: counts[0] must be a WordCount, not string', () => sampler.largest(['count']));
const long = new sampler.LongWordCount(3);
same(long instanceof sampler.WordCount, true);
same([long.add_long('so'), long.add_long('goes'), long.length], [0, 1, 1]);
same(sampler.largest([long]) === long, true);
class Mine extends sampler.WordCount {
    addTwice(word) { return this.add(word) + this.add(word); }
}
same(new Mine(5).addTwice('a'), 3);

// Close, give away, collect
other.close();
other.close();
refused(ClibError, 'WordCount.add: self is a closed WordCount; pass a live one', () => other.add('x'));
other = new sampler.WordCount();
other.add('one');
same(sampler.finished(other), 1);
refused(ClibError, 'finished: count is a closed WordCount; pass a live one', () => sampler.finished(other));

// Callbacks
same(sampler.composed(Math.sqrt, (x) => 4 * x * x, 3), 6);
same(sampler.count_up(3, (number) => number * number), 14);
const visited = [];
count.each((word, times) => visited.push(word + times) && word !== 'it');
same(visited, ['goes2', 'it2']);
const mine = new Error('mine');
const raise = () => { throw mine; };
same(refused(Error, 'mine', () => count.each(raise)) === mine, true);
same(refused(Error, 'mine', () => sampler.count_up(3, raise)) === mine, true);
refused(TypeError, 'the result of a function must be a number, not string',
    () => sampler.composed(() => 'x', Math.sqrt, 3));
const heard = [];
count.listen((word, times) => { heard.push(word + times); });
global.gc();
count.add('so');
count.add('it');
same(heard, ['so4', 'it3']);
count.listen(raise);
same(refused(Error, 'mine', () => count.add('so')) === mine, true);

// Exceptions of the library's own, overloads
const error = refused(sampler.ParseError, 'there is no digit at 2', () => sampler.parse('12x\0ä'));
same([error.name, error.offset, error.rest, error.status], ['ParseError', 2, 'x\0ä', -501]);
same([sampler.after(1), sampler.after('x')], [2, 'xa']);
refused(TypeError, 'after has no overload for these arguments; the last says: after: text must be a string, '
    + 'a Buffer or an array of numbers, not boolean', () => sampler.after(true));
refused(ClibError, 'divided: by is 0; pass another number', () => sampler.divided(1, 0));

if (regexPath) {
    const regex = load(regexPath);
    const pattern = new regex.Pattern('(\\w+)@(\\w+)');
    const match = pattern.search('write to me@home now');
    same([...match], ['me@home', 'me', 'home']);
    same(pattern.count('a@b c@d\0e@f'), 3);
    same(pattern.replace_all('a@b', '\\2 at \\1'), 'b at a');
    refused(RangeError, 'Match.__getitem__: index is 9; pass one from 0 to 2', () => match.at(9));
    refused(ClibError, 'Pattern: missing ): (x', () => new regex.Pattern('(x'));
    const found = [];
    new regex.PatternSet('a\nb\nc').each('cab', (number) => found.push(number));
    same(found.sort(), [0, 1, 2]);
}

const alive = sampler.WordCount.alive();
for (let i = 0; i < 1000; ++i) { new sampler.WordCount(); }
// What is collected is told to JavaScript between two of its steps.
setTimeout(() => {
    global.gc();
    setTimeout(() => {
        same(sampler.WordCount.alive() <= alive, true);
        console.log(`${checks} checks`);
    }, 50);
}, 0);
