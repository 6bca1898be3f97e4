// SPDX-License-Identifier: MIT
// The shim: clib's three types behind the C ABI of clib.h. It only translates: each function is one
// call into the toolkit and a type, and the contract of each stands in clib.h.
#include <clib/ffi/status.hpp>

using clib_status = clib::ffi::status;  // int64_t in C; here a type that says what it is

#include "clib.h"

#include <clib/add_one.hpp>
#include <clib/c_string.hpp>
#include <clib/char_buffer.hpp>
#include <clib/counter.hpp>
#include <clib/ffi.hpp>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

using namespace clib::ffi;

namespace {

using buffer = lendable<clib::char_buffer>;
using string = lendable<clib::basic_c_string<clib::context_deleter>>;

constinit handle_table<clib::counter, clib_counter, access::concurrent> counters{"clib_counter"};
constinit handle_table<buffer, clib_char_buffer> buffers{"clib_char_buffer"};
constinit handle_table<string, clib_c_string> strings{"clib_c_string"};

/// The `count` bytes of `whole` from `offset` on, all of which there must be.
std::span<char> part(clib::char_buffer& whole, int64_t offset, std::size_t count,
                     const char* offset_name, const char* count_name) {
    const std::size_t from = position(offset, whole.size(), offset_name, true);
    if (count > whole.size() - from) {
        fail(status::out_of_range, {count_name, " is ", count, " where ", whole.size() - from,
                                    " bytes are left; pass at most that many"});
    }
    return whole.span().subspan(from, count);
}

int64_t copy_out(std::string_view from, std::span<char> to) {
    const std::size_t size = std::min(from.size(), to.size());
    if (size > 0) { std::memmove(to.data(), from.data(), size); }  // may be its own, lent memory
    return static_cast<int64_t>(size);
}

void free_copied(char* text, void*) noexcept { std::free(text); }

}  // namespace

