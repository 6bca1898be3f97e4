// SPDX-License-Identifier: MIT
// Objects behind handles: what a table of them gives, and every wrong handle that it refuses.
// test_ffi_handle_table_threads.cpp has the tests with more than one thread.
#include "../c/in_child.hpp"
#include "doctest.hpp"
#include "failure.hpp"

#include <clib/ffi/callback.hpp>
#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/joint_use.hpp>
#include <clib/ffi/detail/handle/loan.hpp>
#include <clib/ffi/detail/handle/slot.hpp>
#include <clib/ffi/detail/handle/slot_pool.hpp>
#include <clib/ffi/detail/handle/slot_state.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/status.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using clib::ffi::access;
using clib::ffi::call_back;
using clib::ffi::error;
using clib::ffi::handle_table;
using clib::ffi::status;
using clib::ffi::detail::block_head;
using clib::ffi::detail::entry;
using clib::ffi::detail::find_slot;
using clib::ffi::detail::give_back;
using clib::ffi::detail::handle_bits;
using clib::ffi::detail::handle_kind;
using clib::ffi::detail::joint_use;
using clib::ffi::detail::lend;
using clib::ffi::detail::slot_pool;

namespace {

struct handle;        // what C sees
struct other_handle;  // what C sees of another type

/// Of a pool's slots, which no table has.
constinit handle_kind any_kind{"any", "any", access::exclusive, nullptr};

/// Counts what happens to it.
struct tracked {
    static inline int constructed = 0;
    static inline int destroyed = 0;

    explicit tracked(int number = 0) : value{number} {
        if (number < 0) { throw std::invalid_argument{"negative"}; }
        ++constructed;
    }
    tracked(const tracked&) = delete;
    tracked& operator=(const tracked&) = delete;
    ~tracked() { ++destroyed; }

