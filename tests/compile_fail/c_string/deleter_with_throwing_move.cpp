// refused: the deleter of a c_string must move without throwing
#include <clib/c_string.hpp>

struct pool_free {
    pool_free() = default;
#ifdef FORBIDDEN
    pool_free(pool_free&& other) : pool{other.pool} {}
    pool_free& operator=(pool_free&&) { return *this; }
#else
    pool_free(pool_free&&) noexcept = default;
    pool_free& operator=(pool_free&&) noexcept = default;
#endif
    void operator()(char* text) const noexcept { std::free(text); }

    void* pool = nullptr;
};

clib::basic_c_string<pool_free> text;
