// SPDX-License-Identifier: MIT
// What a thread hears that may not use an object: which parameter, why, and what to do.
#pragma once

#include <clib/ffi/detail/handle/blocks.hpp>
#include <clib/ffi/detail/handle/handle.hpp>
#include <clib/ffi/detail/handle/slot.hpp>
#include <clib/ffi/detail/handle/slot_word.hpp>
#include <clib/ffi/status.hpp>

#include <cstring>

#pragma GCC visibility push(hidden)

namespace clib::inline v0::ffi::detail {

[[noreturn, gnu::cold, gnu::noinline]] inline void refuse_lent(const char* parameter) {
    fail(status::busy, {parameter, " is pinned: an address inside it is lent; unpin it first"});
}

/// Throws: error(status::handle) that says why `handle` does not lead to a live object of `kind`.
[[noreturn, gnu::cold]] inline void refuse_handle(const void* handle, const handle_kind& kind,
                                                  const char* parameter) {
    const char* const type = kind.type_name;
    if (handle == nullptr) { fail(status::handle, {parameter, " is NULL; pass a live ", type}); }
    const handle_bits bits = handle_bits::of(handle);
    const block_head* const block = block_of(bits.slot);
    if (bits.owner != library_owner() || block == nullptr) {
        fail(status::handle,
             {parameter,
              " is not a handle of this library but cut short, made up, or another library's; "
              "declare pointer types for arguments and results, and pass a live ",
              type});
    }
    if (std::strcmp(block->kind->type_name, type) != 0) {
        fail(status::handle, {parameter, " is a ", block->kind->type_name, ", not a ", type,
                              "; pass a live ", type});
    }
    fail(status::handle,
         {parameter, " is no live ", type,
          ": it was freed already, or made up; do not use a handle after its free"});
}

/// Throws: error with the status and the sentence for an entry that is not granted.
[[noreturn, gnu::cold, gnu::noinline]] inline void refuse(entry outcome, const void* handle,
                                                          const handle_kind& kind,
                                                          const char* parameter) {
    switch (outcome) {
        case entry::held_by_this_thread:
            fail(status::busy, {parameter,
                                " is in use by this very call; finish with it before "
                                "calling back"});
        case entry::held_before_fork:
            fail(status::busy, {parameter,
                                " was in use by another thread when the process "
                                "forked; make a new one"});
        case entry::held_in_a_circle:
            fail(status::busy, {parameter,
                                " is in use by a thread that waits for what this one uses; "
                                "begin with both at once, by at(first, second)"});
        case entry::interrupted:
            fail(status::busy, {parameter,
                                " is in use by another thread, and a signal has ended the wait for "
                                "it; try again"});
        case entry::too_many_users:
            fail(status::busy, {parameter, " is in use by too many threads; try again"});
        case entry::lent:
            refuse_lent(parameter);
        case entry::granted:
        case entry::stale:
            break;
    }
    refuse_handle(handle, kind, parameter);
}

/// Ends the life of the object in a slot, which may be NULL; of one that is kept, when it is not
/// kept any more. Throws: error, as refuse() does.
[[gnu::noinline]] inline void close_object(slot_head* slot, const void* handle,
                                           const handle_kind& kind, const char* parameter,
                                           bool ignores_loans) {
    const std::uint32_t generation = handle_bits::of(handle).generation;
    bool destroy_now = false;
    entry outcome = slot != nullptr ? slot->state.close(generation, slot->kind->mode, ignores_loans,
                                                        destroy_now)
                                    : entry::stale;
    if (outcome == entry::lent && slot->is_kept()) {
        if (slot->is_abandoned()) { refuse_handle(handle, kind, parameter); }
        slot->add_to_keeping(keeping_bits::is_abandoned);
        // Whoever keeps it sees that from now on; unless the last one has let go meanwhile.
        outcome = slot->state.close(generation, slot->kind->mode, false, destroy_now);
        if (outcome != entry::granted) { return; }
    }
    if (outcome != entry::granted) { refuse(outcome, handle, kind, parameter); }
    if (destroy_now) { slot->kind->destroy(*slot->kind, *slot); }
}

}  // namespace clib::inline v0::ffi::detail

#pragma GCC visibility pop
