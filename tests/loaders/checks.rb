# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# What the loader for Ruby must do: ruby checks.rb LOADER SAMPLER [REGEX]
require ARGV[0]

$checks = 0

def same(found, expected)
  $checks += 1
  raise "check #{$checks}: found #{found.inspect}, expected #{expected.inspect}" unless found == expected
end

def refused(type, expected)
  yield
rescue Exception => error
  same(error.message, expected)
  raise "#{error.class} is no #{type}" unless error.is_a?(type)

  error
else
  raise "nothing was raised, but: #{expected}"
end

sampler = Clib.load(ARGV[1])
same(sampler.left_out, { "middle" => "fiddle passes no struct" })
same(sampler::MOST_WORDS, 1000)

# Numbers, bools
same(sampler.next(5), 6)
same(sampler.next(-128), -127)
refused(RangeError, "next: number is 128, outside the range of int8_t") { sampler.next(128) }
refused(TypeError, "next: number must be an Integer, not Float") { sampler.next(1.5) }
refused(TypeError, "next: number must be an Integer, not nil") { sampler.next }
refused(ArgumentError, "next takes 1 arguments, not 2") { sampler.next(1, 2) }
same(sampler.greatest, 18_446_744_073_709_551_615)
same(sampler.after(2**62), 2**62 + 1)
same(sampler.negated(true), false)
refused(TypeError, "negated: value must be true or false, not Integer") { sampler.negated(0) }

# Text and bytes, whole
same(sampler.reversed("a\0b"), "b\0a")
same(sampler.reversed("x" * 1000), "x" * 1000)
same(sampler.reversed(""), "")
same(sampler.reversed("abc").encoding, Encoding::UTF_8)
same(sampler.sum([1, 2, 255].pack("C*")), 258)
same(sampler.counting(3), "\0\1\2".b)
same(sampler.counting(200).bytesize, 200)
same(sampler.text.length("ä"), 2)

# Numbers in a row
same(sampler.mean([1, 2, 3, 4]), 2.5)
numbers = [1.0, 2.0, 3.0]
sampler.scale(numbers)
same(numbers, [2.0, 4.0, 6.0])
sampler.scale(numbers, 0.5)
same(numbers, [1.0, 2.0, 3.0])
refused(TypeError, "mean: values must be an Array, not String") { sampler.mean("text") }

# Enums, with a default
same(sampler.opposite(:up), :down)
same(sampler.sorted(%w[b c a]), %w[a b c])
same(sampler.sorted(%w[b c a], :down), %w[c b a])
refused(TypeError, "opposite: way must be one of :up, :down, not Integer") { sampler.opposite(1) }

# Values that hold others
same(sampler.places(%w[a b a]), { "a" => [0, 2], "b" => [1] })
same(sampler.places([]), {})
same(sampler.total({ "a" => 1, "b" => 2 }), 3)
same(sampler.primes(Set[2, 4, 7]), Set[2, 7])
same(sampler.divided(17, 5), [3, 2])
same([sampler.twice(4), sampler.twice("ab")], [8, "abab"])
refused(TypeError, "twice: value must be of one of its types, not TrueClass") { sampler.twice(true) }
refused(TypeError, "sorted: words[1] must be a String, not Integer") { sampler.sorted(["a", 1]) }
refused(TypeError, "sorted: words must be an Array, not String") { sampler.sorted("abc") }

# Structures
same(sampler.mirrored([sampler::Point.new(1.0, 2.0)]), [sampler::Point.new(2.0, 1.0)])
refused(TypeError, "mirrored: points[0] must be a Point, not Integer") { sampler.mirrored([5]) }

