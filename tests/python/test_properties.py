# SPDX-License-Identifier: MIT
"""Random sequences of operations on clib's own types and on what Python has of the kind: CharBuffer
and bytearray, CString and bytes, Counter and itertools.count. Both do the same at every step, in
what they return, in what they are afterwards, and in which exception they raise."""

import copy
import ctypes
import itertools
import operator
import pickle
import unittest

from binding import BindingTest, clib

try:
    from hypothesis import HealthCheck, assume, settings
    from hypothesis import strategies as st
    from hypothesis.stateful import (Bundle, RuleBasedStateMachine, consumes, initialize, invariant,
                                     multiple, precondition, rule, run_state_machine_as_test)
except ImportError:
    raise unittest.SkipTest("this Python has no hypothesis; install python3-hypothesis") from None

SETTINGS = settings(derandomize=True, database=None, deadline=None, max_examples=40,
                    stateful_step_count=50, suppress_health_check=list(HealthCheck))

COMPARISONS = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)


class Index:
    """Stands for an integer without being one."""

    def __init__(self, number):
        self.number = number

    def __index__(self):
        return self.number

    def __repr__(self):
        return f"Index({self.number})"


def outcome(function, *arguments):
    """What a call returns, or the type of what it raises."""
    try:
        return "returned", function(*arguments)
    except Exception as error:
        return "raised", type(error)


def assert_same(ours, theirs):
    assert ours == theirs, f"{ours} is not {theirs}"


def assert_closed(function):
    """It is refused because the object is closed."""
    try:
        function()
    except ValueError as error:
        assert "is closed" in str(error), error
    else:
        raise AssertionError("a closed object can still be used")


few_bytes = st.binary(max_size=12)
indices = st.one_of(st.integers(-20, 20), st.booleans(), st.integers(-20, 20).map(Index),
                    st.sampled_from([2**31, -2**63, 2**63 - 1, 2**63, 2**70, -2**70]))
no_indices = st.sampled_from(["1", b"1", 1.0, None, [], object()])
bounds = st.one_of(st.none(), st.integers(-20, 20), st.just(2**70), st.integers(-9, 9).map(Index))
slices = st.builds(slice, bounds, bounds, st.one_of(st.none(), st.integers(-4, 4), st.just(2**70)))
byte_values = st.one_of(st.integers(0, 255), st.integers(0, 255).map(Index), st.booleans(),
                        st.sampled_from([-1, 256, 2**63, -2**70, "a", b"a", 1.5, None]))
sources = st.one_of(
    few_bytes, few_bytes.map(bytearray), few_bytes.map(memoryview), few_bytes.map(list),
    few_bytes.map(lambda data: iter(list(data))),
    st.sampled_from(["text", 5, True, Index(3), 1.5, None, [256], [-1], ["a"], object()]))
comparands = st.one_of(few_bytes, few_bytes.map(bytearray), few_bytes.map(memoryview),
                       st.sampled_from([None, 5, "text", [], object()]))


