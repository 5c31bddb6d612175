// SPDX-License-Identifier: Apache-2.0
// Kernel: threads between the ghost class and the fair class, and the enclave's end.
#include <utility>

#include "subsystems/scheduling/kernel.h"

namespace scheduling {

using wave::scheduling::kNoCpu;
using wave::scheduling::Message;
using wave::scheduling::MessageType;

void Kernel::set_class(Thread& thread, SchedulingClass to, core::Core& by,
                       wave::Producer* messages) {
  if (thread.state == Thread::State::kDead) return;
  HostCpu* const last = thread.cpu == kNoCpu ? nullptr : &cpu(thread.cpu);
  if (last != nullptr && (last->departing_ == &thread || last->publishing_ == &thread)) {
    thread.class_change_due = to != thread.scheduled_by;  // when it is off its CPU
    return;
  }
  if (thread.scheduled_by == to) return;
  if (to == SchedulingClass::kFair && std::exchange(thread.new_message_due, false)) {
    post(thread, MessageType::kTaskNew, by, messages, kNoCpu);
    return set_class(thread, to, by, messages);  // what is known of it is old: it may have waited
  }
  by.touch(thread.task_line, params_.task_lines);
  if (last != nullptr) by.touch(last->runqueue_, params_.runqueue_lines);
  if (to == SchedulingClass::kFair)
    depart(thread, by, messages);
  else
    enter_ghost(thread, by, messages);
}

// From ghost to fair

void Kernel::depart(Thread& thread, core::Core& by, wave::Producer* messages) {
  unlatch(thread);
  const int from = thread.cpu;
  const bool current = from != kNoCpu && cpu(from).current_ == &thread;
  thread.scheduled_by = SchedulingClass::kFair;
  thread.status.clear(StatusWord::kOnCpu | StatusWord::kRunnable);
  thread.status.set(StatusWord::kCanFree | StatusWord::kMessageGated);
  ++fair_threads_;
  if (current) {
    cpu(from).fair_.adopt_running(thread, by.now());
  } else {
    if (from == kNoCpu) thread.cpu = fair_.cpu_for_new(thread);
    if (thread.state == Thread::State::kRunnable) join_fair(thread, by, FairQueue::Arrival::kMoved);
  }
  // The last message of an incarnation; nothing follows it until the agent has freed its status
  // word. It may have to wait for room, and the thread does what it does meanwhile.
  count_message(thread, by);
  deliver(thread, MessageType::kTaskDeparted, by, messages, from,
          current ? Message::kWasCurrent : 0);
  if (!enclave_.agent_frees_words()) free_status_word(thread.gtid, by, messages);
}

// From fair to ghost

void Kernel::enter_ghost(Thread& thread, core::Core& by, wave::Producer* messages) {
  HostCpu* const last = thread.cpu == kNoCpu ? nullptr : &cpu(thread.cpu);
  SIM_CHECK(last == nullptr || last->in_enclave());
  if (thread.is_fair()) --fair_threads_;
  if (thread.fair.queued && last->fair_.running() == &thread) {
    last->fair_.stop(by.now());
    if (!last->fair_.empty()) last->reschedule(by);
  } else if (thread.fair.queued) {
    last->fair_.remove(thread);
  }
  if (const FairQueue* before = thread.fair.queue) before->release(thread);
  thread.scheduled_by = SchedulingClass::kGhost;
  thread.runnable_since = by.now();
  if (!thread.gated()) introduce(thread, by, messages);
}

/// Gives the thread a name and a status word, and tells the agent: now, or if it runs when it next
/// leaves its CPU.
void Kernel::introduce(Thread& thread, core::Core& by, wave::Producer* messages) {
  begin_incarnation(thread);
  const bool current = thread.cpu != kNoCpu && cpu(thread.cpu).current_ == &thread;
  if (thread.state == Thread::State::kRunnable) thread.status.set(StatusWord::kRunnable);
  if (current) thread.status.set(StatusWord::kOnCpu);
  thread.new_message_due = current;
  if (!current) post_new(thread, by, messages);
}

void Kernel::begin_incarnation(Thread& thread) {
  ++thread.gtid;
  thread.status = StatusWord{.runtime = thread.status.runtime};
  take_status_word(thread);
  thread.queue = enclave_.default_queue;
}

void Kernel::take_status_word(Thread& thread) {
  const auto place = enclave_.status_words.take();
  SIM_CHECK(place.has_value());  // 65,536 threads and agents at most
  thread.status.index = *place;
  thread.status_line = &enclave_.status_words.line_of(*place);
}

void Kernel::give_back_status_word(Thread& thread) {
  enclave_.status_words.give_back(thread.status.index);
  thread.status_line = nullptr;
}

bool Kernel::free_status_word(Gtid gtid, core::Core& by, wave::Producer* messages) {
  Thread* const thread = find(gtid);
  if (thread == nullptr || !thread->status.has(StatusWord::kCanFree)) return false;
  give_back_status_word(*thread);
  thread->status.flags = 0;
  if (thread->state != Thread::State::kDead && thread->is_ghost()) introduce(*thread, by, messages);
  return true;
}

void Kernel::ended(Thread& thread, core::Core& by, wave::Producer* messages, int cpu) {
  if (thread.is_fair()) {
    --fair_threads_;
    return;
  }
  thread.status.set(StatusWord::kCanFree);
  post(thread, MessageType::kTaskDead, by, messages, cpu);
  if (!enclave_.agent_frees_words()) free_status_word(thread.gtid, by, messages);
}

// The enclave

void Kernel::destroy_enclave(core::Core& by) {
  detach_agent();
  enclave_.destroyed = true;
  for (const auto& cpu : cpus_) cpu->kill_agent(by);
  const std::size_t known = threads_.size();  // who enters meanwhile is in the fair class
  for (std::size_t i = 0; i < known; ++i) {
    Thread& thread = threads_[i];
    if (thread.is_agent()) continue;  // it has no word in the table
    if (thread.is_ghost()) set_class(thread, SchedulingClass::kFair, by, nullptr);
    free_status_word(thread.gtid, by, nullptr);
  }
}

}  // namespace scheduling
