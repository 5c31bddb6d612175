// SPDX-License-Identifier: Apache-2.0
#include "sim/fiber.h"

#include <exception>

#include "sim/context.h"
#include "sim/sanitizer.h"

namespace sim {

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
  } catch (...) {
    // Nothing may leave this stack: the main loop throws it on.
    sim_.after(Duration{0}, [what = std::current_exception()] { std::rethrow_exception(what); });
  }
  wait_ = Wait::kDone;
}

void Fiber::unwind() {
  throw Unwind{};
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
