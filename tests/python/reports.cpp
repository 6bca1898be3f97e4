// SPDX-License-Identifier: MIT
// The C++ side of what people have reported of other tools (test_reports.py): each function does
// what the code of a report does.
#include <clib/ffi.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

struct rep_node;
struct rep_message;
struct rep_label;
struct rep_listener;
struct rep_store;
struct rep_point {
    double x, y;
};

namespace {

using namespace clib::ffi;
using std::int64_t;
using std::size_t;

std::atomic<int64_t> destroyed{0};

struct node {
    explicit node(int64_t number) : id{number} {}
    ~node() { ++destroyed; }
    node(const node&) = delete;
    node& operator=(const node&) = delete;
    int64_t id;
};
struct listener {
    explicit listener(kept_callback<int64_t, int64_t> callback) : function{std::move(callback)} {}
    kept_callback<int64_t, int64_t> function;
};
using store = lendable<std::vector<char>>;

constinit handle_table<node, rep_node> nodes{"rep_node"};
constinit handle_table<std::string, rep_message> messages{"rep_message"};
constinit handle_table<std::string, rep_label> labels{"rep_label"};
constinit handle_table<listener, rep_listener> listeners{"rep_listener"};
constinit handle_table<store, rep_store> stores{"rep_store"};

std::string sent;

}  // namespace

extern "C" {

// --- Who frees an object -------------------------------------------------------------------------

CLIB_EXPORT rep_node* rep_node_new(int64_t id) noexcept {
    return call([&] { return nodes.emplace(id); });
}
CLIB_EXPORT int64_t rep_node_id(rep_node* self) noexcept {
    return call([&] { return nodes.at(self)->id; });
}
CLIB_EXPORT int64_t rep_node_free(rep_node* self) noexcept { return nodes.free(self); }
/// The model frees its node, whatever Python still has of it.
CLIB_EXPORT status rep_remove(rep_node* node) noexcept {
    return call([&] { nodes.erase(node, "node"); });
}
CLIB_EXPORT int64_t rep_destroyed() noexcept { return destroyed; }

CLIB_EXPORT rep_message* rep_message_new(const char* text, size_t size) noexcept {
    return call([&] { return messages.emplace(text, size); });
}
CLIB_EXPORT int64_t rep_message_size(rep_message* self) noexcept {
    return call([&] { return messages.at(self)->size(); });
}
CLIB_EXPORT int64_t rep_message_free(rep_message* self) noexcept { return messages.free(self); }
/// The sender owns the message from now on, and frees it.
CLIB_EXPORT status rep_send(rep_message* message) noexcept {
    return call([&] {
        messages.erase(
            message, [](std::string& text) { sent = std::move(text); }, "message");
    });
}
CLIB_EXPORT const char* rep_sent() noexcept {
    return call([] { return sent; });
}

// --- What is inside an object --------------------------------------------------------------------

CLIB_EXPORT rep_label* rep_label_new(const char* text, size_t size) noexcept {
    return call([&] { return labels.emplace(text, size); });
}
CLIB_EXPORT const char* rep_label_text(rep_label* self) noexcept {
    return call([&] { return std::string{*labels.at(self)}; });
}
CLIB_EXPORT int64_t rep_label_free(rep_label* self) noexcept { return labels.free(self); }

CLIB_EXPORT rep_store* rep_store_new(const char* data, size_t size) noexcept {
    return call([&] { return stores.emplace(data, data + size); });
}
CLIB_EXPORT status rep_store_append(rep_store* self, uint8_t byte) noexcept {
    return call([&] { stores.at(self)->movable().push_back(static_cast<char>(byte)); });
}
CLIB_EXPORT int64_t rep_store_size(rep_store* self) noexcept {
    return call([&] { return stores.at(self)->get().size(); });
}
CLIB_EXPORT char* rep_store_pin(rep_store* self) noexcept {
    return call([&] { return stores.at(self)->pin().data(); });
}
CLIB_EXPORT status rep_store_unpin(rep_store* self) noexcept {
    return call([&] { stores.at(self)->unpin(); });
}
CLIB_EXPORT int64_t rep_store_free(rep_store* self) noexcept {
    return call([&] { stores.erase(self, [](store& dying) { dying.movable(); }); });
}

// --- Functions that are kept ---------------------------------------------------------------------

CLIB_EXPORT rep_listener* rep_listener_new(int64_t (*function)(int64_t event, void* context),
                                           void* context, void (*release)(void*)) noexcept {
    return call([&] {
        return listeners.emplace(
            kept_callback<int64_t, int64_t>{"function", function, context, release});
    });
}
CLIB_EXPORT int64_t rep_listener_fire(rep_listener* self, int64_t event) noexcept {
    return call([&] { return listeners.at(self)->function(event); });
}
CLIB_EXPORT int64_t rep_listener_free(rep_listener* self) noexcept { return listeners.free(self); }
/// The last reference goes in a thread that Python does not know.
CLIB_EXPORT status rep_free_in_thread(rep_listener* listener) noexcept {
    return call([&] { std::thread{[&] { rep_listener_free(listener); }}.join(); });
}

// --- Functions that are called back --------------------------------------------------------------

CLIB_EXPORT int64_t rep_letter() noexcept { return 'c'; }
CLIB_EXPORT int64_t rep_two_letters(int64_t (*function)(int64_t letter, void* context),
                                    void* context) noexcept {
    return call([&] {
        const int64_t first = call_back("function", function, int64_t{'a'}, context);
        return 1000 * first + call_back("function", function, int64_t{'b'}, context);
    });
}
CLIB_EXPORT int64_t rep_visit(int64_t (*function)(const rep_point* point, void* context),
                              void* context) noexcept {
    return call([&] {
        const rep_point point{42.5, -1};
        return call_back("function", function, &point, context);
    });
}
/// Calls back first, and uses the data after that.
CLIB_EXPORT int64_t rep_sum_after(const uint8_t* data, size_t size, void (*function)(void* context),
                                  void* context) noexcept {
    return call([&] {
        call_back("function", function, context);
        return std::accumulate(data, data + size, int64_t{0});
    });
}

// --- Values --------------------------------------------------------------------------------------

CLIB_EXPORT int32_t rep_int32(int32_t value) noexcept { return value; }
CLIB_EXPORT uint64_t rep_uint64(uint64_t value) noexcept { return value; }
CLIB_EXPORT uint32_t rep_limit(uint32_t value) noexcept { return value; }
CLIB_EXPORT const uint8_t* rep_bytes(const char* data, size_t size) noexcept {
    return call([&] { return std::string{data, size}; });
}
CLIB_EXPORT const char* rep_text(const char* data, size_t size) noexcept {
    return call([&] { return std::string{data, size}; });
}
CLIB_EXPORT int64_t rep_length(const char* text) noexcept {
    return call([&] { return std::string_view{text}.size(); });
}
/// Bytes of a vector that dies when the function returns.
CLIB_EXPORT const uint8_t* rep_local(uint32_t size) noexcept {
    return call([&] {
        std::vector<char> local(size);
        std::iota(local.begin(), local.end(), '\0');
        return std::string{local.begin(), local.end()};
    });
}
CLIB_EXPORT double rep_total(const double* values, size_t size) noexcept {
    return call([&] { return std::accumulate(values, values + size, 0.0); });
}
CLIB_EXPORT status rep_throw(const char* way) noexcept {
    return call([&] {
        const std::string_view name{way};
        if (name == "overflow") { throw std::overflow_error{"too large; pass less"}; }
        if (name == "argument") { throw std::invalid_argument{"wrong; pass another"}; }
        throw std::runtime_error{"the broker is away; try again"};
    });
}
}

