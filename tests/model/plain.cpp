// SPDX-License-Identifier: MIT
#include "explorer.hpp"
#include "memory.hpp"

namespace model {

void plain_history::begin_execution() {
    if (execution_ == execution_number()) { return; }
    execution_ = execution_number();
    last_write_ = last_reads_ = view{};
}

void plain_history::require_ordered_after(const view& others, const char* reason) const {
    const view& own = own_view();
    for (std::size_t i = clocks_begin; i < own.times.size(); ++i) {
        if (others.times[i] > own.times[i]) { fail(reason); }
    }
}

void plain_history::read() {
    begin_execution();
    require_ordered_after(last_write_, "a variable is read while another thread writes it");
    if (!in_thread()) { return; }
    const auto clock = static_cast<std::size_t>(clocks_begin + thread_number());
    last_reads_.times[clock] = ++own_view().times[clock];
}

void plain_history::write() {
    begin_execution();
    require_ordered_after(last_write_, "a variable is written while another thread writes it");
    require_ordered_after(last_reads_, "a variable is written while another thread reads it");
    if (!in_thread()) { return; }
    const auto clock = static_cast<std::size_t>(clocks_begin + thread_number());
    last_write_.times[clock] = ++own_view().times[clock];
}

}  // namespace model
