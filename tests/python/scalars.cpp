// SPDX-License-Identifier: MIT
// C++ functions with values of one piece: enums, complex numbers, paths, times, for
// test_scalars.py.
#include <clib/ffi.hpp>
#include <clib/ffi/kinds/complex.hpp>
#include <clib/ffi/kinds/path.hpp>

#include <algorithm>
#include <chrono>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace office {

using namespace std::chrono_literals;

enum class order : std::int16_t { up = 1, down = 2, none = -300 };
enum class rights : std::uint8_t { read = 1, write = 2, run = 4 };
enum class wide : std::uint64_t { nothing = 0, least = 7, greatest = 0xFFFFFFFFFFFFFFFF };
enum class tiny : std::int8_t { low = -128, high = 127 };
enum plain { red, green = 5 };

class desk {
public:
    enum class state { open, closed };

    explicit desk(state first) : state_{first} {}
    state now() const noexcept { return state_; }
    void put(state next) noexcept { state_ = next; }
    order sorted = order::down;

private:
    state state_;
};

order reversed(order one) { return one == order::up ? order::down : order::up; }
order number_of(std::int16_t number) noexcept { return static_cast<order>(number); }
rights both(rights one, rights other) {
    return static_cast<rights>(static_cast<int>(one) | static_cast<int>(other));
}
wide same(wide value) noexcept { return value; }

std::complex<double> conjugate(std::complex<double> z) { return std::conj(z); }
std::complex<float> half(const std::complex<float>& z) noexcept { return z / 2.0F; }
double size_of(std::complex<double> z, std::complex<double> more) {
    if (z == 0.0) { throw std::invalid_argument{"z is 0"}; }
    return std::abs(z + more);
}
std::complex<double> root(double number) {
    if (number == 1) { throw std::invalid_argument{"number is 1"}; }
    return std::sqrt(std::complex<double>{number});
}

std::filesystem::path below(const std::filesystem::path& folder, std::string_view name) {
    return folder / name;
}
std::string bytes_of(std::filesystem::path path) { return path.string(); }

using namespace std::chrono;
nanoseconds longer(nanoseconds by) { return by + 1us; }
seconds whole(seconds time) { return time; }
duration<float, std::milli> inexact(duration<double> time) { return time; }
hours far(int number) { return hours{number}; }
duration<double> endless() { return duration<double>{1e300}; }
duration<std::int8_t> narrow(duration<std::int8_t> time) { return time; }
system_clock::time_point later(system_clock::time_point from, milliseconds by) {
    return from + duration_cast<system_clock::duration>(by);
}
sys_days day(sys_days one) { return one; }
steady_clock::duration since(steady_clock::time_point start) { return start.time_since_epoch(); }

using ffi_object = clib::ffi::object;
class drawer {
public:
    void put(ffi_object thing) { things_.push_back(std::move(thing)); }
    ffi_object at(std::size_t index) const { return things_.at(index); }
    ffi_object take() {
        if (things_.empty()) { throw std::out_of_range{"the drawer is empty"}; }
        ffi_object last = std::move(things_.back());
        things_.pop_back();
        return last;
    }
    std::size_t size() const noexcept { return things_.size(); }
    std::size_t count(const ffi_object& thing) const {
        return static_cast<std::size_t>(std::count(things_.begin(), things_.end(), thing));
    }
    void copy_in_threads(int copies) {
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([=, this] {
                for (int j = 0; j < copies; ++j) { const std::vector<ffi_object> all = things_; }
            });
        }
        for (std::thread& each : threads) { each.join(); }
    }
    void empty_in_thread() {
        std::thread{[this] { things_.clear(); }}.join();
    }

private:
    std::vector<ffi_object> things_;
};
ffi_object same_object(ffi_object thing) { return thing; }
const ffi_object& kept_for_ever(const ffi_object& thing) {
    static ffi_object kept;
    if (thing) { kept = thing; }
    return kept;
}
bool refuse(ffi_object thing) {
    if (thing) { throw std::invalid_argument{"there is a thing"}; }
    return true;
}

order order_of(const std::function<order(order, ffi_object)>& f, ffi_object thing) {
    return f(order::none, std::move(thing));
}
ffi_object thing_of(const std::function<ffi_object(milliseconds)>& f) { return f(5ms); }
std::filesystem::path path_of(const std::function<std::filesystem::path(std::complex<float>)>& f) {
    return f({1, 2});
}

template <class T>
T same_value(const T& value) {
    return value;
}
using any_scalar = std::variant<order, std::complex<double>, nanoseconds, system_clock::time_point,
                                std::filesystem::path, ffi_object>;

}  // namespace office

extern "C" CLIB_EXPORT office::order next_order(office::order one) noexcept {
    return one == office::order::up ? office::order::down : office::order::none;
}
extern "C" CLIB_EXPORT std::int64_t each_order(std::int64_t (*f)(office::order one, void* context),
                                               void* context) noexcept {
    return clib::ffi::call([=] {
        return clib::ffi::call_back("f", f, office::order::up, context) +
               clib::ffi::call_back("f", f, office::order::none, context);
    });
}

using namespace std::chrono_literals;