extern "C" {

const char* clib_version() noexcept { return CLIB_VERSION_STRING; }

int64_t clib_version_at_least(int64_t major, int64_t minor, int64_t patch) noexcept {
    constexpr std::pair<int64_t, int64_t> own{CLIB_VERSION_MINOR, CLIB_VERSION_PATCH};
    return major == CLIB_VERSION_MAJOR && std::pair{minor, patch} <= own ? 1 : 0;
}

const char* clib_status_name(clib_status code) noexcept { return name_of(code); }

int64_t clib_add_one(char* data, size_t size) noexcept {
    return call([&] {
        clib::add_one(writable_bytes(data, size, "data"));
        return size;
    });
}

clib_counter* clib_counter_new() noexcept {
    return call([] { return counters.emplace(); });
}
int64_t clib_counter_next(clib_counter* self) noexcept {
    return call([&] { return counters.at(self)->next(); });
}
int64_t clib_counter_reserve(clib_counter* self, int64_t count) noexcept {
    return call([&] { return counters.at(self)->reserve(count); });
}
int64_t clib_counter_value(clib_counter* self) noexcept {
    return call([&] { return counters.at(self)->value(); });
}
clib_status clib_counter_reset(clib_counter* self) noexcept {
    return call([&] { counters.at(self)->reset(); });
}
clib_status clib_counter_free(clib_counter* self) noexcept { return counters.free(self); }
int64_t clib_counter_live() noexcept {
    return call([] { return counters.live(); });
}

clib_char_buffer* clib_char_buffer_new(const char* data, size_t size) noexcept {
    return call([&] { return buffers.emplace(bytes(data, size, "data")); });
}
int64_t clib_char_buffer_size(clib_char_buffer* self) noexcept {
    return call([&] { return buffers.at(self)->get().size(); });
}
int64_t clib_char_buffer_at(clib_char_buffer* self, int64_t index) noexcept {
    return call([&] { return element(buffers.at(self)->get(), index); });
}
clib_status clib_char_buffer_set(clib_char_buffer* self, int64_t index, int64_t byte) noexcept {
    return call([&] {
        const auto used = buffers.at(self);
        char& place = element(used->get(), index);
        place = byte_value(byte, "byte");
    });
}
int64_t clib_char_buffer_read(clib_char_buffer* self, int64_t offset, char* out,
                              size_t size) noexcept {
    return call([&] {
        const auto used = buffers.at(self);
        const auto to = writable_bytes(out, size, "out");
        const auto from = used->get().view();
        return copy_out(from.substr(position(offset, from.size(), "offset", true)), to);
    });
}
clib_status clib_char_buffer_write(clib_char_buffer* self, int64_t offset, const char* data,
                                   size_t size) noexcept {
    return call([&] {
        const auto used = buffers.at(self);
        const auto from = bytes(data, size, "data");
        copy_out(from, part(used->get(), offset, size, "offset", "size"));
    });
}
int64_t clib_char_buffer_add_one(clib_char_buffer* self) noexcept {
    return call([&] {
        const auto used = buffers.at(self);
        clib::add_one(used->get().span());
        return used->get().size();
    });
}
clib_status clib_char_buffer_assign(clib_char_buffer* self, const char* data,
                                    size_t size) noexcept {
    return call([&] { buffers.at(self)->movable().assign(bytes(data, size, "data")); });
}
clib_status clib_char_buffer_append(clib_char_buffer* self, const char* data,
                                    size_t size) noexcept {
    return call([&] { buffers.at(self)->movable().append(bytes(data, size, "data")); });
}
clib_status clib_char_buffer_insert(clib_char_buffer* self, int64_t index, const char* data,
                                    size_t size) noexcept {
    return call([&] {
        const auto used = buffers.at(self);
        const auto text = bytes(data, size, "data");
        clib::char_buffer& whole = used->movable();
        whole.insert(whole.begin() + position(index, whole.size(), "index", true), text);
    });
}
clib_status clib_char_buffer_erase(clib_char_buffer* self, int64_t index, int64_t count) noexcept {
    return call([&] {
        const auto used = buffers.at(self);
        const std::size_t size = non_negative(count, "count");
        clib::char_buffer& whole = used->movable();
        const auto erased = part(whole, index, size, "index", "count");
        whole.erase(erased.data(), erased.data() + erased.size());
    });
}
clib_status clib_char_buffer_resize(clib_char_buffer* self, int64_t size) noexcept {
    return call([&] { buffers.at(self)->movable().resize(non_negative(size, "size")); });
}
clib_status clib_char_buffer_clear(clib_char_buffer* self) noexcept {
    return call([&] { buffers.at(self)->movable().clear(); });
}
char* clib_char_buffer_pin(clib_char_buffer* self) noexcept {
    return call([&] { return buffers.at(self)->pin().data(); });
}
clib_status clib_char_buffer_unpin(clib_char_buffer* self) noexcept {
    return call([&] { buffers.at(self)->unpin(); });
}
clib_status clib_char_buffer_free(clib_char_buffer* self) noexcept {
    return call([&] { buffers.erase(self, [](buffer& dying) { dying.movable(); }); });
}
int64_t clib_char_buffer_live() noexcept {
    return call([] { return buffers.live(); });
}

clib_c_string* clib_c_string_new(const char* data, size_t size) noexcept {
    return call([&] {
        auto text = clib::c_string::copy(bytes(data, size, "data"));
        clib_c_string* const made =
            strings.emplace(text.get(), clib::context_deleter{&free_copied, nullptr});
        static_cast<void>(text.release());
        return made;
    });
}
clib_c_string* clib_c_string_adopt(char* text, clib_deleter deleter, void* context) noexcept {
    return call([&] {
        return strings.emplace(non_null(text, "text"),
                               clib::context_deleter{non_null(deleter, "deleter"), context});
    });
}
int64_t clib_c_string_size(clib_c_string* self) noexcept {
    return call([&] { return strings.at(self)->get().size(); });
}
int64_t clib_c_string_read(clib_c_string* self, char* out, size_t size) noexcept {
    return call([&] {
        const auto used = strings.at(self);
        const auto to = writable_bytes(out, size, "out");
        return copy_out(used->get().view(), to);
    });
}
const char* clib_c_string_text(clib_c_string* self) noexcept {
    return call([&] { return std::string{strings.at(self)->get().view()}; });
}
const char* clib_c_string_pin(clib_c_string* self) noexcept {
    return call([&] { return lent_address{strings.at(self)->pin().c_str()}; });
}
clib_status clib_c_string_unpin(clib_c_string* self) noexcept {
    return call([&] { strings.at(self)->unpin(); });
}
clib_status clib_c_string_free(clib_c_string* self) noexcept {
    return call([&] {
        // The deleter is the caller's: it runs here, not inside the table, because it may throw and
        // may call the library again.
        clib::context_deleter deleter;
        char* text = nullptr;
        strings.erase(self, [&](string& dying) {
            deleter = dying.movable().get_deleter();
            text = dying.movable().release();
        });
        if (text != nullptr) { call_back("deleter", deleter.function, text, deleter.context); }
    });
}
int64_t clib_c_string_live() noexcept {
    return call([] { return strings.live(); });
}
}