// One entry a line reads better than what clang-format makes of it.
// clang-format off
CLIB_MODULE(rep, "1.0", "What people have reported of other tools.",
    structure<rep_point>("Point").member<&rep_point::x>("x").member<&rep_point::y>("y"),
    type<rep_node>("Node")
        .constructor<&rep_node_new>("id")
        .property<&rep_node_id>("id")
        .destructor<&rep_node_free>(),
    type<rep_message>("Message")
        .constructor<&rep_message_new>("text")
        .method<&rep_message_size>("__len__")
        .destructor<&rep_message_free>(),
    type<rep_label>("Label")
        .constructor<&rep_label_new>("text")
        .property<&rep_label_text>("text")
        .destructor<&rep_label_free>(),
    type<rep_store>("Store")
        .constructor<&rep_store_new>("data")
        .method<&rep_store_size>("__len__")
        .method<&rep_store_append>("append", "byte")
        .buffer<&rep_store_pin, &rep_store_unpin>()
        .destructor<&rep_store_free>(),
    type<rep_listener>("Listener")
        .constructor<&rep_listener_new>("function")
        .method<&rep_listener_fire>("fire", "event")
        .destructor<&rep_listener_free>(),
    function<&rep_remove>("remove", "node"),
    function<&rep_destroyed>("destroyed"),
    function<&rep_send>("send", "message"),
    function<&rep_sent>("sent"),
    function<&rep_free_in_thread>("free_in_thread", "listener").may_block(),
    function<&rep_letter>("letter"),
    function<&rep_two_letters>("two_letters", "function"),
    function<&rep_visit>("visit", "function"),
    function<&rep_sum_after>("sum_after", "data", "function"),
    function<&rep_int32>("int32", "value"),
    function<&rep_uint64>("uint64", "value"),
    function<&rep_limit>("limit", parameter{"value", std::numeric_limits<uint32_t>::max()}),
    function<&rep_bytes>("bytes", "data"),
    function<&rep_text>("text", "data"),
    function<&rep_length>("length", "text"),
    function<&rep_local>("local", "size"),
    function<&rep_total>("total", "values").may_block(),
    function<&rep_throw>("throw_", "way").may_block());
// clang-format on
