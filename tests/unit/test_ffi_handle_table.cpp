// Objects behind handles: what a table of them gives, and every wrong handle that it refuses.
// test_ffi_handle_table_threads.cpp has the tests with more than one thread.
#include "../c/in_child.hpp"
#include "doctest.hpp"
#include "failure.hpp"

#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot_pool.hpp>
#include <clib/ffi/handle_table.hpp>
#include <clib/ffi/status.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using clib::ffi::access;
using clib::ffi::error;
using clib::ffi::handle_table;
using clib::ffi::status;
using clib::ffi::detail::handle_bits;
using clib::ffi::detail::slot_pool;

namespace {

struct handle;        // what C sees
struct other_handle;  // what C sees of another type

constexpr std::uint32_t any_tag = 1;  // of the handles to a pool's slots

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

TEST_CASE("one thread cannot use an object twice at once, and hears so") {
    static constinit tracked_table table{"tracked"};
    handle* const made = table.emplace(1);
    {
        const auto used = table.at(made);
        const failure refused = failure_of([&] { static_cast<void>(table.at(made, "other")); });
        CHECK(refused.code == status::busy);
        CHECK(refused.sentence ==
              "other is in use by this very call; finish with it before calling back");
        CHECK(failure_of([&] { table.erase(made, [](tracked&) {}); }).code == status::busy);
        CHECK(used->value == 1);
    }
    CHECK(table.at(made)->value == 1);
    table.erase(made);
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
    constexpr int limit = (1 << 17) - 3;
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
    static constinit slot_pool<int> pool;
    auto& taken = pool.take(any_tag);
    auto& state = taken.state;
    const std::uint32_t first = state.generation();
    pool.give_back(taken);
    CHECK(&pool.take(any_tag) == &taken);
    CHECK(state.generation() != first);

    // Millions of uses later: try generations shortly before the first, until one is the last.
    for (std::uint32_t back = 1; state.generation() != first; ++back) {
        REQUIRE(back < 10);
        state.retire((first - back) & handle_bits::max_generation);
        pool.give_back(taken);
        if (state.generation() != first) { REQUIRE(&pool.take(any_tag) == &taken); }
    }
    for (int i = 0; i < 100; ++i) { CHECK(&pool.take(any_tag) != &taken); }
    CHECK_FALSE(state.is_open());
}

TEST_CASE("slots keep their addresses, and each has a number of its own") {
    static constinit slot_pool<int> pool;
    std::map<std::uint32_t, void*> slots;
    for (int i = 0; i < 10'000; ++i) {
        auto& taken = pool.take(any_tag);
        CHECK(slots.emplace(taken.number(), &taken).second);
    }
    std::set<void*> addresses;
    for (const auto& [number, address] : slots) {
        CHECK(pool.find(number) == address);
        CHECK(addresses.insert(address).second);
    }
    CHECK(pool.count_open() == 0);
    CHECK(pool.find(handle_bits::slot_mask) == nullptr);
    constexpr std::uint32_t first_chunk_size = 64;
    CHECK(pool.find(first_chunk_size - 1) != nullptr);
    CHECK(pool.find(first_chunk_size) == nullptr);  // where no slot is, in a chunk that is there
}

namespace {

template <int Number>
constinit handle_table<int, handle> numbered_table{"numbered"};

template <std::size_t... Numbers>
std::vector<handle_table<int, handle>*> numbered_tables(std::index_sequence<Numbers...>) {
    return {&numbered_table<static_cast<int>(Numbers)>...};
}

}  // namespace

TEST_CASE("more tables than there are kinds of handles is an error, and the others go on") {
    // In a process of its own, because the kinds are the program's and not given back.
    const auto use_up_the_kinds = [] {
        const auto tables = numbered_tables(std::make_index_sequence<handle_bits::max_kinds + 1>{});
        std::vector<std::pair<handle_table<int, handle>*, handle*>> made;
        for (auto* const table : tables) {
            try {
                made.emplace_back(table, table->emplace(static_cast<int>(made.size())));
            } catch (const error& e) {
                if (e.code() != status::no_memory) { return 1; }
                if (std::string_view{e.what()}.find("more than 64 handle tables") ==
                    std::string_view::npos) {
                    return 2;
                }
            }
        }
        // This program has other tables too.
        if (made.empty() || made.size() >= handle_bits::max_kinds) { return 3; }
        auto* const refused = tables.back();
        if (refused->live() != 0 || !is_refused(*refused, made.front().second)) { return 4; }
        for (std::size_t i = 0; i < made.size(); ++i) {
            if (*made[i].first->at(made[i].second) != static_cast<int>(i)) { return 5; }
        }
        return 0;
    };
    CHECK(in_child(use_up_the_kinds) == 0);
}
