// SPDX-License-Identifier: MIT
// pugixml opened: a library of an author's own, whose classes know nothing of C or Python
// (xml.hpp).
#include "xml.hpp"

#include <clib/ffi.hpp>
#include <clib/ffi/kinds/path.hpp>

using xml::document, xml::node;

namespace {
const std::string& found(const std::optional<std::string>& value, const std::string& name) {
    if (!value) { throw clib::ffi::error{clib::ffi::status::key_error, name}; }
    return *value;
}
std::vector<std::byte> bytes_of(const std::string& text) {
    const auto* const first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}
}  // namespace

template <>
struct std::hash<node> {
    std::size_t operator()(const node& one) const { return one.hash(); }
};

// clang-format off
CLIB_MODULE(pugi, "1.0", "XML.",
    constant<pugi::parse_default>("DEFAULT_FLAGS"),
    enumeration<xml::kind>("NodeType")
        .value<pugi::node_null>("null").value<pugi::node_document>("document")
        .value<pugi::node_element>("element").value<pugi::node_pcdata>("pcdata")
        .value<pugi::node_cdata>("cdata").value<pugi::node_comment>("comment")
        .value<pugi::node_pi>("pi").value<pugi::node_declaration>("declaration")
        .value<pugi::node_doctype>("doctype"),
    exception<xml::parse_error>("ParseError", python::value_error)
        .member<&xml::parse_error::offset>("offset"),
    exception<xml::xpath_error>("XPathError"),
    type<node>("Node", "An element of a document, which it keeps alive.")
        .property<&node::name, &node::set_name>("name")
        .property<&node::text, &node::set_text>("text")
        .property<&node::type>("type")
        .property<&node::parent>("parent")
        .method<&node::size>("__len__")
        .method<[](const node&) { return true; }>("__bool__")
        .method<&node::children>("children")
        .method<&node::children>("__iter__")
        .method<&node::child>("child", "name").doc("The first child of that name.")
        .method<&node::append>("append", "name", parameter{"text", ""},
                               parameter{"type", pugi::node_element})
        .method<&node::append_all>("append_all", "names")
        .method<&node::remove>("remove", "child")
        .property<&node::attributes>("attributes")
        .method<&node::set_attributes>("set_attributes", "all")
        .method<[](const node& n, const std::string& name, std::optional<std::string> otherwise) {
            auto value = n.get(name);
            return value ? value : otherwise;
        }>("get", "name", parameter{"default", nullptr})
        .method<[](const node& n, const std::string& name) { return found(n.get(name), name); }>(
            "__getitem__", "name")
        .method<&node::contains>("__contains__", "name")
        .method<[](node& n, const std::string& name, const std::string& value) {
            n.set(name, value);
        }>("__setitem__", "name", "value")
        .method<[](node& n, const std::string& name) {
            if (!n.erase(name)) { found(std::nullopt, name); }
        }>("__delitem__", "name")
        .method<[](node& n, const std::string& name, bool value) { n.set(name, value); }>(
            "set", "name", "value")
        .method<[](node& n, const std::string& name, std::int64_t value) { n.set(name, value); }>(
            "set", "name", "value")
        .method<[](node& n, const std::string& name, double value) { n.set(name, value); }>(
            "set", "name", "value")
        .method<[](node& n, const std::string& name, const std::string& value) {
            n.set(name, value);
        }>("set", "name", "value")
        .method<&node::select>("select", "path").doc("What an XPath finds.")
        .method<&node::evaluate>("evaluate", "path")
        .method<&node::walk>("walk", "each")
        .method<&node::find>("find", "is_it")
        .method<&node::path>("path")
        .method<[](const node& n) { return "<Node " + n.name() + ">"; }>("__repr__")
        .property<&node::as_int>("as_int")
        .property<&node::as_uint>("as_uint")
        .property<&node::as_float>("as_float")
        .comparable().hashable(),
    type<document>("Document", "A document.").base<node>()
        .constructor<std::string_view, unsigned>(
            parameter{"text", ""}, parameter{"flags", pugi::parse_default})
        .function<&document::load>("load", "path").doc("Reads a file.").may_block()
        .copyable()
        .property<&document::root>("root")
        .method<&document::to_string>("to_string", parameter{"indent", ""},
                                      parameter{"declaration", false}.keyword_only())
        .method<[](const document& d, const std::string& indent, bool declaration) {
            return bytes_of(d.to_string(indent, declaration));
        }>("to_bytes", parameter{"indent", ""}, parameter{"declaration", false}.keyword_only()));
// clang-format on
