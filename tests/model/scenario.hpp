// SPDX-License-Identifier: MIT
// A list of programs, each explored in several ways, and reported in TAP.
#pragma once

#include "explorer.hpp"

#include <functional>
#include <string>
#include <vector>

namespace model {

struct scenario {
    std::string name;
    program steps;
    std::vector<std::function<void()>> threads;
    /// How thoroughly: a scenario of many steps has to do with less.
    int preemptions = 2;
    int weak_steps = 1;
    std::uint64_t random_executions = 0;  ///< At random, instead of all that there are.
};

/// The main() of a program that explores the scenarios. Arguments: none, or the part of a name;
/// `--until-failure`: nothing but the exit code says whether one has failed, and the first ends it.
int explore_all(std::vector<scenario> scenarios, int argument_count, char** arguments);

}  // namespace model
