// refused: a parameter or result has a type that clib does not know: list the class with type<>
#include <clib/ffi/kinds/holder.hpp>
#include <clib/ffi/module.hpp>

struct node {};
struct node_pointer {
    node_pointer() = default;
    explicit node_pointer(node* object) : object_{object} {}
    node* get() const { return object_; }
    node* object_ = nullptr;
};
template <>
inline constexpr bool clib::ffi::is_holder<node_pointer> = true;

void add(node_pointer one);

#ifdef FORBIDDEN
CLIB_MODULE(sample, "1.0", function<&add>("add", "one"));
#else
CLIB_MODULE(sample, "1.0", type<node>("Node"), function<&add>("add", "one"));
#endif
