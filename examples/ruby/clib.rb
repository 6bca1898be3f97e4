# SPDX-License-Identifier: MIT
# frozen_string_literal: true

# Loads a library that clib's toolkit has made into Ruby, by fiddle of its standard library. Nothing
# is declared: the library says itself what is in it (clib/ffi/describe.h).
#
#     sampler = Clib.load("./libsampler.so")
#     count = sampler::WordCount.new
#     puts count.add("so"), count.most_frequent
#     count.close
#
# Text is a String of UTF-8, bytes are one of ASCII-8BIT; a member of an enum is a Symbol, and flags
# are an Integer; a list or tuple is an Array, a set a Set, a dict a Hash, a structure a Struct. A
# block is passed for a callable that is the last parameter. A failure is a Clib::Error, or the
# exception that Ruby has for it. Ruby cannot be called back by a thread that is not its own, and
# fiddle passes no structure by value: functions that want one are left out, and left_out says so.
require "fiddle"
require "set"
require "weakref"

module Clib
  MAGIC = 0x42494C43
  FORMAT = 2
  VALUE_FLAGS = 0x3F # that are known here
  FUNCTION_FLAGS = 0x7
  NULLABLE = 2
  CALLED_ONCE = 8
  GIVEN = 16
  FLAGS = 1
  UNLOCKED = 1
  E_CALLBACK = -10
  E_STOP_ITERATION = -11

  VOID = Fiddle::TYPE_VOID
  POINTER = Fiddle::TYPE_VOIDP
  INT64 = Fiddle::TYPE_LONG_LONG
  UINT64 = -Fiddle::TYPE_LONG_LONG

  # A number of C: its type for fiddle, how it is packed, and the range of an integer.
  Number = Struct.new(:type, :code, :range)
  NUMBERS = [
    nil,
    *[Fiddle::TYPE_CHAR, Fiddle::TYPE_SHORT, Fiddle::TYPE_INT, INT64].zip(%w[c s l q]).map.with_index do |(type, code), i|
      Number.new(type, code, (-(1 << ((8 << i) - 1))...(1 << ((8 << i) - 1))))
    end,
    *[Fiddle::TYPE_CHAR, Fiddle::TYPE_SHORT, Fiddle::TYPE_INT, INT64].zip(%w[C S L Q]).map.with_index do |(type, code), i|
      Number.new(-type, code, (0...(1 << (8 << i))))
    end,
    Number.new(Fiddle::TYPE_FLOAT, "f"), Number.new(Fiddle::TYPE_DOUBLE, "d")
  ].freeze

  KINDS = %i[none int8 int16 int32 int64 uint8 uint16 uint32 uint64 float double bool status text bytes writable
             sequence writable_sequence handle struct struct_pointer callback kept_callback address optional list set
             dict tuple variant enum complex path duration time object function slice].freeze
  ROLES = %i[function method constructor destructor property pin unpin support setter constant].freeze
  COMPOSITE = %i[optional list set dict tuple variant].freeze
  TEXTS = %i[text bytes path].freeze
  ITEM_SIZE = 24
  OUTCOME_SIZE = 120

  # A failure that Ruby has no exception for.
  class Error < StandardError
    attr_accessor :status

    def initialize(sentence = nil, status = -1)
      super(sentence)
      @status = status
    end
  end

  # What a function raises whose arguments cannot be passed: of overloads, the next is tried.
  class Unfit < StandardError
    attr_reader :error

    def initialize(error)
      super("unfit")
      @error = error
    end
  end

  EXCEPTIONS = {
    -2 => NoMemoryError, -3 => ArgumentError, -4 => ArgumentError, -5 => IndexError, -6 => RangeError,
    -7 => RangeError, -9 => IOError, -11 => StopIteration, -12 => KeyError, -14 => TypeError, -18 => FloatDomainError,
    -17 => ZeroDivisionError, -20 => EOFError, -25 => NotImplementedError, -28 => RuntimeError
  }.freeze

  # Memory of C.
  module Memory
    module_function

    def bytes(address, size) = size.zero? ? +"" : Fiddle::Pointer.new(address)[0, size]
    def text(address) = address.zero? ? nil : Fiddle::Pointer.new(address).to_s.force_encoding("UTF-8")
    def write(address, data) = Fiddle::Pointer.new(address)[0, data.bytesize] = data
    def address_of(string) = Fiddle::Pointer[string].to_i
  end

  # The structures of describe.h, each as far as it is read here. L: uint32_t, Q: uint64_t or a
  # pointer, q: int64_t, d: double, s: text.
  module Record
    def self.of(letters, *names)
      Class.new(Struct.new(:at, *names)) do
        const_set(:LETTERS, letters.gsub(/\d+/) { |count| $`[-1] * (count.to_i - 1) })
        def self.at(address)
          letters = const_get(:LETTERS)
          size = letters.each_char.sum { |letter| letter == "L" ? 4 : 8 }
          values = Memory.bytes(address, size).unpack(letters.tr("s", "Q"))
          new(address, *values.zip(letters.chars).map { |value, letter| letter == "s" ? Memory.text(value) : value })
        end

        # The records of an array; each says how long it is.
        def self.array(address, count)
          Array.new(count) { at(address).tap { |record| address += record.size } }
        end

        def kind_name = KINDS[kind]
      end
    end

    Value = of("L4sQ7", :size, :kind, :element, :flags, :name, :type, :callback, :offset, :default_at, :parts_at,
               :part_count, :count)
    Default = of("L2qds", :size, :flags, :integer, :number, :text)
    Function = of("L4QsssQ6", :size, :role, :flags, :checksum, :hash_number, :symbol, :name, :doc, :owner, :result,
                  :parameters, :parameter_count, :address, :entry)
    Type = of("L4QsssQ7", :size, :kind, :flags, :checksum, :hash_number, :symbol, :name, :doc, :byte_size, :alignment,
              :members, :member_count, :python, :scope, :base)
    Exception = of("L2qssQsQ2", :size, :checksum, :status, :name, :doc, :base, :builtin, :members, :member_count)
    Module = of("L4ssssQ15", :size, :magic, :format, :checksum, :name, :version, :toolkit, :doc, :types, :type_count,
                :functions, :function_count, :live, :callback_failed, :set_interpreter_lock, :forget_callbacks,
                :python, :set_signal_check, :raise_later, :set_exception_forgetting, :symbol_of, :exceptions,
                :exception_count)

    class Value
      def parts = @parts ||= Value.array(parts_at, part_count)
      def default = default_at.zero? ? nil : Default.at(default_at)
      def nullable? = (flags & NULLABLE) != 0
    end
  end

  def self.wrong(where, expected, argument)
    TypeError.new("#{where} must be #{expected}, not #{argument.nil? ? 'nil' : argument.class}")
  end

  def self.integer(argument, kind, where)
    raise wrong(where, "an Integer", argument) unless argument.is_a?(Integer)
    return argument if NUMBERS[kind].range.cover?(argument)

    raise RangeError, "#{where} is #{argument}, outside the range of #{KINDS[kind]}_t"
  end

  def self.float(argument, where)
    raise wrong(where, "a Float", argument) unless argument.is_a?(Numeric)

    argument.to_f
  end

  def self.bool(argument, where)
    raise wrong(where, "true or false", argument) unless [true, false].include?(argument)

    argument ? 1 : 0
  end

  def self.string(argument, where)
    raise wrong(where, "a String", argument) unless argument.is_a?(String)

    argument.encoding == Encoding::BINARY ? argument : argument.encode("UTF-8")
  end

  def self.function(address, result, *types) = Fiddle::Function.new(Fiddle::Pointer.new(address), types, result)

  # What C++ may call: callables by the number that is their context, and what they have raised.
  class Callbacks
    Callback = Struct.new(:library, :callable, :value)
    attr_reader :call_function, :release, :raised

    def initialize
      @callbacks = {}
      @raised = {}
      @last = 0
      @call_function = closure(INT64, [POINTER, POINTER, POINTER, UINT64]) do |items, take, receiver, context|
        callback = @callbacks.fetch(context)
        guarded(callback) { call(callback, items.to_i, take.to_i, receiver) }
      end
      @release = closure(VOID, [UINT64]) { |context| @callbacks.delete(context) && nil }
    end

    def closure(result, types, &block) = Fiddle::Closure::BlockCaller.new(result, types, &block)

    def add(library, callable, value)
      @last += 1
      @callbacks[@last] = Callback.new(library, callable, value)
      @last
    end

    def [](number) = @callbacks.fetch(number)
    def delete(number) = @callbacks.delete(number)

    # Calls, and tells C++ if that fails.
    def guarded(callback)
      yield
    rescue ::Exception => error # rubocop:disable Lint/RescueException
      number = @last += 1
      (Thread.current[:clib_raised] ||= []) << number
      @raised[number] = error
      callback.library.callback_failed.call(number)
      E_CALLBACK
    end

    private

    def call(callback, items, take, receiver)
      library = callback.library
      result, *parts = callback.value.parts
      returned = callback.callable.call(*library.row(items) { |i| parts[i] })
      return 0 if result.kind_name == :none

      keep = []
      item = library.item(returned, result, keep, "the result of a callable")
      Clib.function(take, VOID, POINTER, POINTER).call(receiver, Fiddle::Pointer[item])
      0
    end
  end

  CALLBACKS = Callbacks.new

  # An object of C++. Classes of libraries are derived from this.
  class Handle
    attr_accessor :handle

    class << self
      attr_accessor :library, :creator, :freer, :type_at

      def new(*arguments, &block)
        raise NoMethodError, "#{self} has no constructor" unless creator

        library.as(self, creator.call(*arguments, &block))
      end

      # Makes an object for a block.
      def open(*arguments)
        object = new(*arguments)
        yield object
      ensure
        object&.close
      end

      def finalizer(library, handle) = proc { library.drop(handle) }
    end

    def close = self.class.library.close(self)
    def closed? = handle.nil?
  end

  # One library: a module with its classes, functions and constants.
  class Library < ::Module
    attr_reader :left_out, :callback_failed

    NAMES = { "__len__" => :size, "__getitem__" => :[], "__setitem__" => :[]=, "__str__" => :to_s, "__next__" => :next,
              "__contains__" => :include?, "__eq__" => :==, "__lt__" => :<, "__le__" => :<=, "__gt__" => :>,
              "__ge__" => :>=, "__add__" => :+, "__sub__" => :-, "__mul__" => :*, "__truediv__" => :/,
              "__mod__" => :%, "__pow__" => :**, "__call__" => :call, "__hash__" => :hash, "__neg__" => :-@ }.freeze

    def initialize(path)
      super()
      @file = Fiddle.dlopen(path)
      @module = Record::Module.at(Fiddle::Function.new(@file["clib_describe"], [], POINTER).call.to_i)
      unless @module.magic == MAGIC && @module.format == FORMAT
        raise LoadError, "#{path} is of format #{@module.format}, and this loader reads #{FORMAT}"
      end

      @types = {}
      @infos = {}
      @by_symbol = {}
      @exceptions = {}
      @trampolines = {}
      @objects = {}
      @held = {}
      @left_out = {}
      @callback_failed = Clib.function(@module.callback_failed, VOID, UINT64)
      @symbol_of = Clib.function(@module.symbol_of, POINTER, UINT64)
      # When Ruby ends, C++ is told not to call or release its callables any more.
      forget = Clib.function(@module.forget_callbacks, VOID, POINTER)
      at_exit { forget.call(CALLBACKS.release) }
      read_types
      read_exceptions
      read_functions
    end

    # --- Objects ---

    def handle_of(argument, type, where)
      expected = @types[type]
      raise Clib.wrong(where, "a #{expected}", argument) unless argument.is_a?(expected)
      raise ArgumentError, "#{where} is a closed #{expected}; pass a live one" if argument.closed?

      argument.handle
    end

    # The object for a handle that C++ has returned.
    def adopt(handle, type)
      return nil if handle.zero?

      known = @objects[handle]
      return known.__getobj__ if known&.weakref_alive?

      symbol = @symbol_of.call(handle)
      found = @by_symbol[symbol.null? ? nil : symbol.to_s] || @types[type]
      object = found.allocate
      object.handle = handle
      @objects[handle] = WeakRef.new(object)
      @held[handle] = [(@held[handle]&.first || 0) + 1, found]
      ObjectSpace.define_finalizer(object, Handle.finalizer(self, handle))
      object
    end

    # The object, as one of a class that is derived in Ruby.
    def as(wanted, object)
      return object if object.instance_of?(wanted)

      derived = wanted.allocate
      derived.handle = object.handle
      object.handle = nil
      @objects[derived.handle] = WeakRef.new(derived)
      ObjectSpace.undefine_finalizer(object)
      ObjectSpace.define_finalizer(derived, Handle.finalizer(self, derived.handle))
      derived
    end

    # Frees the object of a handle, unless another object of Ruby has it by now.
    def drop(handle)
      count, found = @held[handle]
      return unless count # it was freed by close
      return @held[handle] = [count - 1, found] if count > 1

      forget(handle)
      free(found, handle, is_explicit: false)
    end

    def close(object)
      handle = object.handle or return
      free(object.class, handle, is_explicit: true)
      give(object)
    end

    # C++ owns the object now.
    def give(object)
      ObjectSpace.undefine_finalizer(object)
      forget(object.handle)
      object.handle = nil
    end

    # --- Items: values that are part of another one ---

    # The item of an argument, packed.
    def item(argument, value, keep, where)
      kind = value.kind_name
      alternative = count = 0
      case kind
      when :optional
        return "\0" * ITEM_SIZE if argument.nil?

        return item(argument, value.parts[0], keep, where)
      when :variant
        value.parts.each_with_index do |part, i|
          data = item(argument, part, keep, where)
          data[4, 4] = [i].pack("L")
          return data
        rescue TypeError, ArgumentError, RangeError
          next
        end
        raise Clib.wrong(where, "of one of its types", argument)
      when :list, :set, :dict, :tuple
        row = row_of(argument, value, where)
        data = row.each_with_index.map { |(each, part), i| item(each, part, keep, "#{where}[#{i}]") }.join
        keep << data
        content = data.empty? ? 0 : Memory.address_of(data)
        count = row.size
      when *TEXTS
        data = Clib.string(argument, where)
        keep << data
        content = Memory.address_of(data)
        count = data.bytesize
      when :float, :double then content = [Clib.float(argument, where)].pack("d").unpack1("Q")
      when :bool then content = Clib.bool(argument, where)
      when :enum then content = number_of(argument, value, where)
      when :struct
        data = packed(argument, value.type, where)
        keep << data
        content = Memory.address_of(data)
        count = data.bytesize
      when :handle
        return "\0" * ITEM_SIZE if argument.nil? && value.nullable?

        content = handle_of(argument, value.type, where)
      else content = Clib.integer(argument, NUMBERS[value.kind] ? value.kind : 4, where)
      end
      [value.kind, alternative, content & ((1 << 64) - 1), count].pack("LLQQ")
    end

    # The values of the items that an item holds; a block says what part each is.
    def row(at)
      _, _, items, count = Memory.bytes(at, ITEM_SIZE).unpack("LLQQ")
      Array.new(count) { |i| value_of(items + i * ITEM_SIZE, yield(i)) }
    end

    def value_of(at, value)
      held, alternative, content, count = Memory.bytes(at, ITEM_SIZE).unpack("LLQQ")
      return nil if held.zero?

      parts = value.parts
      case value.kind_name
      when :optional then value_of(at, parts[0])
      when :variant then value_of(at, parts[alternative])
      when :list then row(at) { parts[0] }
      when :tuple then row(at) { |i| parts[i] }
      when :set then Set.new(row(at) { parts[0] })
      when :dict then row(at) { |i| parts[i % 2] }.each_slice(2).to_h
      when :text, :path then Memory.bytes(content, count).force_encoding("UTF-8")
      when :bytes then Memory.bytes(content, count)
      when :float, :double then [content].pack("Q").unpack1("d")
      when :bool then content != 0
      when :enum then member_of([content].pack("Q").unpack1("q"), value.type)
      when :struct then unpacked(Memory.bytes(content, count), value.type)
      when :handle
        # It has an owner now.
        adopt(content, value.type).tap { Memory.write(at, "\0\0\0\0") }
      else (5..8).cover?(value.kind) ? content : [content].pack("Q").unpack1("q")
      end
    end

    private

    def free(found, handle, is_explicit:)
      entry, function = found.freer
      with_outcome do |outcome|
        entry.call(outcome, handle)
        raise failure(outcome, function) if is_explicit && outcome[8, 8].unpack1("q").negative?
      end
    end

    def forget(handle)
      @objects.delete(handle)
      @held.delete(handle)
    end

    # What a composite holds, each with its part.
    def row_of(argument, value, where)
      kind, parts = value.kind_name, value.parts
      wanted = { dict: Hash, set: Set, list: Array, tuple: Array }[kind]
      raise Clib.wrong(where, "#{wanted == Array ? 'an' : 'a'} #{wanted}", argument) unless argument.is_a?(wanted)
      return argument.flat_map { |key, each| [[key, parts[0]], [each, parts[1]]] } if kind == :dict

      expected = kind == :tuple ? parts.size : value.count
      if argument.size != expected && (kind == :tuple || expected.positive?)
        raise ArgumentError, "#{where} must have #{expected} values, not #{argument.size}"
      end
      argument.each_with_index.map { |each, i| [each, parts[kind == :tuple ? i : 0]] }
    end

    def number_of(argument, value, where)
      members = @types[value.type]
      return members[argument] if members.key?(argument)
      return argument if argument.is_a?(Integer) && (@infos[value.type].flags & FLAGS) != 0

      raise Clib.wrong(where, "one of #{members.keys.map(&:inspect).join(', ')}", argument)
    end

    def member_of(number, type)
      (@infos[type].flags & FLAGS).zero? ? @types[type].key(number) || number : number
    end

    # A structure as C has it.
    def packed(argument, type, where)
      found = @types[type]
      raise Clib.wrong(where, "a #{found}", argument) unless argument.is_a?(found)

      data = "\0".b * @infos[type].byte_size
      found::MEMBERS.zip(argument.to_a) do |(member, code), each|
        bytes = code ? [each].pack(code) : packed(each, member.type, "#{where}.#{member.name}")
        data[member.offset, bytes.bytesize] = bytes
      end
      data
    end

    def unpacked(data, type)
      found = @types[type]
      found.new(*found::MEMBERS.map do |member, code|
        code ? data[member.offset..].unpack1(code) : unpacked(data[member.offset..], member.type)
      end)
    end

    # --- Calls ---

    # What an entry fills in, and nobody else. Its data is released afterwards.
    def with_outcome
      outcome = Fiddle::Pointer.malloc(OUTCOME_SIZE, Fiddle::RUBY_FREE)
      outcome[0, OUTCOME_SIZE] = [OUTCOME_SIZE, UNLOCKED].pack("SS").ljust(OUTCOME_SIZE, "\0")
      yield outcome
    ensure
      release, owner = outcome[40, 16].unpack("QQ")
      Clib.function(release, VOID, UINT64).call(owner) unless release.zero?
    end

    # The exception for a failed call.
    def failure(outcome, function)
      error_number, status, number, data, length = outcome[4, 36].unpack("lqQQQ")
      raised = CALLBACKS.raised[number]
      return raised if status == E_CALLBACK && raised

      sentence, *details = Memory.bytes(data, length).split("\0", -1).map do |part|
        part.gsub("\xC0\x80".b, "\0".b).force_encoding("UTF-8").scrub
      end
      name = full_name(function)
      sentence = "#{name} has failed; the library does not say why" if sentence.to_s.empty?
      sentence = sentence.sub(/\A#{Regexp.escape(function.symbol)}: /) { "#{name}: " }
      details = details.take_while { |each| each[0] != "c" } # what follows is of its cause
      own, members = @exceptions[status]
      return own_exception(own, members, sentence, status, details) if own
      return SystemCallError.new(sentence, error_number) if status == -9 && error_number.positive?

      found = EXCEPTIONS[status]
      found ? found.new(sentence) : Error.new(sentence, status)
    end

    def own_exception(own, members, sentence, status, details)
      said = details.find { |each| each[0] == "w" }
      error = own.new(said ? said[1..] : sentence, status)
      members.zip(details.select { |each| each[0] == "m" }) do |member, text|
        content = text.to_s[1..]
        content = if member.kind_name == :bool then %w[1 true True].include?(content)
                  elsif member.kind <= 8 then content.to_i
                  elsif member.kind <= 10 then content.to_f
                  else content
                  end
        error.instance_variable_set("@#{member.name}", content)
      end
      error
    end

    def full_name(function)
      owner = @infos[function.owner]&.name
      return owner if ROLES[function.role] == :constructor

      owner ? "#{owner}.#{function.name}" : function.name
    end

    # The type of fiddle for a value that is one in C.
    def c_type(value)
      case value.kind_name
      when :bool then Fiddle::TYPE_CHAR
      when :enum then NUMBERS[value.element].type
      when :status, :duration, :time, :none then INT64
      when :handle then UINT64
      when :text, :path, :bytes, *COMPOSITE then POINTER
      else
        NUMBERS[value.kind]&.type or raise NotImplementedError, "fiddle passes no #{value.kind_name || value.kind}"
      end
    end

    # A function of C for all callbacks of a signature.
    def trampoline(address)
      @trampolines[address] ||= begin
        signature = Record::Function.at(address)
        result = Record::Value.at(signature.result)
        parameters = Record::Value.array(signature.parameters, signature.parameter_count)
        types = parameters.flat_map { |each| each.kind_name == :bytes ? [POINTER, UINT64] : [c_type(each)] }
        has_result = result.kind_name != :none
        CALLBACKS.closure(has_result ? INT64 : VOID, [*types, UINT64]) do |*given|
          callback = CALLBACKS[given.pop]
          returned = CALLBACKS.guarded(callback) do
            made = callback.callable.call(*parameters.map { |each| callback_argument(each, given) })
            has_result ? Clib.integer(made || 0, 4, "the result of a callable") : nil
          end
          has_result ? returned : nil
        end
      end
    end

    def callback_argument(value, given)
      argument = given.shift
      case value.kind_name
      when :bool then argument != 0
      when :enum then member_of(argument, value.type)
      when :text, :path then argument.null? ? nil : Memory.text(argument.to_i)
      when :bytes then Memory.bytes(argument.to_i, given.shift).force_encoding("UTF-8")
      else argument
      end
    end

    # How an argument is passed: the types of C, and a lambda that returns the arguments of C.
    def passing(value, where)
      raise NotImplementedError, "#{where} has a flag that is not known here" if (value.flags & ~VALUE_FLAGS) != 0

      kind = value.kind_name
      one = ->(type, &convert) { [[type], ->(argument, call) { [convert.call(argument, call)] }] }
      case kind
      when :float, :double then one.call(c_type(value)) { |argument| Clib.float(argument, where) }
      when :bool then one.call(c_type(value)) { |argument| Clib.bool(argument, where) }
      when :status, :duration, :time then one.call(INT64) { |argument| Clib.integer(argument, 4, where) }
      when :enum then one.call(c_type(value)) { |argument| number_of(argument, value, where) }
      when :text, :path
        one.call(POINTER) do |argument|
          next nil if argument.nil? && value.nullable?

          data = Clib.string(argument, where)
          raise ArgumentError, "#{where} has a NUL in it, at which C would cut it; remove it" if data.include?("\0")

          data
        end
      when :bytes
        [[POINTER, UINT64], lambda do |argument, _|
          next [nil, 0] if argument.nil? && value.nullable?

          data = Clib.string(argument, where)
          [data, data.bytesize]
        end]
      when :sequence, :writable_sequence then passing_sequence(value, where)
      when :writable
        [[POINTER, UINT64], lambda do |argument, _|
          raise Clib.wrong(where, "a String that is not frozen", argument) unless
            argument.is_a?(String) && !argument.frozen?

          [argument, argument.bytesize]
        end]
      when :handle
        one.call(UINT64) do |argument, call|
          next 0 if argument.nil? && value.nullable?

          call.given << argument if (value.flags & GIVEN) != 0
          handle_of(argument, value.type, where)
        end
      when :struct_pointer
        one.call(POINTER) do |argument, call|
          next nil if argument.nil? && value.nullable?

          data = packed(argument, value.type, where)
          call.afterwards << -> { argument.members.zip(unpacked(data, value.type).to_a) { |name, each| argument[name] = each } }
          data
        end
      when :callback, :kept_callback, :function
        is_kept = kind != :callback
        pointer = kind == :function ? CALLBACKS.call_function : trampoline(value.callback)
        [[POINTER, UINT64, POINTER].take(is_kept ? 3 : 2), lambda do |argument, call|
          next [nil, 0, nil].take(is_kept ? 3 : 2) if argument.nil? && value.nullable?
          raise Clib.wrong(where, "callable", argument) unless argument.respond_to?(:call)

          number = CALLBACKS.add(self, argument, value)
          call.callbacks << [number, is_kept || (value.flags & CALLED_ONCE) != 0]
          [pointer, number, CALLBACKS.release].take(is_kept ? 3 : 2)
        end]
      when *COMPOSITE
        one.call(POINTER) { |argument, call| item(argument, value, call.keep, where).tap { |data| call.keep << data } }
      else
        raise NotImplementedError, "fiddle passes no #{kind || value.kind}" unless (1..8).cover?(value.kind)

        one.call(c_type(value)) { |argument| Clib.integer(argument, value.kind, where) }
      end
    end

    def passing_sequence(value, where)
      number = NUMBERS[value.element]
      [[POINTER, UINT64], lambda do |argument, call|
        raise Clib.wrong(where, "an Array", argument) unless argument.is_a?(Array)

        data = if number.nil? then argument.map { |each| packed(each, value.type, where) }.join
               else
                 argument.map do |each|
                   number.range ? Clib.integer(each, value.element, where) : Clib.float(each, where)
                 end.pack("#{number.code}*")
               end
        if value.kind_name == :writable_sequence && number
          call.afterwards << -> { argument.replace(data.unpack("#{number.code}*")) }
        end
        call.keep << data
        [data, argument.size]
      end]
    end

    # How a result is read: the type of C, and a lambda of what was returned and of the outcome.
    def reading(value)
      kind = value.kind_name
      case kind
      when :none, :status then [INT64, ->(_, _) {}]
      when *TEXTS
        [INT64, lambda do |_, outcome|
          data = Memory.bytes(*outcome[24, 16].unpack("QQ"))
          kind == :bytes ? data : data.force_encoding("UTF-8")
        end]
      when *COMPOSITE then [INT64, ->(_, outcome) { value_of(outcome[24, 8].unpack1("Q"), value) }]
      when :handle then [UINT64, ->(handle, _) { adopt(handle, value.type) }]
      when :enum then [c_type(value), ->(number, _) { member_of(number, value.type) }]
      when :bool then [c_type(value), ->(result, _) { result != 0 }]
      else [c_type(value), ->(result, _) { result }]
      end
    end

    def default_of(value)
      default = value.default or return nil
      return default.text if default.text

      case value.kind_name
      when :float, :double then default.number
      when :duration then (default.number * 1e9).to_i
      when :bool then default.integer != 0
      when :enum then member_of(default.integer, value.type)
      else default.integer
      end
    end

    Call = Struct.new(:keep, :callbacks, :given, :afterwards)

    # Makes a lambda of a function.
    def bind(function)
      raise NotImplementedError, "it has a flag that is not known here" if (function.flags & ~FUNCTION_FLAGS) != 0

      name = full_name(function)
      parameters = Record::Value.array(function.parameters, function.parameter_count)
      passing = parameters.map { |value| passing(value, "#{name}: #{value.name}") }
      defaults = parameters.map { |value| default_of(value) }
      takes_block = %i[callback kept_callback function].include?(parameters.last&.kind_name)
      result_type, read = reading(Record::Value.at(function.result))
      entry = Clib.function(function.entry, result_type, POINTER, *passing.flat_map(&:first))
      lambda do |*given, &block|
        given << block if takes_block && block && given.size == parameters.size - 1
        if given.size > parameters.size
          raise Unfit, ArgumentError.new("#{name} takes #{parameters.size} arguments, not #{given.size}")
        end

        call = Call.new([], [], [], [])
        outermost = Thread.current[:clib_raised].nil?
        Thread.current[:clib_raised] ||= []
        is_kept = false
        begin
          row = passing.each_with_index.flat_map do |(_, convert), i|
            convert.call(given[i].nil? ? defaults[i] : given[i], call)
          rescue StandardError => error
            raise Unfit, error
          end
          with_outcome do |outcome|
            returned = entry.call(outcome, *row)
            raise failure(outcome, function) if outcome[8, 8].unpack1("q").negative?

            is_kept = true
            call.given.each { |object| give(object) }
            call.afterwards.each(&:call)
            read.call(returned, outcome)
          end
        ensure
          call.callbacks.each { |number, may_stay| CALLBACKS.delete(number) unless is_kept && may_stay }
          if outermost
            Thread.current[:clib_raised].each { |number| CALLBACKS.raised.delete(number) }
            Thread.current[:clib_raised] = nil
          end
        end
      end
    end

    # --- The table ---

    def read_types
      Record::Type.array(@module.types, @module.type_count).each do |type|
        @infos[type.at] = type
        scope = @types[type.scope] || self
        name = type.name.split(".").last
        made = case type.kind
               when 1 then new_class(type)
               when 2 then new_structure(type)
               when 3 then new_enum(type)
               when 4 then ::Module.new
               end
        next unless made

        @types[type.at] = made
        constant = name[0].upcase + name[1..]
        scope.const_set(constant, made) unless type.kind == 3
        scope.define_singleton_method(name) { made } if type.kind == 4
        made.define_singleton_method(:to_s) { name } if [1, 2].include?(type.kind)
      end
    end

    def new_class(type)
      library = self
      Class.new(@types[type.base] || Handle).tap do |made|
        made.library = library
        made.freer = made.superclass.freer if made.superclass < Handle
        made.define_singleton_method(:inherited) do |derived|
          super(derived)
          derived.library = library
          derived.creator = creator
          derived.freer = freer
        end
        @by_symbol[type.symbol] = made
      end
    end

    def new_structure(type)
      members = Record::Value.array(type.members, type.member_count)
      codes = members.map { |member| NUMBERS[member.kind]&.code }
      return nil unless members.zip(codes).all? { |member, code| code || (member.kind_name == :struct && @types[member.type]) }

      Struct.new(*members.map { |member| member.name.to_sym }).tap { |made| made.const_set(:MEMBERS, members.zip(codes)) }
    end

    def new_enum(type)
      Record::Value.array(type.members, type.member_count).to_h do |member|
        [member.name.to_sym, member.kind <= 4 ? [member.offset].pack("Q").unpack1("q") : member.offset]
      end
    end

    def read_exceptions
      known = {}
      Record::Exception.array(@module.exceptions, @module.exception_count).each do |each|
        base, of_base = known[each.base]
        members = [*of_base, *Record::Value.array(each.members, each.member_count)]
        made = Class.new(base || Error) { attr_reader(*members.map { |member| member.name.to_sym }) }
        const_set(each.name, made)
        made.define_singleton_method(:to_s) { each.name }
        @exceptions[each.status] = known[each.at] = [made, members]
      end
    end

    def read_functions
      groups = {}
      Record::Function.array(@module.functions, @module.function_count).each do |function|
        next if %i[support pin unpin].include?(ROLES[function.role])

        call = bind(function)
        (groups[[function.role, full_name(function)]] ||= [function]) << call
      rescue NotImplementedError => error
        @left_out[full_name(function)] = error.message
      end
      groups.each_value { |function, *calls| add(function, overloaded(full_name(function), calls)) }
    end

    def add(function, call)
      owner = @types[function.owner] || self
      name = function.name.to_sym
      case ROLES[function.role]
      when :constructor then owner.creator = call
      when :destructor then owner.freer = [Clib.function(function.entry, INT64, POINTER, UINT64), function]
      when :property then owner.define_method(name) { call.call(self) }
      when :setter then owner.define_method("#{name}=") { |value| call.call(self, value) }
      when :method then add_method(owner, function.name, call)
      when :constant
        value = call.call
        function.name.match?(/\A[A-Z]/) ? owner.const_set(name, value) : owner.define_singleton_method(name) { value }
      else owner.define_singleton_method(name) { |*given, &block| call.call(*given, &block) }
      end
    end

    def add_method(owner, name, call)
      owner.define_method(NAMES[name] || name) { |*given, &block| call.call(self, *given, &block) }
      return owner.alias_method(:length, :size) if name == "__len__"
      return unless %w[__next__ __getitem__ __iter__].include?(name) && !owner.method_defined?(:each, false)

      owner.include(Enumerable)
      owner.define_method(:each) do |&block|
        case name
        when "__next__" then loop { block.call(self.next) }
        when "__getitem__" then size.times { |i| block.call(self[i]) }
        else call.call(self).each(&block)
        end
        self
      end
    end

    # Of the functions of one name, the first whose arguments can be passed.
    def overloaded(name, calls)
      lambda do |*given, &block|
        last = nil
        calls.each do |call|
          return call.call(*given, &block)
        rescue Unfit => error
          last = error.error
        end
        raise last if calls.size == 1

        raise TypeError, "#{name} has no overload for these arguments; the last says: #{last.message}"
      end
    end
  end

  def self.load(path) = Library.new(path)
end