    int value;
};

using tracked_table = handle_table<tracked, handle>;

static_assert(!std::is_copy_constructible_v<tracked_table>);
static_assert(!std::is_move_constructible_v<tracked_table>);
static_assert(!std::is_move_constructible_v<tracked_table::guard>);
static_assert(std::is_trivially_destructible_v<tracked_table>);  // works after static destruction
static_assert(!std::is_default_constructible_v<tracked_table>);

std::uint64_t value_of(const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

template <class Handle>
Handle* as_handle(std::uint64_t value) {
    return reinterpret_cast<Handle*>(value);
}

/// Whether both ways into the table refuse the handle.
template <class Table, class Handle>
bool is_refused(Table& table, Handle* wrong) {
    return failure_of([&] { static_cast<void>(table.at(wrong)); }).code == status::handle &&
           failure_of([&] { table.erase(wrong); }).code == status::handle;
}

}  // namespace

// Used by an initialiser that runs before the table's own could, had it one.
extern handle_table<tracked, handle> early;
namespace {
handle* const made_before_its_table = early.emplace(5);
}
constinit tracked_table early{"early"};

TEST_CASE("a table works during static initialisation") {
    CHECK(early.at(made_before_its_table)->value == 5);
    CHECK(early.live() == 1);
    early.erase(made_before_its_table);
    CHECK(early.live() == 0);
}

TEST_CASE("an object lives from emplace to erase") {
    static constinit tracked_table table{"tracked"};
    const int constructed = tracked::constructed;
    const int destroyed = tracked::destroyed;
    CHECK(table.live() == 0);
    handle* const first = table.emplace(1);
    handle* const second = table.emplace();
    CHECK(first != nullptr);
    CHECK(first != second);
    CHECK(table.live() == 2);
    CHECK(table.at(first)->value == 1);
    (*table.at(second)).value = 2;
    CHECK(table.at(second)->value == 2);
    CHECK(tracked::destroyed == destroyed);
    table.erase(first);
    CHECK(tracked::destroyed == destroyed + 1);
    CHECK(table.live() == 1);
    CHECK(is_refused(table, first));
    CHECK(table.at(second)->value == 2);
    table.erase(second);
    CHECK(table.live() == 0);
    CHECK(tracked::constructed == constructed + 2);
    CHECK(tracked::destroyed == destroyed + 2);
}

TEST_CASE("the sentence names the parameter, the type and the cure") {
    static constinit tracked_table table{"sample_type"};
    static constinit handle_table<int, handle> others{"sample_other"};
    handle* const freed = table.emplace();
    table.erase(freed);
    handle* const other = others.emplace();

    const auto reason = [](handle* wrong) {
        return failure_of([&] { static_cast<void>(table.at(wrong, "left")); }).sentence;
    };
    CHECK(reason(nullptr) == "left is NULL; pass a live sample_type");
    CHECK(reason(other) == "left is a sample_other, not a sample_type; pass a live sample_type");
    CHECK(reason(freed) ==
          "left is no live sample_type: it was freed already, or made up; do not use a handle "
          "after its free");
    const std::string stranger = reason(as_handle<handle>(0x1234));
    CHECK(stranger.starts_with("left is not a handle of this library"));
    CHECK(stranger.ends_with("pass a live sample_type"));
    CHECK(failure_of([&] { table.erase(freed); }).sentence.starts_with("self is no live"));
    CHECK(
        failure_of([&] { table.erase(freed, "right"); }).sentence.starts_with("right is no live"));
    others.erase(other);
}

TEST_CASE("NULL is refused, but erase lets it pass") {
    static constinit tracked_table table{"tracked"};
    bool said_farewell = false;
    const auto check = [&] {
        CHECK(failure_of([] { static_cast<void>(table.at(nullptr)); }).code == status::handle);
        CHECK(failure_of([] { table.erase(nullptr); }).code == status::ok);
        table.erase(nullptr, [&](tracked&) { said_farewell = true; });
        CHECK_FALSE(said_farewell);
    };
    check();  // before there has been any object
    handle* const made = table.emplace();
    check();
    table.erase(made);
    check();
}

TEST_CASE("a table that has never had an object refuses every handle") {
    static constinit tracked_table unused{"unused"};
    static constinit tracked_table used{"used"};
    handle* const made = used.emplace();
    CHECK(unused.live() == 0);
    CHECK(is_refused(unused, made));
    for (int bit = 0; bit < 64; ++bit) {
        CHECK(is_refused(unused, as_handle<handle>(std::uint64_t{1} << bit)));
    }
    used.erase(made);
}

TEST_CASE("a constructor that throws gives the slot back") {
    static constinit tracked_table table{"tracked"};
    const int constructed = tracked::constructed;
    handle* const first = table.emplace();
    const auto slot = handle_bits::of(first).slot;
    table.erase(first);
    for (int i = 0; i < 1000; ++i) {
        CHECK_THROWS_AS(static_cast<void>(table.emplace(-1)), std::invalid_argument);
    }
    CHECK(table.live() == 0);
    CHECK(tracked::constructed == constructed + 1);
    handle* const next = table.emplace(7);
    CHECK(handle_bits::of(next).slot == slot);
    CHECK(next != first);
    CHECK(is_refused(table, first));
    CHECK(table.at(next)->value == 7);
    table.erase(next);
}

TEST_CASE("a slot that is used again has another handle each time") {
    static constinit tracked_table table{"tracked"};
    std::vector<handle*> seen;
    for (int i = 0; i < 2000; ++i) {
        handle* const made = table.emplace();
        if (!seen.empty()) {
            CHECK(handle_bits::of(made).slot == handle_bits::of(seen.front()).slot);
        }
        seen.push_back(made);
        table.erase(made);
        CHECK(failure_of([&] { table.erase(made); }).code == status::handle);
    }
    std::sort(seen.begin(), seen.end());
    CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
    for (handle* const old : seen) { CHECK(is_refused(table, old)); }
}

TEST_CASE("a handle of another table is refused, though the C type be the same") {
    static constinit tracked_table table{"tracked"};
    static constinit tracked_table twin{"twin"};
    static constinit handle_table<std::string, other_handle> strings{"text"};
    handle* const made = table.emplace(1);
    handle* const of_twin = twin.emplace(2);
    other_handle* const text = strings.emplace("text");
    CHECK(is_refused(table, of_twin));
    CHECK(is_refused(twin, made));
    CHECK(is_refused(table, as_handle<handle>(value_of(text))));
    CHECK(is_refused(strings, as_handle<other_handle>(value_of(made))));
    CHECK(table.at(made)->value == 1);
    CHECK(twin.at(of_twin)->value == 2);
    CHECK(*strings.at(text) == "text");
    table.erase(made);
    twin.erase(of_twin);
    strings.erase(text);
}

namespace {

constinit tracked_table crowd{"crowd"};

/// Two thousand live objects, which must all be there and unharmed in the end.
class live_crowd {
public:
    static constexpr int size = 2048;
    live_crowd() {
        for (int i = 0; i < size; ++i) { handles.push_back(crowd.emplace(i)); }
    }
    live_crowd(const live_crowd&) = delete;
    live_crowd& operator=(const live_crowd&) = delete;
    ~live_crowd() {
        CHECK(crowd.live() == size);
        for (int i = 0; i < size; ++i) {
            CHECK(crowd.at(handles[static_cast<std::size_t>(i)])->value == i);
            crowd.erase(handles[static_cast<std::size_t>(i)]);
        }
        CHECK(crowd.live() == 0);
    }

