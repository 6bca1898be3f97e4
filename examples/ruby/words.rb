# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# Calls a C++ library from Ruby: ruby words.rb libsampler.so
require_relative "clib"

sampler = Clib.load(ARGV[0])
text = "so it goes so it goes so".split

count = sampler::WordCount.new
count.listen { |word, times| puts "a callback:   #{word} came for the third time" if times == 3 }
text.each { |word| count.add(word) }
puts "an object:    #{count.size} words, and #{count.most_frequent} is the most frequent"

puts "iteration:    #{count.__iter__.map { |pair| pair.join(' ') }.join(', ')}"
puts "containers:   so is at #{sampler.places(text)['so'].join(', ')}"
puts "an enum:      #{sampler.sorted(%w[b c a], :down).join(', ')}"

numbers = [1, 2, 3]
sampler.scale(numbers, 10)
puts "numbers:      #{numbers[2].to_i}, in place, from which the mean is #{sampler.mean(numbers).to_i}"

[
  -> { count.add("") },
  -> { sampler.next(128) },
  -> { sampler.parse("12x") },
  lambda do
    count.close
    count.add("closed")
  end
].each do |call|
  call.call
rescue StandardError => error
  puts "refused:      #{error.message}"
end
