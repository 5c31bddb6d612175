// SPDX-License-Identifier: Apache-2.0
#include "sim/mailbox.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/process.h"

namespace sim {
namespace {

Process reader(Mailbox<int>& mailbox, int count, std::vector<int>& got) {
  for (int i = 0; i < count; ++i) got.push_back(co_await mailbox.pop());
}

TEST(Mailbox, HandsOverMessagesInOrder) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  std::vector<int> got;
  mailbox.push(1);
  mailbox.push(2);
  const Process p = reader(mailbox, 4, got);
  EXPECT_EQ(got, (std::vector{1, 2}));
  sim.after(1ns, [&] { mailbox.push(3), mailbox.push(4); });
  sim.run();
  EXPECT_EQ(got, (std::vector{1, 2, 3, 4}));
  EXPECT_TRUE(p.done());
  EXPECT_TRUE(mailbox.empty());
}

TEST(Mailbox, WakesItsReaderAtThePresentInstantAfterWhatIsAlreadyDue) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  std::vector<int> got;
  const Process p = reader(mailbox, 1, got);
  sim.after(1ns, [&] {
    sim.after(0ns, [&] { EXPECT_TRUE(got.empty()); });
    mailbox.push(7);
    EXPECT_TRUE(got.empty());
    sim.after(0ns, [&] { EXPECT_EQ(got, (std::vector{7})); });
  });
  sim.run();
  EXPECT_EQ(sim.now(), Time{1ns});
  EXPECT_EQ(sim.events(), 4u);
}

TEST(Mailbox, ServesReadersInTheOrderInWhichTheyCame) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  std::vector<int> first;
  std::vector<int> second;
  const Process a = reader(mailbox, 2, first);
  const Process b = reader(mailbox, 2, second);
  for (int i = 1; i <= 4; ++i) sim.after(i * 1ns, [&mailbox, i] { mailbox.push(i); });
  sim.run();
  EXPECT_EQ(first, (std::vector{1, 3}));
  EXPECT_EQ(second, (std::vector{2, 4}));
}

TEST(Mailbox, KeepsAMessageForTheReaderItWoke) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  std::vector<int> first;
  std::vector<int> late;
  std::optional<Process> b;
  const Process a = reader(mailbox, 1, first);
  mailbox.push(1);
  b = reader(mailbox, 1, late);
  mailbox.push(2);
  sim.run();
  EXPECT_EQ(first, (std::vector{1}));
  EXPECT_EQ(late, (std::vector{2}));
}

TEST(Mailbox, GivesTheMessageOfADestroyedReaderToTheNext) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  std::vector<int> first;
  std::vector<int> second;
  std::vector<int> third;
  std::optional<Process> a = reader(mailbox, 1, first);
  std::optional<Process> b = reader(mailbox, 1, second);
  const Process c = reader(mailbox, 1, third);
  b.reset();  // while it waits
  mailbox.push(1);
  a.reset();  // when it has been woken
  sim.run();
  EXPECT_TRUE(first.empty());
  EXPECT_TRUE(second.empty());
  EXPECT_EQ(third, (std::vector{1}));
}

TEST(Mailbox, KeepsTheOrderOfMessagesWhenAWokenReaderIsDestroyed) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  std::vector<int> first;
  std::vector<int> second;
  std::vector<int> third;
  std::optional<Process> a = reader(mailbox, 1, first);
  const Process b = reader(mailbox, 1, second);
  const Process c = reader(mailbox, 1, third);
  mailbox.push(1);
  mailbox.push(2);
  a.reset();
  EXPECT_EQ(mailbox.size(), 2u);
  sim.run();
  EXPECT_TRUE(first.empty());
  EXPECT_EQ(second, (std::vector{1}));
  EXPECT_EQ(third, (std::vector{2}));
}

TEST(Mailbox, KeepsTheMessagesOfDestroyedReadersBeforeThoseThatCameLater) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  std::vector<int> lost;
  std::vector<int> got;
  std::optional<Process> a = reader(mailbox, 1, lost);
  std::optional<Process> b = reader(mailbox, 1, lost);
  for (const int message : {1, 2, 3}) mailbox.push(message);
  b.reset();
  a.reset();
  EXPECT_EQ(mailbox.size(), 3u);
  const Process c = reader(mailbox, 3, got);
  EXPECT_TRUE(lost.empty());
  EXPECT_EQ(got, (std::vector{1, 2, 3}));
}

TEST(Mailbox, DestroysWhatNobodyTook) {
  auto alive = std::make_shared<int>();
  {
    Simulation sim;
    Mailbox<std::shared_ptr<int>> mailbox(sim);
    const auto take = [](Mailbox<std::shared_ptr<int>>& from) -> Process { co_await from.pop(); };
    const Process woken = take(mailbox);
    mailbox.push(alive);
    mailbox.push(alive);
    EXPECT_EQ(alive.use_count(), 3);
  }
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(Mailbox, CarriesWhatCanOnlyBeMoved) {
  Simulation sim;
  Mailbox<std::unique_ptr<int>> mailbox(sim);
  int got = 0;
  const auto take = [](Mailbox<std::unique_ptr<int>>& from, int& to) -> Process {
    to = *co_await from.pop();
  };
  const Process p = take(mailbox, got);
  for (int i = 0; i < 100; ++i) mailbox.push(std::make_unique<int>(42));
  sim.run();
  EXPECT_EQ(got, 42);
  EXPECT_EQ(mailbox.size(), 99u);
}

TEST(Mailbox, SaysWhoWaitsWhenNothingIsLeftToDo) {
  Simulation sim;
  Mailbox<int> orders(sim, "orders");
  Mailbox<int> replies(sim, "replies");
  Mailbox<int> unnamed(sim);
  std::vector<int> got;
  const Process a = reader(orders, 2, got);
  const Process b = reader(orders, 1, got);
  const Process c = reader(replies, 1, got);
  const Process d = reader(unnamed, 1, got);
  replies.push(1);
  sim.run();
  EXPECT_TRUE(sim.idle());
  EXPECT_EQ(sim.who_waits(),
            (std::vector<std::string>{"orders: 2 waiting", "(unnamed): 1 waiting"}));
}

TEST(MailboxDeathTest, MayNotGoAwayWhileAProcessWaits) {
  EXPECT_DEATH(
      {
        Simulation sim;
        std::vector<int> got;
        auto mailbox = std::make_unique<Mailbox<int>>(sim);
        const Process p = reader(*mailbox, 1, got);
        mailbox.reset();
      },
      "broken promise");
}

}  // namespace
}  // namespace sim