# Objects
count = sampler::WordCount.new(3)
"so it goes so it goes so".split.each { |word| count.add(word) }
same(count.all, { "goes" => 2, "it" => 2, "so" => 3 })
same([count.size, count.most_frequent, count.limit], [3, "so", 3])
same([count.times("so"), count.times("none")], [3, nil])
refused(ArgumentError, "WordCount.add: word is empty; pass at least one letter") { count.add("") }
refused(IndexError, "WordCount.add: the limit is reached; set a higher one") { count.add("new") }
count.limit = 4
same(count.add("new"), 1)
other = sampler::WordCount.new
same(sampler.largest([other, count]).equal?(count), true)
same(sampler.largest([]), nil)
refused(TypeError, "largest: counts[0] must be a WordCount, not String") { sampler.largest(["count"]) }
long = sampler::LongWordCount.new(3)
same(long.is_a?(sampler::WordCount), true)
same([long.add_long("so"), long.add_long("goes"), long.size], [0, 1, 1])
same(sampler.largest([long]).equal?(long), true)
mine = Class.new(sampler::WordCount) { def add_twice(word) = add(word) + add(word) }
same(mine.new(5).add_twice("a"), 3)

# Close, give away, collect
other.close
other.close
same(other.closed?, true)
refused(ArgumentError, "WordCount.add: self is a closed WordCount; pass a live one") { other.add("x") }
same(sampler::WordCount.open { |opened| opened.add("x") }, 1)
other = sampler::WordCount.new
other.add("one")
same(sampler.finished(other), 1)
refused(ArgumentError, "finished: count is a closed WordCount; pass a live one") { sampler.finished(other) }
alive = sampler::WordCount.alive
500.times { sampler::WordCount.new }
GC.start
same(sampler::WordCount.alive < alive + 50, true) # Ruby looks for objects on the stack, and may see some

# Callbacks
same(sampler.composed(Math.method(:sqrt), ->(x) { 4 * x * x }, 3), 6.0)
same(sampler.count_up(3) { |number| number * number }, 14)
visited = []
count.each do |word, times|
  visited << word + times.to_s
  word != "it"
end
same(visited, %w[goes2 it2])
raised = KeyError.new("mine")
same(refused(KeyError, "mine") { count.each { raise raised } }.equal?(raised), true)
same(refused(KeyError, "mine") { sampler.count_up(3) { raise raised } }.equal?(raised), true)
refused(TypeError, "the result of a callable must be a Float, not String") do
  sampler.composed(->(_) { "x" }, Math.method(:sqrt), 3)
end
heard = []
count.listen { |word, times| heard << word + times.to_s }
GC.start
count.add("so")
count.add("it")
same(heard, %w[so4 it3])
count.listen { raise raised }
same(refused(KeyError, "mine") { count.add("so") }.equal?(raised), true)
count.listen { 0 }
same(Array.new(4) { |i| Thread.new { sampler.count_up(50) { |number| number * i } } }.map(&:value),
     [0, 1275, 2550, 3825])

# Exceptions of the library's own, overloads
error = refused(sampler::ParseError, "there is no digit at 2") { sampler.parse("12x\0ä") }
same([error.class.to_s, error.offset, error.rest, error.status], ["ParseError", 2, "x\0ä", -501])
same([sampler.after(1), sampler.after("x")], [2, "xa"])
refused(TypeError, "after has no overload for these arguments; the last says: after: text must be a String, " \
                   "not TrueClass") { sampler.after(true) }
refused(Clib::Error, "divided: by is 0; pass another number") { sampler.divided(1, 0) }

if ARGV[2]
  regex = Clib.load(ARGV[2])
  pattern = regex::Pattern.new('(\w+)@(\w+)')
  match = pattern.search("write to me@home now")
  same(match.to_a, %w[me@home me home])
  same(match[1], "me")
  same(pattern.count("a@b c@d\0e@f"), 3)
  same(pattern.replace_all("a@b", '\2 at \1'), "b at a")
  refused(IndexError, "Match.__getitem__: index is 9; pass one from 0 to 2") { match[9] }
  refused(ArgumentError, "Pattern: missing ): (x") { regex::Pattern.new("(x") }
  found = []
  regex::PatternSet.new("a\nb\nc").each("cab") { |number| found << number }
  same(found.sort, [0, 1, 2])
end

puts "#{$checks} checks"
