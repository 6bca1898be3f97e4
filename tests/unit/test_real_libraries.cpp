// SPDX-License-Identifier: MIT
// c_string owns what real libraries allocate, each with the library's own deleter.
#include "doctest.hpp"

#include <clib/c_string.hpp>

#include <curl/curl.h>
#include <cxxabi.h>
#include <glib.h>
#include <libxml/parser.h>
#include <libxml/xmlstring.h>
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>

using clib::adopt;
using clib::c_string;

namespace {

using sqlite_string = clib::basic_c_string<clib::deleter<&sqlite3_free>>;
using xml_string = clib::basic_c_string<clib::deleter<&xmlFree>>;
static_assert(sizeof(sqlite_string) == sizeof(char*));
static_assert(sizeof(xml_string) == sizeof(char*));

}  // namespace

TEST_CASE("libc: strdup, asprintf, realpath") {
    CHECK(adopt(strdup("copied")) == "copied");
    c_string line;
    CHECK((asprintf(line.out(), "%d bottles", 99) == 10 && line.size() == 10));
    CHECK((asprintf(line.out(), "%s", "again") == 5 && line == "again"));
    CHECK(adopt(realpath("/usr/../usr/.", nullptr)) == "/usr");
}

TEST_CASE("libc: getline reads into what it is given and may move it") {
    char text[] =
        "short\na line that is a good deal longer than the one before, so that the memory "
        "has to grow and move, because getline starts with no more than 120 bytes of it\n";
    const std::unique_ptr<FILE, int (*)(FILE*)> file{fmemopen(text, std::strlen(text), "r"),
                                                     fclose};
    c_string line;
    std::size_t room = 0;
    CHECK(getline(line.inout(), &room, file.get()) == 6);
    CHECK(line == "short\n");
    CHECK(getline(line.inout(), &room, file.get()) > 120);
    CHECK(line.view().starts_with("a line that"));
    CHECK(getline(line.inout(), &room, file.get()) == -1);
}

TEST_CASE("SQLite: sqlite3_mprintf, and an error message through char**") {
    const sqlite_string query{sqlite3_mprintf("SELECT %Q", "it's")};
    CHECK(query == "SELECT 'it''s'");

    sqlite3* opened = nullptr;
    REQUIRE(sqlite3_open(":memory:", &opened) == SQLITE_OK);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database{opened, sqlite3_close};
    const auto fail = [&] {
        sqlite_string message;
        CHECK(sqlite3_exec(opened, "SELEC", nullptr, nullptr, message.out()) == SQLITE_ERROR);
        CHECK(message == R"(near "SELEC": syntax error)");
    };
    fail();  // SQLite keeps some memory of the first time
    const sqlite3_int64 before = sqlite3_memory_used();
    fail();
    CHECK(sqlite3_memory_used() == before);
}

TEST_CASE("GLib: g_strdup_printf") {
    const auto text = adopt<&g_free>(g_strdup_printf("%s-%d", "glib", 2));
    CHECK(text == "glib-2");
}

TEST_CASE("libxml2: xmlStrdup, an unsigned char* whose xmlFree is a variable") {
    const xml_string text{xmlStrdup(BAD_CAST "xml")};
    CHECK(text == "xml");
    CHECK(adopt<&xmlFree>(xmlStrcat(nullptr, BAD_CAST "more")).size() == 4);
}

TEST_CASE("libcurl: curl_easy_escape") {
    const auto text = adopt<&curl_free>(curl_easy_escape(nullptr, "a b/c", 0));
    CHECK(text == "a%20b%2Fc");
}

TEST_CASE("the C++ runtime: abi::__cxa_demangle") {
    int status = -1;
    const auto name =
        adopt(abi::__cxa_demangle(typeid(std::pair<int, long>).name(), nullptr, nullptr, &status));
    CHECK(status == 0);
    CHECK(name.view().find("pair<int, long>") != std::string_view::npos);
}