class CharBufferIsBytearray(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.buffer, self.model = clib.CharBuffer(), bytearray()
        self.views = []

    def teardown(self):
        while self.views:
            self.release()
        self.buffer.close()

    def both(self, function, *arguments):
        """The same with each of the two. An iterator is used up by the first, so it gets two."""
        if any(hasattr(each, "__next__") for each in arguments):
            lists = [[*each] if hasattr(each, "__next__") else each for each in arguments]
            ours, theirs = ([iter(each) if type(each) is list else each for each in lists]
                            for _ in range(2))
        else:
            ours = theirs = arguments
        assert_same(outcome(function, self.buffer, *ours), outcome(function, self.model, *theirs))

    def resized(self, change, *arguments):
        """Whether a function that bytearray does not have has changed the buffer. While the bytes are
        lent, none of them is allowed, not even one that would change nothing."""
        made = outcome(change, *arguments)
        if self.views:
            assert_same(made, ("raised", BufferError))
        return made == ("returned", None)

    def assume_it_is_allowed(self, where):
        """A lent bytearray refuses even to put nothing where there is nothing, a CharBuffer not."""
        assume(not self.views or where.step == 0 or self.model[where])

    @invariant()
    def they_are_equal(self):
        if not self.buffer.closed:
            assert bytes(self.buffer) == self.model and len(self.buffer) == len(self.model)

    is_open = precondition(lambda self: not self.buffer.closed)
    is_pinned = precondition(lambda self: self.views)
    is_closed = precondition(lambda self: self.buffer.closed)

    # --- What changes nothing ---

    @is_open
    @rule(index=st.one_of(indices, no_indices, slices))
    def get(self, index):
        self.both(operator.getitem, index)

    @is_open
    @rule()
    def iterate(self):
        for way in (list, lambda each: [*reversed(each)], bytes, bytearray, bool, sum,
                    lambda each: each.decode("latin-1"), lambda each: each.decode(),
                    lambda each: each.decode(errors="replace")):
            self.both(way)

    @is_open
    @rule(part=st.one_of(few_bytes, comparands, byte_values))
    def contains(self, part):
        self.both(operator.contains, part)

    @is_open
    @rule(other=comparands)
    def compare(self, other):
        for comparison in COMPARISONS:
            self.both(comparison, other)
            assert_same(outcome(comparison, other, self.buffer),
                        outcome(comparison, other, self.model))

    @is_open
    @rule(change=st.sampled_from([lambda data: data, lambda data: data[:-1],
                                  lambda data: data + b"\0"]))
    def compare_with_nearly_the_same(self, change):
        data = change(bytes(self.model))
        with clib.CharBuffer(data) as other:
            for comparison in COMPARISONS:
                assert comparison(self.buffer, other) == comparison(self.model, data)
                assert comparison(self.buffer, data) == comparison(self.model, data)
                assert comparison(data, self.buffer) == comparison(data, self.model)
            assert (other in self.buffer) == (data in self.model)

    @rule()
    def hash_and_pickle(self):
        assert_same(outcome(hash, self.buffer), ("raised", TypeError))
        assert_same(outcome(pickle.dumps, self.buffer), ("raised", TypeError))

    @is_open
    @rule(copied=st.sampled_from([copy.copy, copy.deepcopy]))
    def copied(self, copied):
        with copied(self.buffer) as other:
            assert other == self.buffer and other is not self.buffer
            other.append("x")
            assert other != self.buffer

    @rule()
    def show(self):
        shown = repr(self.buffer)
        assert shown == ("<clib.CharBuffer, closed>" if self.buffer.closed else
                         f"CharBuffer({bytes(self.model)!r})")
        assert str(self.buffer) == f"{self.buffer}" == shown

    @is_open
    @rule(offset=st.integers(-1, 15), size=st.integers(0, 10))
    def read(self, offset, size):
        out = bytearray(size)
        made = outcome(self.buffer.read, offset, out)
        if not 0 <= offset <= len(self.model):
            assert_same(made, ("raised", IndexError))
        else:
            expected = self.model[offset:offset + size]
            assert_same(made, ("returned", len(expected)))
            assert out[:len(expected)] == expected and not any(out[len(expected):])

    # --- What changes bytes, also while they are lent ---

    @is_open
    @rule(index=st.one_of(indices, no_indices), value=byte_values)
    def set(self, index, value):
        # Which of two errors is found first is not promised.
        assume(outcome(operator.getitem, self.model, index)[0] == "returned" or value == 0)
        self.both(operator.setitem, index, value)

    @is_open
    @rule(where=slices, data=sources)
    def set_slice(self, where, data):
        assume(where.step != 0 or isinstance(data, bytes))
        self.assume_it_is_allowed(where)
        self.both(operator.setitem, where, data)

    @is_open
    @rule(where=slices, data=st.data())
    def set_slice_of_that_size(self, where, data):
        assume(where.step != 0)
        self.assume_it_is_allowed(where)
        size = len(self.model[where])
        self.both(operator.setitem, where, data.draw(st.binary(min_size=size, max_size=size)))

    @is_open
    @rule()
    def set_to_itself(self):
        self.buffer[:] = self.buffer
        self.model[:] = self.model

    @is_open
    @rule(offset=st.integers(-1, 15), data=few_bytes)
    def write(self, offset, data):
        fits = 0 <= offset <= len(self.model) - len(data)
        assert_same(outcome(self.buffer.write, offset, data),
                    ("returned", None) if fits else ("raised", IndexError))
        if fits:
            self.model[offset:offset + len(data)] = data

    @is_open
    @rule()
    def add_one(self):
        assert self.buffer.add_one() == len(self.model)
        self.model[:] = bytes((each + 1) % 256 for each in self.model)

    # --- What changes the size, unless the bytes are lent ---

    @is_open
    @rule(index=st.one_of(indices, no_indices, slices))
    def delete(self, index):
        if isinstance(index, slice):
            self.assume_it_is_allowed(index)
        self.both(operator.delitem, index)

    @is_open
    @rule(data=few_bytes, kind=st.sampled_from([bytes, bytearray, memoryview]),
          name=st.sampled_from(["append", "extend", "__iadd__"]))
    def append(self, data, kind, name):
        def change():
            assert getattr(self.buffer, name)(kind(data)) in (None, self.buffer)

        if self.resized(change):
            self.model += data

    @is_open
    @rule(data=sources)
    def append_what_it_does_not_take(self, data):
        assume(not isinstance(data, (bytes, bytearray, memoryview, str)))
        assert_same(outcome(self.buffer.append, data), ("raised", TypeError))

    @is_open
    @rule(text=st.text(max_size=5))
    def append_text(self, text):
        try:
            data = text.encode(errors="surrogateescape")
        except UnicodeEncodeError:
            assert_same(outcome(self.buffer.append, text), ("raised", UnicodeEncodeError))
        else:
            if self.resized(self.buffer.append, text):
                self.model += data

    @is_open
    @rule(name=st.sampled_from(["append", "insert"]), index=st.integers(-9, 9))
    def append_itself(self, name, index):
        index = min(index, len(self.model))
        change = (lambda: self.buffer.append(self.buffer)) if name == "append" else \
            (lambda: self.buffer.insert(index, self.buffer))
        if self.resized(change):
            at = len(self.model) if name == "append" else index
            self.model[at:at] = bytes(self.model)

    @is_open
    @rule(index=st.one_of(st.integers(-15, 15), st.integers(-15, 15).map(Index)), data=few_bytes)
    def insert(self, index, data):
        if self.resized(self.buffer.insert, index, data):
            assert operator.index(index) <= len(self.model)
            self.model[index:index] = data
        elif not self.views:
            assert operator.index(index) > len(self.model)
            assert_same(outcome(self.buffer.insert, index, data), ("raised", IndexError))

    @is_open
    @rule(data=st.one_of(few_bytes, few_bytes.map(bytearray)))
    def assign(self, data):
        if self.resized(self.buffer.assign, data):
            self.model[:] = data

    @is_open
    @rule(index=st.integers(-1, 15), count=st.integers(0, 5))
    def erase(self, index, count):
        if self.resized(self.buffer.erase, index, count):
            assert 0 <= index <= index + count <= len(self.model)
            del self.model[index:index + count]
        elif not self.views:
            assert_same(outcome(self.buffer.erase, index, count), ("raised", IndexError))

    @is_open
    @rule(size=st.integers(0, 30))
    def resize(self, size):
        if self.resized(self.buffer.resize, size):
            self.model[size:] = bytes(max(size - len(self.model), 0))
        else:
            assert self.views

    @precondition(lambda self: not self.buffer.closed and not self.views)
    @rule(size=st.integers(-2**63, -1))
    def no_size(self, size):
        assert_same(outcome(self.buffer.resize, size), ("raised", ValueError))
        assert_same(outcome(self.buffer.erase, 0, size), ("raised", ValueError))

    @is_open
    @rule()
    def clear(self):
        if self.resized(self.buffer.clear):
            self.model.clear()

    # --- Views ---

    @is_open
    @rule()
    def pin(self):
        self.views.append((self.buffer.view(), memoryview(self.model)))

    @is_pinned
    @rule(at=st.integers(0, 30), byte=st.integers(0, 255))
    def write_through_a_view(self, at, byte):
        ours, theirs = self.views[at % len(self.views)]
        assert ours == theirs and ours.readonly == theirs.readonly and len(ours) == len(theirs)
        for view in (ours, theirs):
            if len(view):
                view[at % len(view)] = byte

    @is_pinned
    @rule(at=st.integers(0, 5))
    def release(self, at=0):
        for view in self.views.pop(at % len(self.views)):
            view.release()

    @is_pinned
    @rule()
    def close_while_lent(self):
        assert_same(outcome(self.buffer.close), ("raised", BufferError))
        assert not self.buffer.closed

    # --- The end, and after it ---

    @precondition(lambda self: not self.views)
    @rule(with_statement=st.booleans())
    def close(self, with_statement):
        if with_statement:
            with self.buffer as same:
                assert same is self.buffer
        else:
            self.buffer.close()
        assert self.buffer.closed

    @is_closed
    @rule(use=st.sampled_from([
        len, bytes, list, bool, lambda each: each[0], lambda each: each[:], lambda each: 5 in each,
        lambda each: each == b"", lambda each: each < b"", lambda each: each.append(b""),
        lambda each: each.insert(0, b""), lambda each: each.insert(-1, b""), copy.copy,
        lambda each: each.__setitem__(0, 1), lambda each: each.__setitem__(slice(None), b""),
        lambda each: each.__delitem__(0), lambda each: each.__delitem__(slice(None)),
        lambda each: each.view(), lambda each: each.resize(1), lambda each: each.clear(),
        lambda each: each.erase(0, 0), lambda each: each.assign(b""), lambda each: each.add_one(),
        lambda each: each.read(0, bytearray(1)), lambda each: each.write(0, b""),
        lambda each: each.decode(), lambda each: each.at(0), lambda each: each.set(0, 0)]))
    def use_after_close(self, use):
        assert_closed(lambda: use(self.buffer))

    @is_closed
    @rule(data=few_bytes)
    def make_again(self, data):
        self.buffer.__init__(data)
        self.model[:] = data


texts = st.one_of(st.binary(max_size=8), st.text(max_size=8), st.binary(max_size=8).map(bytearray),
                  st.binary(max_size=8).map(memoryview))


class CStringIsBytes(RuleBasedStateMachine):
    """As text it is a str, the bytes decoded; by that it is compared and hashed."""

    strings = Bundle("strings")

    def __init__(self):
        super().__init__()
        self.made = []
        self.adopted = {}
        self.deleted = []

    def teardown(self):
        for string, _ in self.made:
            string.close()
        assert sorted(self.deleted) == sorted(self.adopted)

    def keep(self, string, model):
        self.made.append((string, model))
        return string, model

    @rule(target=strings, data=texts)
    def make(self, data):
        try:
            model = data.encode(errors="surrogateescape") if isinstance(data, str) else \
                bytes(data)
        except UnicodeEncodeError:
            assert_same(outcome(clib.CString, data), ("raised", UnicodeEncodeError))
            return multiple()
        if b"\0" in model:
            assert_same(outcome(clib.CString, data), ("raised", ValueError))
            return multiple()
        return self.keep(clib.CString(data), model)

    @rule(target=strings, data=st.binary(max_size=8))
    def adopt(self, data):
        memory = ctypes.create_string_buffer(data)
        address = ctypes.addressof(memory)
        self.adopted[address] = memory
        return self.keep(clib.CString.adopt(address, self.deleted.append), memory.value)

    @rule(target=strings, given=strings)
    def copied(self, given):
        string, model = given
        return multiple() if string.closed else self.keep(copy.copy(string), model)

    @rule(one=strings, other=strings)
    def compare(self, one, other):
        if one[0].closed or other[0].closed:
            assert_closed(lambda: one[0] == other[0])
            return
        texts = [model.decode(errors="surrogateescape") for _, model in (one, other)]
        for comparison in COMPARISONS:
            expected = comparison(*texts)
            assert comparison(one[0], other[0]) == expected
            assert comparison(one[0], texts[1]) == comparison(texts[0], other[0]) == expected
        assert (hash(one[0]) == hash(other[0])) == (one[1] == other[1])
        assert len({one[0], other[0], *texts}) == len({*texts})

    @rule(given=strings, other=st.one_of(few_bytes, st.sampled_from([None, 5, [], object()])))
    def compare_with_what_is_no_text(self, given, other):
        string, model = given
        text = model.decode(errors="surrogateescape")
        for comparison in COMPARISONS:
            assert_same(outcome(comparison, string, other), outcome(comparison, text, other))
            assert_same(outcome(comparison, other, string), outcome(comparison, other, text))

    @rule(given=strings, size=st.integers(0, 12))
    def read(self, given, size):
        string, model = given
        if string.closed:
            return
        out = bytearray(size)
        read = string.read(out)
        assert out[:read] == model[:size] and not any(out[read:])
        assert (bytes(string), len(string)) == (model, len(model))
        assert str(string) == model.decode(errors="surrogateescape")
        assert repr(string) == f"CString({str(string)!r})"

    @rule(given=strings)
    def look_at_it_in_place(self, given):
        string, model = given
        if string.closed:
            return
        with string.view() as view:
            assert view == model and view.readonly
            assert_same(outcome(operator.setitem, view, 0, 65), ("raised", TypeError))
            assert_same(outcome(string.close), ("raised", BufferError))

    @rule(given=strings)
    def pickle(self, given):
        assert_same(outcome(pickle.dumps, given[0]), ("raised", TypeError))

    @rule(given=consumes(strings), with_statement=st.booleans())
    def close(self, given, with_statement):
        string, _ = given
        before = len(self.deleted)
        was_closed = string.closed
        if with_statement:
            with string:
                pass
        else:
            string.close()
            string.close()
        assert string.closed and repr(string) == "<clib.CString, closed>"
        assert len(self.deleted) - before <= (not was_closed)
        for use in (len, bytes, str, hash, copy.copy, lambda each: each.view(),
                    lambda each: each.read(bytearray(1)), lambda each: each == "",
                    lambda each: each < ""):
            assert_closed(lambda: use(string))


GREATEST = 2**63 - 1


class CounterIsCount(RuleBasedStateMachine):
    """itertools.count goes on for ever; a Counter ends at the greatest int64_t, and stays there."""

    @initialize()
    def make(self):
        self.counter = clib.Counter()
        self.restart()

    def restart(self, value=0):
        self.model, self.value = itertools.count(value + 1), value

    def teardown(self):
        if hasattr(self, "counter"):
            self.counter.close()

    @invariant()
    def they_are_equal(self):
        if hasattr(self, "counter") and not self.counter.closed:
            assert self.counter.value == self.value
            assert repr(self.counter) == f"<clib.Counter value={self.value}>"

    is_open = precondition(lambda self: not self.counter.closed)
    is_closed = precondition(lambda self: self.counter.closed)

    @is_open
    @rule(count=st.integers(0, 20))
    def take_some(self, count):
        assert iter(self.counter) is self.counter
        count = min(count, GREATEST - self.value)
        taken = list(itertools.islice(self.counter, count))
        assert taken == list(itertools.islice(self.model, count))
        self.value += count

    @is_open
    @rule(count=st.one_of(st.integers(-2, 40), st.integers(1, GREATEST), indices))
    def reserve(self, count):
        number = operator.index(count)
        made = outcome(self.counter.reserve, count)
        if not -2**63 <= number <= GREATEST:
            assert_same(made, ("raised", OverflowError))
        elif number < 1:
            assert_same(made, ("raised", ValueError))
        elif number > GREATEST - self.value:
            assert_same(made, ("raised", OverflowError))
        else:
            assert_same(made, ("returned", next(self.model)))
            self.restart(self.value + number)

    @is_open
    @rule(left=st.integers(0, 3))
    def go_to_its_end(self, left):
        count = GREATEST - self.value - left
        if count > 0:
            assert self.counter.reserve(count) == self.value + 1
            self.restart(GREATEST - left)
        for expected in range(self.value + 1, GREATEST + 1):
            assert next(self.counter) == expected
        assert_same(outcome(next, self.counter), ("raised", OverflowError))
        self.restart(GREATEST)

    @is_open
    @rule()
    def reset(self):
        self.counter.reset()
        self.restart()

    @rule()
    def is_itself_alone(self):
        with clib.Counter() as other:
            assert self.counter == self.counter != other
            assert len({self.counter, other, self.counter}) == 2
        for use in (copy.copy, pickle.dumps, len, operator.neg, lambda each: each < each):
            assert_same(outcome(use, self.counter), ("raised", TypeError))

    @rule()
    def close(self):
        with self.counter:
            pass
        self.counter.close()
        assert self.counter.closed and repr(self.counter) == "<clib.Counter, closed>"

    @is_closed
    @rule(use=st.sampled_from([next, list, lambda each: each.value, lambda each: each.reset(),
                               lambda each: each.reserve(1)]))
    def use_after_close(self, use):
        assert_closed(lambda: use(self.counter))

    @is_closed
    @rule()
    def make_again(self):
        self.counter.__init__()
        self.restart()


class Properties(BindingTest):
    def test_char_buffer_is_a_bytearray(self):
        run_state_machine_as_test(CharBufferIsBytearray, settings=SETTINGS)

    def test_c_string_is_bytes(self):
        run_state_machine_as_test(CStringIsBytes, settings=SETTINGS)

    def test_counter_is_a_count(self):
        run_state_machine_as_test(CounterIsCount, settings=SETTINGS)


if __name__ == "__main__":
    unittest.main()
