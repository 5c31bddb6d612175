// SPDX-License-Identifier: Apache-2.0
#include "sim/fiber.h"

#include <boost/context/fiber.hpp>

namespace sim {

struct Fiber::Stack {
  boost::context::fiber inside;
  boost::context::fiber outside;
  bool finished = false;
};

Fiber::Fiber(Simulation& sim, std::function<void()> body, std::size_t stack_size)
    : sim_(sim), stack_(std::make_unique<Stack>()), timer_(sim, [this] {
        timed_out_ = true;
        switch_in();
      }) {
  stack_->inside =
      boost::context::fiber(std::allocator_arg, boost::context::fixedsize_stack(stack_size),
                            [this, body = std::move(body)](boost::context::fiber&& outside) {
                              stack_->outside = std::move(outside);
                              body();
                              stack_->finished = true;
                              return std::move(stack_->outside);
                            });
  wait_ = Wait::kReady;
  timer_.arm(Duration{0});
}

Fiber::~Fiber() = default;

bool Fiber::done() const {
  return stack_->finished;
}

void Fiber::switch_in() {
  wait_ = Wait::kNone;
  stack_->inside = std::move(stack_->inside).resume();
}

void Fiber::switch_out() {
  stack_->outside = std::move(stack_->outside).resume();
}

void Fiber::sleep_until(Time when) {
  wait_ = Wait::kSleep;
  timer_.arm_at(when);
  switch_out();
}

void Fiber::park() {
  if (std::exchange(token_, false)) return;
  wait_ = Wait::kPark;
  switch_out();
}

bool Fiber::park_until(Time deadline) {
  if (std::exchange(token_, false)) return true;
  wait_ = Wait::kPark;
  timed_out_ = false;
  timer_.arm_at(deadline);
  switch_out();
  return !timed_out_;
}

void Fiber::unpark() {
  if (wait_ != Wait::kPark) {
    token_ = true;
    return;
  }
  wait_ = Wait::kReady;
  timer_.cancel();
  sim_.after(Duration{0}, [this] {
    timed_out_ = false;
    switch_in();
  });
}

}  // namespace sim
