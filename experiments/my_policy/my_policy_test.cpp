// SPDX-License-Identifier: Apache-2.0
#include "my_policy.h"

#include <cstdio>

// A policy needs no simulation to be tested: told this, it answers that.
namespace {

using namespace std::chrono_literals;
using Why = scheduling::Policy::Why;

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("failed: %s\n", what);
  ++failures;
}

MyPolicy three_waiting() {
  MyPolicy policy(scheduling::Settings{{"patience", "50 us"}});
  policy.runnable(1, Why::kWoken, 0us);
  policy.runnable(2, Why::kWoken, 10us);
  policy.runnable(3, Why::kWoken, 20us);
  return policy;
}

void serves_the_last_first() {
  MyPolicy policy = three_waiting();
  expect(policy.pick(0, 49us) == 3, "the last comes first");
  policy.gone(2);
  expect(policy.pick(0, 49us) == 1, "who is gone is not served");
  expect(policy.pick(0, 49us) == std::nullopt, "nobody is left");
}

void lets_nobody_wait_for_ever() {
  MyPolicy policy = three_waiting();
  expect(policy.pick(0, 50us) == 1, "who has waited for the patience comes first");
  expect(policy.pick(0, 50us) == 3, "then the last again");
}

}  // namespace

int main() {
  serves_the_last_first();
  lets_nobody_wait_for_ever();
  return failures;
}
