// SPDX-License-Identifier: Apache-2.0
#include "sim/mailbox.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/process.h"

namespace sim {
namespace {

/// Who takes so many messages from a mailbox, one after the other, and keeps them.
class Reader {
 public:
  Reader(Mailbox<int>& mailbox, int count) : process_(read(mailbox, count, got)) {}
  Reader(const Reader&) = delete;  // its process knows where it is
  Reader& operator=(const Reader&) = delete;

  bool done() const { return process_.done(); }
  /// Destroys its process, wherever that is.
  void stop() { process_ = {}; }

  std::vector<int> got;

 private:
  static Process read(Mailbox<int>& mailbox, int count, std::vector<int>& to) {
    for (int i = 0; i < count; ++i) to.push_back(co_await mailbox.pop());
  }

  Process process_;
};

TEST(Mailbox, HandsOverMessagesInOrder) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  mailbox.push(1);
  mailbox.push(2);
  const Reader reader(mailbox, 4);
  EXPECT_EQ(reader.got, (std::vector{1, 2}));
  sim.after(1ns, [&] { mailbox.push(3), mailbox.push(4); });
  sim.run();
  EXPECT_EQ(reader.got, (std::vector{1, 2, 3, 4}));
  EXPECT_TRUE(reader.done());
  EXPECT_TRUE(mailbox.empty());
}

TEST(Mailbox, WakesItsReaderAtThePresentInstantAfterWhatIsAlreadyDue) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  const Reader reader(mailbox, 1);
  sim.after(1ns, [&] {
    sim.after(0ns, [&] { EXPECT_TRUE(reader.got.empty()); });
    mailbox.push(7);
    EXPECT_TRUE(reader.got.empty());
    sim.after(0ns, [&] { EXPECT_EQ(reader.got, (std::vector{7})); });
  });
  sim.run();
  EXPECT_EQ(sim.now(), Time{1ns});
  EXPECT_EQ(sim.events(), 4u);
}

TEST(Mailbox, ServesReadersInTheOrderInWhichTheyCame) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  const Reader first(mailbox, 2);
  const Reader second(mailbox, 2);
  for (int i = 1; i <= 4; ++i) sim.after(i * 1ns, [&mailbox, i] { mailbox.push(i); });
  sim.run();
  EXPECT_EQ(first.got, (std::vector{1, 3}));
  EXPECT_EQ(second.got, (std::vector{2, 4}));
}

TEST(Mailbox, KeepsAMessageForTheReaderItWoke) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  const Reader first(mailbox, 1);
  mailbox.push(1);
  const Reader late(mailbox, 1);
  mailbox.push(2);
  sim.run();
  EXPECT_EQ(first.got, (std::vector{1}));
  EXPECT_EQ(late.got, (std::vector{2}));
}

TEST(Mailbox, GivesTheMessageOfADestroyedReaderToTheNext) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  Reader first(mailbox, 1);
  Reader second(mailbox, 1);
  const Reader third(mailbox, 1);
  second.stop();  // while it waits
  mailbox.push(1);
  first.stop();  // when it has been woken
  sim.run();
  EXPECT_TRUE(first.got.empty());
  EXPECT_TRUE(second.got.empty());
  EXPECT_EQ(third.got, (std::vector{1}));
}

TEST(Mailbox, KeepsTheOrderOfMessagesWhenAWokenReaderIsDestroyed) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  Reader first(mailbox, 1);
  const Reader second(mailbox, 1);
  const Reader third(mailbox, 1);
  mailbox.push(1);
  mailbox.push(2);
  first.stop();
  EXPECT_EQ(mailbox.size(), 2u);
  sim.run();
  EXPECT_TRUE(first.got.empty());
  EXPECT_EQ(second.got, (std::vector{1}));
  EXPECT_EQ(third.got, (std::vector{2}));
}

TEST(Mailbox, KeepsTheMessagesOfDestroyedReadersBeforeThoseThatCameLater) {
  Simulation sim;
  Mailbox<int> mailbox(sim);
  Reader first(mailbox, 1);
  Reader second(mailbox, 1);
  for (const int message : {1, 2, 3}) mailbox.push(message);
  second.stop();
  first.stop();
  EXPECT_EQ(mailbox.size(), 3u);
  const Reader late(mailbox, 3);
  EXPECT_TRUE(first.got.empty());
  EXPECT_TRUE(second.got.empty());
  EXPECT_EQ(late.got, (std::vector{1, 2, 3}));
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
  const Reader a(orders, 2);
  const Reader b(orders, 1);
  const Reader c(replies, 1);
  const Reader d(unnamed, 1);
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
        auto mailbox = std::make_unique<Mailbox<int>>(sim);
        const Reader reader(*mailbox, 1);
        mailbox.reset();
      },
      "broken promise");
}

}  // namespace
}  // namespace sim
