// SPDX-License-Identifier: MIT
// A C++ class over pugixml as a C++ programmer would write it, which knows nothing of C or Python.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace xml {

using kind = pugi::xml_node_type;

class parse_error : public std::invalid_argument {
public:
    parse_error(const char* what, std::int64_t at) : std::invalid_argument{what}, offset_{at} {}
    std::int64_t offset() const { return offset_; }

private:
    std::int64_t offset_;
};

class xpath_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

class node {
public:
    using value = std::variant<double, bool, std::string, std::vector<node>>;

    std::string name() const { return at_.name(); }
    void set_name(const std::string& to) { at_.set_name(to.c_str()); }
    std::string text() const { return at_.text().get(); }
    void set_text(const std::string& to) { at_.text().set(to.c_str()); }
    kind type() const { return at_.type(); }
    std::optional<node> parent() const {
        return maybe(at_.parent().type() == pugi::node_document ? pugi::xml_node{} : at_.parent());
    }
    std::size_t size() const {
        std::size_t n = 0;
        for (auto c : at_.children()) {
            (void)c;
            ++n;
        }
        return n;
    }
    std::vector<node> children() const {
        std::vector<node> r;
        for (auto c : at_.children()) { r.push_back({doc_, c}); }
        return r;
    }
    std::optional<node> child(const std::string& name) const {
        return maybe(at_.child(name.c_str()));
    }
    node append(const std::string& name, const std::string& text = "",
                kind type = pugi::node_element) {
        auto made = at_.append_child(type);
        made.set_name(name.c_str());
        if (!text.empty()) { made.text().set(text.c_str()); }
        return {doc_, made};
    }
    void append_all(const std::vector<std::string>& names) {
        for (auto& n : names) { append(n); }
    }
    bool remove(const node& child) { return at_.remove_child(child.at_); }

    std::map<std::string, std::string> attributes() const {
        std::map<std::string, std::string> r;
        for (auto a : at_.attributes()) { r[a.name()] = a.value(); }
        return r;
    }
    void set_attributes(const std::map<std::string, std::string>& all) {
        for (auto& [k, v] : all) { set(k, v); }
    }
    std::optional<std::string> get(const std::string& name) const {
        auto a = at_.attribute(name.c_str());
        return a ? std::optional<std::string>{a.value()} : std::nullopt;
    }
    bool contains(const std::string& name) const { return !at_.attribute(name.c_str()).empty(); }
    void set(const std::string& name, bool v) { attribute(name).set_value(v); }
    void set(const std::string& name, std::int64_t v) {
        attribute(name).set_value(static_cast<long long>(v));
    }
    void set(const std::string& name, double v) { attribute(name).set_value(v); }
    void set(const std::string& name, const std::string& v) {
        attribute(name).set_value(v.c_str());
    }
    bool erase(const std::string& name) { return at_.remove_attribute(name.c_str()); }

    std::vector<node> select(const std::string& path) const {
        try {
            std::vector<node> r;
            for (auto& x : at_.select_nodes(path.c_str())) {
                if (x.node()) { r.push_back({doc_, x.node()}); }
            }
            return r;
        } catch (const pugi::xpath_exception& e) { throw xpath_error{e.what()}; }
    }
    value evaluate(const std::string& path) const {
        try {
            pugi::xpath_query q{path.c_str()};
            switch (q.return_type()) {
                case pugi::xpath_type_number:
                    return q.evaluate_number(at_);
                case pugi::xpath_type_boolean:
                    return q.evaluate_boolean(at_);
                case pugi::xpath_type_string:
                    return std::string{q.evaluate_string(at_)};
                default:
                    return select(path);
            }
        } catch (const pugi::xpath_exception& e) { throw xpath_error{e.what()}; }
    }
    std::optional<node> find(const std::function<bool(node)>& is) const {
        return maybe(at_.find_node([&](pugi::xml_node n) { return is({doc_, n}); }));
    }
    void walk(const std::function<void(node, int)>& each) const {
        struct walker : pugi::xml_tree_walker {
            const std::function<void(node, int)>& each;
            std::shared_ptr<pugi::xml_document> doc;
            walker(const std::function<void(node, int)>& e, std::shared_ptr<pugi::xml_document> d)
                : each{e}, doc{d} {}
            bool for_each(pugi::xml_node& n) override {
                each({doc, n}, depth());
                return true;
            }
        } w{each, doc_};
        pugi::xml_node{at_}.traverse(w);
    }
    std::string path() const { return at_.path(); }
    int as_int() const { return at_.text().as_int(); }
    std::uint64_t as_uint() const { return at_.text().as_ullong(); }
    double as_float() const { return at_.text().as_double(); }
    bool operator==(const node& other) const { return at_ == other.at_; }
    std::size_t hash() const { return at_.hash_value(); }

protected:
    node(std::shared_ptr<pugi::xml_document> doc, pugi::xml_node at)
        : doc_{std::move(doc)}, at_{at} {}
    std::optional<node> maybe(pugi::xml_node n) const {
        return n ? std::optional<node>{node{doc_, n}} : std::nullopt;
    }
    pugi::xml_attribute attribute(const std::string& name) {
        auto a = at_.attribute(name.c_str());
        return a ? a : at_.append_attribute(name.c_str());
    }
    std::shared_ptr<pugi::xml_document> doc_;
    pugi::xml_node at_;
};

class document : public node {
public:
    explicit document(std::string_view text = "", unsigned flags = pugi::parse_default)
        : node{std::make_shared<pugi::xml_document>(), {}} {
        at_ = *doc_;
        if (!text.empty()) {
            auto r = doc_->load_buffer(text.data(), text.size(), flags);
            if (!r) { throw parse_error{r.description(), r.offset}; }
        }
    }
    document(const document& other) : node{std::make_shared<pugi::xml_document>(), {}} {
        doc_->reset(*other.doc_);
        at_ = *doc_;
    }
    static document load(const std::filesystem::path& path) {
        document d;
        auto r = d.doc_->load_file(path.c_str());
        if (r.status == pugi::status_file_not_found) {
            throw std::system_error{ENOENT, std::generic_category(), path};
        }
        if (!r) { throw parse_error{r.description(), r.offset}; }
        return d;
    }
    std::optional<node> root() const { return maybe(doc_->document_element()); }
    std::string to_string(const std::string& indent = "", bool declaration = false) const {
        std::ostringstream out;
        doc_->save(out, indent.c_str(),
                   (indent.empty() ? pugi::format_raw : pugi::format_indent) |
                       (declaration ? 0 : pugi::format_no_declaration));
        return out.str();
    }
};

}  // namespace xml
