// SPDX-License-Identifier: Apache-2.0
#include "native/interrupt_word.h"

#include <gtest/gtest.h>
#include <thread>

#include "native/test_volume.h"

namespace native {
namespace {

std::uint32_t bit(Interrupt what) {
  return static_cast<std::uint32_t>(what);
}

TEST(NativeInterrupts, AreTakenTogetherAndOnce) {
  std::uint32_t word = 0;
  InterruptWord interrupts(word);
  EXPECT_FALSE(interrupts.pending());
  interrupts.raise(Interrupt::kDecision);
  interrupts.raise(Interrupt::kStop);
  interrupts.raise(Interrupt::kStop);
  EXPECT_TRUE(interrupts.pending());
  EXPECT_EQ(interrupts.take(), bit(Interrupt::kDecision) | bit(Interrupt::kStop));
  EXPECT_EQ(interrupts.take(), 0U);
}

TEST(NativeInterrupts, KeepACpuFromSleeping) {
  std::uint32_t word = 0;
  InterruptWord interrupts(word);
  interrupts.raise(Interrupt::kWork);
  interrupts.sleep();  // returns
  EXPECT_EQ(interrupts.take(), bit(Interrupt::kWork));
}

/// Two CPUs that interrupt each other and sleep in between. The number that they pass on is no
/// atomic: only the interrupts order it, which ThreadSanitizer checks. A wake-up that is lost ends
/// the test by its time limit.
TEST(NativeInterrupts, AreNotSleptThroughAndCarryWhatTheyAreAbout) {
  std::uint32_t words[2] = {0, 0};
  std::uint64_t passed = 0;
  const std::uint64_t rounds = test_volume() / 10;
  const auto play = [&](int self) {
    InterruptWord mine(words[self]);
    InterruptWord other(words[1 - self]);
    for (std::uint64_t round = 0; round < rounds; ++round) {
      mine.sleep();
      if (mine.take() != bit(Interrupt::kDecision)) return;
      ++passed;
      other.raise(Interrupt::kDecision);
    }
  };
  std::thread one([&] { play(1); });
  InterruptWord(words[0]).raise(Interrupt::kDecision);
  play(0);
  one.join();
  EXPECT_EQ(passed, 2 * rounds);
}

}  // namespace
}  // namespace native