    std::vector<handle*> handles;
};

bool leads_nowhere(handle* wrong) {
    return failure_of([&] { static_cast<void>(crowd.at(wrong)); }).code == status::handle;
}

}  // namespace

TEST_CASE("a live handle with any one bit wrong is refused") {
    const live_crowd live;
    int accepted = 0;
    for (std::size_t i = 0; i < live.handles.size(); i += 5) {
        for (int bit = 0; bit < 64; ++bit) {
            const std::uint64_t wrong = value_of(live.handles[i]) ^ std::uint64_t{1} << bit;
            accepted += leads_nowhere(as_handle<handle>(wrong)) ? 0 : 1;
        }
    }
    CHECK(accepted == 0);
}

TEST_CASE("a handle of the neighbouring kind, one bit away, is refused") {
    static constinit tracked_table first{"first"};
    static constinit tracked_table second{"second"};
    static constinit tracked_table third{"third"};
    static constinit tracked_table fourth{"fourth"};
    tracked_table* const tables[] = {&first, &second, &third, &fourth};
    std::vector<handle*> made;
    for (tracked_table* const table : tables) { made.push_back(table->emplace(1)); }
    for (tracked_table* const table : tables) {
        for (handle* const live : made) {
            for (int bit = 0; bit < 64; ++bit) {
                auto* const wrong = as_handle<handle>(value_of(live) ^ std::uint64_t{1} << bit);
                CHECK(is_refused(*table, wrong));
            }
        }
    }
    for (std::size_t i = 0; i < made.size(); ++i) {
        CHECK(tables[i]->at(made[i])->value == 1);
        tables[i]->erase(made[i]);
    }
}

TEST_CASE("a handle cut to 32 bits is refused, zero-extended or sign-extended") {
    const live_crowd live;
    int accepted = 0;
    for (handle* const made : live.handles) {
        const std::uint64_t low = value_of(made) & 0xFFFF'FFFF;
        accepted += leads_nowhere(as_handle<handle>(low)) ? 0 : 1;
        accepted += leads_nowhere(as_handle<handle>(low | 0xFFFF'FFFF'0000'0000)) ? 0 : 1;
        const auto as_int = static_cast<std::int32_t>(static_cast<std::uint32_t>(low));
        const auto extended = static_cast<std::uint64_t>(std::int64_t{as_int});
        accepted += leads_nowhere(as_handle<handle>(extended)) ? 0 : 1;
    }
    CHECK(accepted == 0);
}

TEST_CASE("random bits are refused, alone and under the tag of a live handle") {
    const live_crowd live;
    std::mt19937_64 random{2024};
    const std::uint64_t tag = value_of(live.handles.front()) >> 50 << 50;
    int accepted = 0;
    for (int i = 0; i < 5'000; ++i) {
        const std::uint64_t bits = random();
        accepted += leads_nowhere(as_handle<handle>(bits | 1)) ? 0 : 1;
        accepted += leads_nowhere(as_handle<handle>(tag | bits >> 14)) ? 0 : 1;
    }
    CHECK(accepted == 0);
}

TEST_CASE("neither an address nor a small number is a handle") {
    const live_crowd live;
    int on_stack = 0;
    CHECK(is_refused(crowd, reinterpret_cast<handle*>(&on_stack)));
    CHECK(is_refused(crowd, reinterpret_cast<handle*>(&crowd)));
    CHECK(is_refused(crowd, as_handle<handle>(value_of(live.handles.data()))));
    for (std::uint64_t number = 1; number < 1000; ++number) {
        CHECK(is_refused(crowd, as_handle<handle>(number)));
        CHECK(is_refused(crowd, as_handle<handle>(0 - number)));
    }
}

TEST_CASE("what a call uses, its callback cannot use, and hears so") {
    static constinit tracked_table table{"tracked"};
    handle* const made = table.emplace(1);
    {
        const auto used = table.at(made);
        call_back("hook", [&] {
            const failure refused = failure_of([&] { static_cast<void>(table.at(made, "other")); });
            CHECK(refused.code == status::busy);
            CHECK(refused.sentence ==
                  "other is in use by this very call; finish with it before calling back");
            CHECK(failure_of([&] { table.erase(made, [](tracked&) {}); }).code == status::busy);
            handle* const own = table.emplace(2);
            const auto first = table.at(own);
            CHECK(table.at(own)->value == 2);
            table.erase(own);
        });
        CHECK(used->value == 1);
        CHECK(table.at(made)->value == 1);
    }
    CHECK(table.at(made)->value == 1);
    table.erase(made);
}

TEST_CASE("a call may use an object more than once, and ends the uses in any order") {
    static constinit tracked_table table{"tracked"};
    handle* const made = table.emplace(3);
    CHECK(table.at(made)->value + table.at(made, "other")->value == 6);
    const auto is_in_use = [&] {
        bool refused = false;
        call_back("hook", [&] {
            refused = failure_of([&] { static_cast<void>(table.at(made)); }).code == status::busy;
        });
        return refused;
    };
    struct use {
        explicit use(handle* object) : guard{table.at(object)} {}
        tracked_table::guard guard;
    };
    auto first = std::make_unique<use>(made);
    auto second = std::make_unique<use>(made);
    auto third = std::make_unique<use>(made);
    CHECK(&*first->guard == &*third->guard);
    first.reset();
    CHECK(is_in_use());
    third.reset();
    CHECK(is_in_use());
    second.reset();
    CHECK_FALSE(is_in_use());
    table.erase(made);
}

TEST_CASE("two objects are used at once, the same one too, also of two tables") {
    static constinit tracked_table table{"tracked"};
    static constinit handle_table<std::string, other_handle, access::concurrent> texts{"text"};
    handle* const left = table.emplace(1);
    handle* const right = table.emplace(2);
    other_handle* const text = texts.emplace("text");
    {
        const auto [a, b] = table.at(left, right);
        CHECK(a->value == 1);
        CHECK(b->value == 2);
    }
    {
        const auto [a, b] = table.at(right, left);
        CHECK(a->value == 2);
        CHECK(b->value == 1);
        const auto [again, same] = table.at(left, left);
        CHECK(&*again == &*same);
    }
    {
        const auto [a, b] = table.at(left, texts, text);
        CHECK(a->value == 1);
        CHECK(*b == "text");
    }
    table.erase(right);
    const failure refused = failure_of([&] { static_cast<void>(table.at(left, right)); });
    CHECK(refused.code == status::handle);
    CHECK(refused.sentence.starts_with("other is no live tracked"));
    CHECK(failure_of([&] {
              static_cast<void>(table.at(right, left, "a", "b"));
          }).sentence.starts_with("a is no live tracked"));
    table.erase(left);
    texts.erase(text);
}

TEST_CASE("an object that is erased in a joint use dies with it") {
    static constinit tracked_table table{"tracked"};
    const int destroyed = tracked::destroyed;
    handle* const left = table.emplace(1);
    handle* const right = table.emplace(2);
    {
        const joint_use<3> both{{right, left, nullptr}};
        table.erase(right);
        table.erase(left, [](tracked&) {});
        CHECK(tracked::destroyed == destroyed);
        CHECK(table.live() == 0);
    }
    CHECK(tracked::destroyed == destroyed + 2);
}

TEST_CASE("what is lent is neither freed nor moved") {
    static constinit tracked_table table{"tracked"};
    handle* const made = table.emplace(1);
    CHECK(table.at(made).movable().value == 1);
    CHECK(lend(made) == entry::granted);
    CHECK(lend(made) == entry::granted);
    const auto refused = [&] { return failure_of([&] { table.erase(made); }); };
    CHECK(refused().code == status::busy);
    CHECK(refused().sentence == "self is pinned: an address inside it is lent; unpin it first");
    CHECK(failure_of([&] {
              table.erase(
                  made, [](tracked&) { CHECK(false); }, "it");
          }).sentence == "it is pinned: an address inside it is lent; unpin it first");
    CHECK(failure_of([&] { static_cast<void>(table.at(made).movable("me")); }).sentence ==
          "me is pinned: an address inside it is lent; unpin it first");
    CHECK(table.at(made)->value == 1);
    CHECK(give_back(made));
    CHECK(refused().code == status::busy);
    CHECK(give_back(made));
    CHECK_FALSE(give_back(made));
    CHECK(table.at(made).movable().value == 1);
    table.erase(made);
    CHECK(lend(made) == entry::stale);
    CHECK_FALSE(give_back(made));
    CHECK(lend(nullptr) == entry::stale);
    CHECK(lend(&table) == entry::stale);
}

TEST_CASE("an object is lent up to a limit, and is whole beyond it") {
    static constinit handle_table<tracked, handle, access::concurrent> table{"tracked"};
    handle* const made = table.emplace(1);
    constexpr int limit = 65535;
    for (int i = 0; i < limit; ++i) { REQUIRE(lend(made) == entry::granted); }
    CHECK(lend(made) == entry::too_many_users);
    CHECK(table.at(made)->value == 1);
    for (int i = 0; i < limit; ++i) { REQUIRE(give_back(made)); }
    CHECK_FALSE(give_back(made));
    table.erase(made);
}

TEST_CASE("a loan that begins during a farewell comes too late") {
    static constinit tracked_table table{"tracked"};
    handle* const made = table.emplace(1);
    table.erase(made, [&](tracked&) { CHECK(lend(made) == entry::granted); });
    CHECK_FALSE(give_back(made));
    CHECK(table.live() == 0);
}

TEST_CASE("a slot is found by the handle alone, with what a binding keeps there") {
    static constinit tracked_table table{"tracked"};
    static constinit handle_table<std::string, other_handle> strings{"text"};
    handle* const made = table.emplace(1);
    other_handle* const text = strings.emplace("text");
    REQUIRE(find_slot(made) != nullptr);
    REQUIRE(find_slot(text) != nullptr);
    CHECK(find_slot(made) != find_slot(text));
    CHECK(find_slot(made)->is_at(made));
    CHECK(find_slot(made)->binding_object() == nullptr);
    int object = 0;
    find_slot(made)->set_binding_object(&object);
    CHECK(find_slot(made)->binding_object() == &object);
    table.erase(made);
    CHECK(find_slot(made) == nullptr);
    CHECK(find_slot(nullptr) == nullptr);
    CHECK(find_slot(&object) == nullptr);
    handle* const next = table.emplace(2);
    REQUIRE(find_slot(next) != nullptr);
    CHECK(find_slot(next)->binding_object() == nullptr);
    table.erase(next);
    strings.erase(text);
}

TEST_CASE("an object that is erased inside its own use dies at the end of that use") {
    static constinit tracked_table table{"tracked"};
    const int destroyed = tracked::destroyed;
    handle* const made = table.emplace(3);
    {
        const auto used = table.at(made);
        table.erase(made);
        CHECK(table.live() == 0);
        CHECK(is_refused(table, made));
        CHECK(used->value == 3);
        CHECK(tracked::destroyed == destroyed);
        handle* const next = table.emplace(4);  // the slot is not free yet
        CHECK(handle_bits::of(next).slot != handle_bits::of(made).slot);
        table.erase(next);
    }
    CHECK(tracked::destroyed == destroyed + 2);
}

TEST_CASE("a farewell sees the object last, and may refuse") {
    static constinit tracked_table table{"tracked"};
    const int destroyed = tracked::destroyed;
    handle* const made = table.emplace(8);
    CHECK_THROWS_WITH(table.erase(made, [](tracked&) { throw std::runtime_error{"not yet"}; }),
                      "not yet");
    CHECK(table.live() == 1);
    CHECK(table.at(made)->value == 8);
    int value = 0;
    table.erase(made, [&](tracked& dying) {
        value = dying.value;
        CHECK(tracked::destroyed == destroyed);
    });
    CHECK(value == 8);
    CHECK(tracked::destroyed == destroyed + 1);
    CHECK(failure_of([&] { table.erase(made, [](tracked&) {}); }).code == status::handle);
}

TEST_CASE("with concurrent access one thread may use an object many times, up to a limit") {
    static constinit handle_table<tracked, handle, access::concurrent> table{"tracked"};
    struct use {
        explicit use(handle* made) : guard{table.at(made)} {}
        decltype(table)::guard guard;
    };
    constexpr int limit = (1 << 17) - 1;
    const int destroyed = tracked::destroyed;
    handle* const made = table.emplace(6);
    std::list<use> uses;
    for (int i = 0; i < limit; ++i) { uses.emplace_back(made); }
    const failure refused = failure_of([&] { static_cast<void>(table.at(made)); });
    CHECK(refused.code == status::busy);
    CHECK(refused.sentence == "self is in use by too many threads; try again");
    uses.pop_back();
    CHECK(table.at(made)->value == 6);
    table.erase(made);
    CHECK(is_refused(table, made));
    CHECK(uses.front().guard->value == 6);
    CHECK(tracked::destroyed == destroyed);
    uses.clear();
    CHECK(tracked::destroyed == destroyed + 1);
}

TEST_CASE("a slot that has been through all of its generations is never used again") {
    static constinit slot_pool<int> pool{any_kind};
    auto& taken = pool.take();
    const std::uint32_t first = taken.state.generation();
    pool.give_back(taken);
    CHECK(&pool.take() == &taken);
    CHECK(taken.state.generation() != first);
    taken.objects = clib::ffi::detail::objects_of_slot - 2;  // millions of uses later
    pool.give_back(taken);
    REQUIRE(&pool.take() == &taken);
    pool.give_back(taken);
    for (int i = 0; i < 100; ++i) { CHECK(&pool.take() != &taken); }
    CHECK_FALSE(taken.state.is_open());
}

TEST_CASE("slots keep their addresses, and each has a number of its own") {
    static constinit slot_pool<int> pool{any_kind};
    std::map<std::uint32_t, void*> slots;
    for (int i = 0; i < 10'000; ++i) {
        auto& taken = pool.take();
        CHECK(slots.emplace(taken.number(), &taken).second);
    }
    std::set<void*> addresses;
    for (const auto& [number, address] : slots) {
        CHECK(pool.find(number) == address);
        CHECK(addresses.insert(address).second);
    }
    CHECK(pool.count_open() == 0);
    CHECK(pool.find(handle_bits::slot_mask) == nullptr);
    static constinit slot_pool<int> small{any_kind};
    const std::uint32_t first = small.take().number();
    constexpr std::uint32_t first_block_size = 64;
    CHECK(small.find(first + first_block_size - 1) != nullptr);
    CHECK(small.find(first + first_block_size) == nullptr);  // in a block that is there
}

TEST_CASE("a table has room for millions of objects, and their memory is used again") {
    struct small {
        int value;
    };
    static constinit handle_table<small, handle, access::concurrent> table{"small"};
    constexpr int count = 300'000;  // in blocks of every size, and several of the largest
    std::vector<handle*> all;
    for (int round = 0; round < 2; ++round) {
        const std::uint32_t blocks_before = clib::ffi::detail::block_count;
        for (int i = 0; i < count; ++i) { all.push_back(table.emplace(small{i})); }
        if (round == 1) { CHECK(clib::ffi::detail::block_count == blocks_before); }
        int wrong = 0;
        for (int i = 0; i < count; ++i) {
            wrong += table.at(all[static_cast<std::size_t>(i)])->value == i ? 0 : 1;
        }
        CHECK(wrong == 0);
        CHECK(table.live() == count);
        for (handle* const each : all) { table.erase(each); }
        CHECK(table.live() == 0);
        all.clear();
    }
}

namespace {

template <int Number>
constinit handle_table<int, handle> numbered_table{"numbered"};

template <std::size_t... Numbers>
std::vector<handle_table<int, handle>*> numbered_tables(std::index_sequence<Numbers...>) {
    return {&numbered_table<static_cast<int>(Numbers)>...};
}

}  // namespace

TEST_CASE("a library has hundreds of tables") {
    const auto tables = numbered_tables(std::make_index_sequence<300>{});
    std::vector<handle*> made;
    for (auto* const table : tables) { made.push_back(table->emplace(int(made.size()))); }
    for (std::size_t i = 0; i < made.size(); ++i) {
        CHECK(*tables[i]->at(made[i]) == static_cast<int>(i));
        CHECK(is_refused(*tables[i], made[(i + 1) % made.size()]));
    }
    for (std::size_t i = 0; i < made.size(); ++i) { tables[i]->erase(made[i]); }
}

TEST_CASE("when all blocks are in use the error names the limit, and what there is goes on") {
    // In a process of its own, because blocks are not given back.
    const auto use_up_the_blocks = [] {
        static constinit tracked_table table{"tracked"};
        handle* const made = table.emplace(1);
        static std::list<slot_pool<int>> pools;
        try {
            for (;;) { pools.emplace_back(any_kind).take(); }
        } catch (const error& e) {
            if (e.code() != status::no_memory) { return 1; }
            if (std::string_view{e.what()}.find("32767 blocks of up to 32768 objects") ==
                std::string_view::npos) {
                return 2;
            }
        }
        if (pools.size() < 32'000 || table.at(made)->value != 1) { return 3; }
        table.erase(made);
        return table.live() == 0 ? 0 : 4;
    };
    CHECK(in_child(use_up_the_blocks) == 0);
}

TEST_CASE("a slot with a small object has one cache line") {
    CHECK(sizeof(clib::ffi::detail::slot<std::int64_t>) == 64);
}
