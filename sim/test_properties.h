// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <string>
#include <utility>

namespace sim {

/// Whether a property holds for all that RapidCheck thinks of; what it does not hold for is made
/// small and printed. The same cases in every run: RC_PARAMS="seed=N max_success=M" tries others.
template <class Property>
void expect_always(const std::string& what, Property property) {
  ::setenv("RC_PARAMS", "seed=1 max_success=300 max_size=60", 0);
  EXPECT_TRUE(rc::check(what, std::move(property)));
}

}  // namespace sim