CLIB_MODULE(clib, CLIB_VERSION_STRING, "The C ABI of clib's three types.",
    type<clib_counter>("Counter", "Hands out 1, 2, 3 ..., each number exactly once.")
        .constructor<&clib_counter_new>()
        .method<&clib_counter_next>("__next__").doc("The number after the last one handed out.")
        .method<&clib_counter_reserve>("reserve", "count")
            .doc("Takes count consecutive numbers in one step and returns the first.")
        .property<&clib_counter_value>("value").doc("The number handed out last; 0 before the first.")
        .method<&clib_counter_reset>("reset").doc("Makes 1 the next number again.")
        .destructor<&clib_counter_free>()
        .function<&clib_counter_live>("live").doc("The number of live counters in this process."),
    type<clib_char_buffer>("CharBuffer", "Mutable, growable bytes.")
        .constructor<&clib_char_buffer_new>(parameter{"data", ""})
        .method<&clib_char_buffer_size>("__len__").doc("The number of bytes.")
        .method<&clib_char_buffer_at>("at", "index").doc("The byte at index, 0 to 255.")
        .method<&clib_char_buffer_set>("set", "index", "byte").doc("Sets the byte at index.")
        .method<&clib_char_buffer_read>("read", "offset", "out")
            .doc("Copies the bytes from offset on to out, and returns how many.")
        .method<&clib_char_buffer_write>("write", "offset", "data")
            .doc("Overwrites the bytes from offset on.")
        .method<&clib_char_buffer_add_one>("add_one")
            .doc("Adds one to each byte, 255 becomes 0, and returns how many there are.").may_block()
        .method<&clib_char_buffer_assign>("assign", "data").doc("Replaces all bytes.")
        .method<&clib_char_buffer_append>("append", "data").doc("Adds bytes at the end.")
        .method<&clib_char_buffer_insert>("insert", "index", "data")
            .doc("Puts bytes before the one at index.")
        .method<&clib_char_buffer_erase>("erase", "index", "count")
            .doc("Removes count bytes from index on.")
        .method<&clib_char_buffer_resize>("resize", "size")
            .doc("Cuts the end off, or adds zero bytes.")
        .method<&clib_char_buffer_clear>("clear").doc("Removes all bytes.")
        .buffer<&clib_char_buffer_pin, &clib_char_buffer_unpin>()
        .destructor<&clib_char_buffer_free>()
        .function<&clib_char_buffer_live>("live").doc("The number of live buffers in this process."),
    type<clib_c_string>("CString", "One owner of a NUL-terminated string.")
        .constructor<&clib_c_string_new>("data")
        .function<&clib_c_string_adopt>("adopt", address{"text"},
                                        parameter{"deleter"}.called_once())
            .doc("A string that owns the text at an address and gives it to deleter when it is freed.")
        .method<&clib_c_string_size>("__len__").doc("The number of bytes, terminator not counted.")
        .method<&clib_c_string_read>("read", "out")
            .doc("Copies the bytes to out, as many as fit, and returns how many.")
        .method<&clib_c_string_text>("__str__").doc("The text.")
        .buffer<&clib_c_string_pin, &clib_c_string_unpin>()
        .destructor<&clib_c_string_free>()
        .function<&clib_c_string_live>("live").doc("The number of live strings in this process."),
    function<&clib_version>("version").doc("The version of the library, major.minor.patch."),
    function<&clib_version_at_least>("version_at_least", "major", "minor", "patch")
        .doc("1 if the library serves programs made for that version, else 0."),
    function<&clib_status_name>("status_name", "status")
        .doc("The name of a code, for example CLIB_E_BUSY."),
    function<&clib_add_one>("add_one", "data")
        .doc("Adds one to each byte, 255 becomes 0, and returns how many there are.").may_block());
