// SPDX-License-Identifier: MIT
// Strings of a real C library: what SQLite allocates only sqlite3_free may free. A c_string that
// knows its deleter does so on every path, and is no larger than the char* that it replaces.
#include <clib/c_string.hpp>

#include <sqlite3.h>

#include <iostream>
#include <memory>

namespace {

using sqlite_string = clib::basic_c_string<clib::deleter<&sqlite3_free>>;
static_assert(sizeof(sqlite_string) == sizeof(char*));

struct close_database {
    void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
};
using database_owner = std::unique_ptr<sqlite3, close_database>;

database_owner open_in_memory() {
    sqlite3* opened = nullptr;
    const int status = sqlite3_open(":memory:", &opened);
    return database_owner{status == SQLITE_OK ? opened : nullptr};
}

/// Runs `query`; on failure prints the sentence that SQLite stores through a char**.
void run(sqlite3* database, const char* query) {
    sqlite_string message;
    if (sqlite3_exec(database, query, nullptr, nullptr, message.out()) == SQLITE_OK) {
        std::cout << "done:   " << query << '\n';
    } else {
        std::cout << "failed: " << query << "\n        " << message << '\n';
    }
}

}  // namespace

int main() {
    {
        const database_owner people = open_in_memory();
        if (people == nullptr) { return 1; }
        run(people.get(), "CREATE TABLE people (name TEXT)");

        // A string that SQLite returns: quoted by its own rules, freed by its own function.
        const auto query = clib::adopt<&sqlite3_free>(
            sqlite3_mprintf("INSERT INTO people VALUES (%Q)", "O'Neill"));
        run(people.get(), query.c_str());

        run(people.get(), "SELECT nmae FROM people");
    }
    std::cout << "SQLite holds " << sqlite3_memory_used() << " bytes at the end\n";
}