CLIB_MODULE(office, "1.0", "What an office has.",
    enumeration<office::order>("Order", "How things are sorted.")
        .value<office::order::up>("up", "The least first.")
        .value<office::order::down>("down")
        .value<office::order::none>("none"),
    enumeration<office::rights>("Rights").flags()
        .value<office::rights::read>("read")
        .value<office::rights::write>("write")
        .value<office::rights::run>("run"),
    enumeration<office::wide>("Wide")
        .value<office::wide::nothing>("nothing")
        .value<office::wide::greatest>("greatest")
        .value<office::wide::least>("least"),
    enumeration<office::tiny>("Tiny")
        .value<office::tiny::low>("low").value<office::tiny::high>("high"),
    enumeration<office::plain>("Plain")
        .value<office::red>("red").value<office::green>("green").value<office::green>("verde"),
    type<office::desk>("Desk")
        .constructor<office::desk::state>(parameter{"first", office::desk::state::open})
        .property<&office::desk::now, &office::desk::put>("state")
        .member<&office::desk::sorted>("sorted")
        .constant<office::desk::state::closed>("LATER"),
    enumeration<office::desk::state>("State").of<office::desk>()
        .value<office::desk::state::open>("open")
        .value<office::desk::state::closed>("closed"),
    constant<office::order::up>("USUAL"),
    function<&next_order>("next_order", "one"),
    function<&each_order>("each_order", "f"),
    function<&office::reversed>("reversed", parameter{"one", office::order::up}),
    function<&office::number_of>("number_of", "number"),
    function<&office::both>("both", "one", parameter{"other", office::rights::read}),
    function<&office::same>("same", "value"),
    function<[](office::tiny value) { return value; }>("same_tiny", "value"),
    function<[](office::plain value) { return value; }>("same_plain", "value").may_block(),
    function<&office::conjugate>("conjugate", "z"),
    function<&office::half>("half", "z"),
    function<&office::size_of>("size_of", "z", parameter{"more", 0.5}),
    function<&office::root>("root", "number").may_block(),
    function<&office::below>("below", "folder", parameter{"name", "x"}),
    function<&office::bytes_of>("bytes_of", parameter{"path", "a/b"}),
    function<&office::longer>("longer", parameter{"by", 1500ms}),
    function<&office::whole>("whole", "time"),
    function<[](std::chrono::milliseconds) { return std::string{"duration"}; }>("chosen", "value"),
    function<[](std::complex<double>) { return std::string{"complex"}; }>("chosen", "value"),
    function<[](std::string_view) { return std::string{"text"}; }>("chosen", "value"),
    function<[](std::filesystem::path) { return std::string{"path"}; }>("chosen", "value"),
    function<[](double) { return std::string{"double"}; }>("chosen", "value"),
    function<&office::inexact>("inexact", parameter{"time", 0.25}),
    function<&office::far>("far", "number"),
    function<&office::endless>("endless"),
    function<&office::narrow>("narrow", "time"),
    function<&office::later>("later", "start", parameter{"by", 0}),
    function<&office::day>("day", "one"),
    function<&office::since>("since", "start"),
    type<office::drawer>("Drawer").constructor<>()
        .method<&office::drawer::put>("put", "thing")
        .method<&office::drawer::at>("__getitem__", "index")
        .method<&office::drawer::take>("take")
        .method<&office::drawer::size>("__len__")
        .method<&office::drawer::count>("count", "thing")
        .method<&office::drawer::copy_in_threads>("copy_in_threads", "copies").may_block()
        .method<&office::drawer::empty_in_thread>("empty_in_thread").may_block(),
    function<&office::same_object>("same_object", parameter{"thing", nullptr}),
    function<&office::kept_for_ever>("kept_for_ever", "thing"),
    function<&office::same_value<signed char>>("int8", "value"),
    function<&office::same_value<unsigned char>>("uint8", "value"),
    function<&office::same_value<short>>("int16", "value"),
    function<&office::same_value<unsigned short>>("uint16", "value"),
    function<&office::same_value<int>>("int32", "value"),
    function<&office::same_value<unsigned>>("uint32", "value"),
    function<&office::same_value<long>>("long_", "value"),
    function<&office::same_value<unsigned long>>("unsigned_long", "value"),
    function<&office::same_value<long long>>("int64", "value"),
    function<&office::same_value<unsigned long long>>("uint64", "value"),
    function<&office::same_value<std::size_t>>("size", "value"),
    function<&office::same_value<float>>("single", "value"),
    function<&office::same_value<bool>>("truth", "value"),
    function<&office::order_of>("order_of", "f", "thing"),
    function<&office::thing_of>("thing_of", "f"), function<&office::path_of>("path_of", "f"),
    function<&office::refuse>("refuse", "thing").may_block(),
    function<&office::same_value<std::vector<office::order>>>("orders", "value"),
    function<&office::same_value<std::map<office::wide, std::vector<std::complex<float>>>>>("dict",
        "value"),
    function<&office::same_value<std::vector<std::filesystem::path>>>("paths", "value"),
    function<&office::same_value<std::tuple<office::rights, std::chrono::milliseconds, std::chrono::sys_days>>>("triple",
        "value"),
    function<&office::same_value<std::vector<office::ffi_object>>>("things", "value"),
    function<&office::same_value<std::optional<office::tiny>>>("maybe", parameter{"value", nullptr}),
    function<&office::same_value<office::any_scalar>>("any_scalar", "value"));
