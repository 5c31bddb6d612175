// SPDX-License-Identifier: Apache-2.0
#include "sim/fiber.h"

#include "sim/context.h"
#include "sim/sanitizer.h"

namespace sim {

inline void Fiber::switch_in() {
  void* own = nullptr;
  announce_switch(&own, stack_.bottom, stack_.size);
  inside_ = jump(inside_, this);
  confirm_switch(own, nullptr, nullptr);
}

inline void Fiber::switch_out() {
  SIM_CHECK(!unwinding_);  // a destructor must not wait
  void* own = nullptr;
  announce_switch(&own, outer_bottom_, outer_size_);
  outside_ = jump(outside_, nullptr);
  confirm_switch(own, &outer_bottom_, &outer_size_);
  if (unwinding_) throw Unwind{};
}

Fiber::Fiber(Simulation& sim, std::function<void()> body, std::size_t stack_size, std::string name)
    : WaitPlace(sim, std::move(name)),
      sim_(sim),
      slot_(sim.agenda_.open(&run, this)),
      ticket_(sim.agenda_.next_ticket()),
      stack_(sim.stacks_.take(stack_size)),
      body_(std::move(body)) {
  sim.agenda_.queue(&run, this);
  inside_ = make_context<&Fiber::enter>(stack_.top(), stack_.usable());
}

Fiber::~Fiber() {
  SIM_CHECK(wait_ != Wait::kRunning);
  if (wait_ == Wait::kStart || wait_ == Wait::kReady) sim_.agenda_.withdraw(ticket_);
  if (wait_ != Wait::kStart && !done()) {
    unwinding_ = true;
    switch_in();
  }
  sim_.agenda_.close(slot_);
  sim_.stacks_.give(stack_);
}

void Fiber::run(Agenda& agenda, void* self) {
  auto* fiber = *static_cast<Fiber**>(self);
  agenda.enter(fiber);
  fiber->unparked_ = fiber->wait_ == Wait::kReady || std::exchange(fiber->unpark_due_, false);
  fiber->wait_ = Wait::kRunning;
  fiber->switch_in();
}

/// The first function on every fiber's stack.
void Fiber::enter(Context main_loop, void* self) noexcept {
  auto* fiber = static_cast<Fiber*>(self);
  fiber->outside_ = main_loop;
  confirm_switch(nullptr, &fiber->outer_bottom_, &fiber->outer_size_);
  fiber->run_body();
  announce_switch(nullptr, fiber->outer_bottom_, fiber->outer_size_);
  jump(fiber->outside_, nullptr);
  SIM_CHECK(false);  // nobody resumes a fiber that is done
}

void Fiber::run_body() {
  try {
    body_();
  } catch (const Unwind&) {
  }
  wait_ = Wait::kDone;
}

bool Fiber::wait_until(Time when, Wait why) {
  sim_.agenda_.arm(slot_, when);
  if (sim_.pass_armed(this, slot_, when)) return false;
  wait_ = why;
  switch_out();
  return unparked_;
}

void Fiber::park() {
  check_may_wait(sim_.now());
  if (std::exchange(token_, false)) return;
  wait_ = Wait::kPark;
  switch_out();
}

bool Fiber::park_until(Time deadline) {
  if (std::exchange(token_, false)) return true;
  check_may_wait(deadline);
  if (sim_.pass(this, deadline)) return false;  // nobody runs before then who could unpark
  return wait_until(deadline, Wait::kPark);
}

void Fiber::unpark() {
  if (wait_ != Wait::kPark) {
    token_ = true;
    return;
  }
  wait_ = Wait::kReady;
  unpark_due_ = false;
  sim_.agenda_.cancel(slot_);
  ticket_ = sim_.agenda_.next_ticket();
  sim_.agenda_.queue(&run, this);
}

void Fiber::unpark_at(Time when) {
  if (wait_ != Wait::kPark) return;
  if (sim_.agenda_.armed(slot_) && sim_.agenda_.due(slot_) <= when) return;
  sim_.agenda_.arm(slot_, when);
  unpark_due_ = true;
}

}  // namespace sim
